package io.porchlight.screens

import io.porchlight.bridge.Account
import io.porchlight.bridge.AddDeviceFailure
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.AddingStep
import io.porchlight.bridge.ClockChange
import io.porchlight.bridge.CodeCorner
import io.porchlight.bridge.DetailsForm
import io.porchlight.bridge.DetailsProblem
import io.porchlight.bridge.Device
import io.porchlight.bridge.DeviceLine
import io.porchlight.bridge.DeviceOnLabel
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.InputField
import io.porchlight.bridge.InputReason
import io.porchlight.bridge.LabelFamily
import io.porchlight.bridge.LabelField
import io.porchlight.bridge.LabelFinding
import io.porchlight.bridge.LabelProgress
import io.porchlight.bridge.LabelReading
import io.porchlight.bridge.LabelRepair
import io.porchlight.bridge.LabelSecretKind
import io.porchlight.bridge.Language
import io.porchlight.bridge.PresenceProof
import io.porchlight.bridge.QueuedDevice
import io.porchlight.bridge.QueuedReason
import io.porchlight.bridge.Remedy
import io.porchlight.bridge.SeenCode
import io.porchlight.bridge.Site
import io.porchlight.bridge.probeFailures
import java.time.Instant

// A household for the pictures.

internal val moment: Instant = Instant.parse("2026-11-20T13:05:00Z")
internal val kim = Account("a-1", "kim.lee@example.org", "Kim", "Lee", Language.ENGLISH)
internal val sites = listOf(
    Site("s-1", "Lake house", "Seestraße 12, 82211 Herrsching", "Europe/Berlin"),
    Site("s-2", "Grandmother's flat on the third floor", "", "Europe/Berlin"),
    Site("s-3", "Workshop", "", "Europe/Berlin"),
)

private fun device(id: String, name: String, model: String, site: Int, online: Boolean, since: Instant?) =
    Device(id, "lumen", "2M047C90AN0000$id", model, DeviceSection.VIDEO, sites[site].id, name, "Europe/Berlin", true, online, since)

internal val gate = device("5", "Gate", "Lumen Cam 4", 0, true, moment)
internal val lines: List<DeviceLine> = listOf(
    DeviceLine.Queued(QueuedDevice("c-1", "lumen", "2M047C90AN00009", "Lumen Cam 4", DeviceSection.VIDEO, "s-1", "Boat house", false)),
    DeviceLine.Queued(QueuedDevice("c-2", "lumen", "2M047C90AN00010", "Lumen Cam 4", DeviceSection.VIDEO, "s-3", "Workbench", true)),
    DeviceLine.Added(gate),
    DeviceLine.Added(device("6", "Garden, behind the shed where the bicycles are", "Lumen Recorder 16", 1, false, moment)),
    DeviceLine.Added(device("7", "Stairs", "Lumen Cam 2", 1, false, null)),
)

internal val clear = LabelReading(
    LabelFamily.PORCHLIGHT, "2M047C90AN00005", "Lumen Cam 4", listOf(LabelSecretKind.CLAIM_CODE), emptyList(), emptyList(), emptyList(), true,
)
internal val lookAlike = clear.copy(
    serial = "2M047C9OAN00005",
    model = null,
    secrets = emptyList(),
    findings = listOf(LabelFinding.LookAlike),
    repairs = listOf(LabelRepair("2M047C90AN00005", listOf(7u))),
)
internal val webAddress = LabelReading(
    null, null, null, emptyList(), emptyList(), listOf(LabelFinding.WebAddress("xn--bcher-kva.example")), emptyList(), false,
)

internal fun unclear(finding: LabelFinding) = clear.copy(secrets = emptyList(), findings = listOf(finding), isComplete = false)

/** Those that a person reads as one stand here as one. */
internal val findings = listOf(
    LabelFinding.Empty, LabelFinding.TooLong, LabelFinding.TooShort, LabelFinding.SpaceAround,
    LabelFinding.FullWidth, LabelFinding.LowerCase, LabelFinding.NotAscii("é"),
    LabelFinding.ForeignCharacter("#"), LabelFinding.CheckWrong, LabelFinding.Missing(LabelField.SERIAL),
    LabelFinding.Malformed(LabelField.FINGERPRINT), LabelFinding.LookAlike, LabelFinding.SecretFromSerial, LabelFinding.MaybeSerial,
    LabelFinding.WebAddress("shop.example"), LabelFinding.FromWebAddress("shop.example"), LabelFinding.NotALabel,
)

internal fun read(vararg readings: LabelReading) = LabelProgress.Read(readings.toList())

internal fun labelled(label: LabelProgress) = AddDeviceState.Label(DeviceSection.VIDEO, "s-1", label, null)

internal val seen = listOf(
    SeenCode(listOf(CodeCorner(.34f, .4f), CodeCorner(.66f, .38f), CodeCorner(.7f, .57f), CodeCorner(.37f, .6f)), true),
    SeenCode(listOf(CodeCorner(.08f, .58f), CodeCorner(.24f, .58f), CodeCorner(.24f, .67f), CodeCorner(.08f, .67f)), false),
)

private val onLabel = DeviceOnLabel("2M047C90AN00005", "Lumen Cam 4")
private val clockChanges = listOf(
    ClockChange(Instant.parse("2027-03-28T01:00:00Z"), 7_200, true),
    ClockChange(Instant.parse("2027-10-31T01:00:00Z"), 3_600, false),
)
internal val everyProblem = listOf(InputField.NAME, InputField.DEVICE_PASSWORD, InputField.TIME_ZONE, InputField.CLAIM_CODE)
    .zip(listOf(InputReason.EMPTY, InputReason.DIFFERS, InputReason.NOT_ALLOWED, InputReason.NOT_ALLOWED))
    .map { (field, reason) -> DetailsProblem(field, reason) }

internal fun filledIn(
    by: PresenceProof = PresenceProof.BUTTON,
    daylight: Boolean = true,
    changes: List<ClockChange> = clockChanges,
    problems: List<DetailsProblem> = emptyList(),
) = AddDeviceState.Details(onLabel, DetailsForm("Gate", "Europe/Berlin", daylight), changes, problems, by, false)

/** The core's own, with the remedies that it gives them; where there is a name to say, one is said. */
private val failures = probeFailures().map { (failure, _, remedies) ->
    (if (failure is AddDeviceFailure.AlreadyYours) failure.copy(name = "Gate", site = "Lake house") else failure) to remedies
}

private fun nameOf(failure: AddDeviceFailure, remedies: List<Remedy>) =
    "failed-${failure.javaClass.simpleName.slug()}" + if (Remedy.CREATE_PASSWORD in remedies) "-without-button" else ""

/** How adding goes on and ends, by the name of the picture. */
internal val outcomeStates: List<Pair<String, AddDeviceState>> =
    AddingStep.entries.map { "adding-${it.name.slug()}" to AddDeviceState.Adding("c-1", onLabel, "Gate", it) } +
        QueuedReason.entries.map { "queued-${it.name.slug()}" to AddDeviceState.Queued("c-1", onLabel, "Gate", it) } +
        failures.map { (why, ways) -> nameOf(why, ways) to AddDeviceState.Failed("c-1", onLabel, "Gate", why, ways) } +
        ("added" to AddDeviceState.Added("5", onLabel, "Gate"))

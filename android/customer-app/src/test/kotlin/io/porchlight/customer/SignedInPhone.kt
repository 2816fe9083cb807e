package io.porchlight.customer

import io.porchlight.bridge.AddDeviceFlow
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.Porchlight
import io.porchlight.bridge.Ports
import io.porchlight.bridge.Profile
import io.porchlight.bridge.Site
import io.porchlight.bridge.states
import kotlinx.coroutines.flow.first
import kotlinx.coroutines.runBlocking
import kotlinx.coroutines.withTimeout
import org.robolectric.RuntimeEnvironment

private const val PATIENCE_MS = 20_000L

/** The core on a stage's cloud without screens: somebody is signed in and has a place. */
class SignedInPhone(val stage: Stage = Stage(), val phone: TestPhone = TestPhone()) : AutoCloseable {
    val porchlight: Porchlight = runBlocking { openCore(stage, phone.ports()) }
    val profile: Profile = porchlight.profile()
    val site: Site = soon {
        profile.session().use { it.signIn(EMAIL, stage.account(EMAIL)) }
        profile.sites().use { it.make("Lake house", "", "Europe/Berlin") }
    }

    /** A flow whose device's serial is confirmed. */
    suspend fun define(device: StageDevice): AddDeviceFlow {
        val flow = profile.addDevice(DeviceSection.VIDEO, site.id)
        flow.readText(device.serial)
        flow.confirmSerial(device.serial)
        return flow
    }

    override fun close() {
        profile.destroy()
        porchlight.destroy()
        stage.close()
    }

    companion object {
        const val EMAIL = "kim@example.org"
    }
}

fun <T> soon(deed: suspend () -> T): T = runBlocking { withTimeout(PATIENCE_MS) { deed() } }

suspend inline fun <reified S : AddDeviceState> AddDeviceFlow.reaches(): S = states().first { it is S } as S

/** A folder of its own is another phone. */
suspend fun openCore(stage: Stage, ports: Ports, folder: String = "porchlight"): Porchlight {
    val place = RuntimeEnvironment.getApplication().noBackupFilesDir.resolve(folder).path
    return Porchlight.open(configurationOn(stage, "customer-android"), place, ports.secrets, ports.clock, ports.connectivity, ports.signer, ports.vault)
}

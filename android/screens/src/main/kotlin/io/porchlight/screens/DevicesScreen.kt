package io.porchlight.screens

import android.content.Context
import android.widget.LinearLayout
import io.porchlight.bridge.Device
import io.porchlight.bridge.DeviceLine
import io.porchlight.bridge.Permission
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.QueuedDevice
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.launch

internal data class DevicesState(
    val loading: Boolean = true,
    val lines: List<DeviceLine> = emptyList(),
    val total: Int = 0,
    val sites: Map<String, String> = emptyMap(),
    val age: ListAge = ListAge(),
    val problem: PorchlightException? = null,
)

/** How many lines are shown at first, and how many more at each wish. */
private const val PART = 50

internal class DevicesScreen(
    private val core: OpenCore,
    private val stack: Stack,
    override val route: Route.Devices,
) : Screen<DevicesState>(DevicesState()) {
    private val wanted = MutableStateFlow(PART)
    private val ages = ListAges()

    init {
        scope.launch { combine(core.deviceChanges, wanted) { _, wanted -> wanted }.collectLatest(::read) }
    }

    /** A later reading ends an earlier one: what is older never comes last. */
    private suspend fun read(wanted: Int) = trying({ problem -> change { it.copy(loading = false, problem = problem) } }) {
        val window = core.devices.window(route.section, route.site, 0u, wanted.coerceAtMost(MOST).toUInt())
        val sites = core.sites.window(0u, MOST.toUInt()).items.associate { it.id to it.name }
        val isLoading = window.asOf == null && window.items.isEmpty()
        ages.follow(window.connection, window.asOf) { age -> change { DevicesState(isLoading, window.items, window.total.toInt(), sites, age) } }
    }

    override fun build(page: Page): (DevicesState) -> Unit {
        val context = page.context
        page.bar(context.getString(sectionName(route.section)))
        val adds = stack.may(Permission.DEVICE_ADD)
        if (adds) page.barView(context.iconButton(R.drawable.ic_plus, context.getString(R.string.devices_add), R.color.primary) { add(page) })
        val age = AgeNotice(page)
        val spinner = page.spinner(R.string.waiting)
        val empty = page.text(Type.BODY, context.getString(if (adds) R.string.devices_empty else R.string.acting_nothing_here), R.color.muted, 32)
        val list = context.column()
        page.content.put(list)
        val more = page.link(R.string.devices_more) { wanted.value += PART }
        page.tabs(route, stack)
        return { state ->
            spinner.shown(state.loading && state.problem == null)
            empty.shown(!state.loading && state.lines.isEmpty() && state.problem == null)
            more.shown(state.lines.size < state.total && state.lines.size < MOST)
            age.show(state.problem, state.age)
            list.removeAllViews()
            for (line in state.lines) {
                when (line) {
                    is DeviceLine.Added -> list.put(added(page, line.device, state), 8)
                    is DeviceLine.Queued -> list.put(queued(page, line.device, state), 8)
                }
            }
        }
    }

    private fun added(page: Page, device: Device, state: DevicesState): LinearLayout {
        val context = page.context
        val place = context.getString(R.string.device_model_at, device.model, state.sites[device.site].orEmpty())
        return deviceRow(page, device.name, place, context.statusRow(device)) { stack.go(Route.OneDevice(device.id)) }
    }

    private fun queued(page: Page, device: QueuedDevice, state: DevicesState): LinearLayout {
        val context = page.context
        val status = context.getString(if (device.needsYou) R.string.device_needs_you else R.string.device_queued)
        val sign = if (device.needsYou) R.drawable.ic_warning else R.drawable.ic_queued
        val place = context.getString(R.string.device_model_at, device.model, state.sites[device.site].orEmpty())
        return deviceRow(page, device.name, place, context.statusRow(status, sign, R.color.warning)) { stack.go(Route.Adding(device.claim)) }
    }

    private fun deviceRow(page: Page, name: String, place: String, status: LinearLayout, onClick: () -> Unit): LinearLayout {
        val context = page.context
        val words = context.column().apply {
            put(context.textView(Type.BODY).apply { text = name })
            put(context.textView(Type.SECONDARY, R.color.muted).apply { text = place })
            put(status, 4)
        }
        return context.card(onClick).apply {
            addView(context.icon(sectionIcon(route.section), R.color.primary, 28))
            putWide(words, 16)
            addView(context.icon(R.drawable.ic_next, R.color.muted))
        }
    }

    private fun add(page: Page) = attempt({ problem -> change { it.copy(problem = problem) } }) {
        askWhere(page, core, stack, route.section, route.site)
    }

    private companion object {
        const val MOST = 200
    }
}

/** Whether a device is connected, or since when it is not. */
internal fun Context.statusRow(device: Device): LinearLayout {
    val since = device.onlineChangedAt
    val words = when {
        device.online -> getString(R.string.device_online)
        since == null -> getString(R.string.device_offline)
        else -> getString(R.string.device_offline_since, spell(since))
    }
    val (sign, color) = if (device.online) R.drawable.ic_online to R.color.success else R.drawable.ic_offline to R.color.muted
    return statusRow(words, sign, color)
}

internal fun Context.statusRow(words: String, sign: Int, color: Int) = row().apply {
    addView(context.icon(sign, color, 18))
    putWide(context.textView(Type.SECONDARY, color).apply { text = words }, 6)
}

package io.porchlight.screens

import android.app.AlertDialog
import android.graphics.Typeface
import android.widget.LinearLayout
import android.widget.TextView
import io.porchlight.bridge.Device
import io.porchlight.bridge.InputField
import io.porchlight.bridge.Permission
import io.porchlight.bridge.PorchlightException
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

internal data class OneDeviceState(
    val device: Device? = null,
    /** What the place is called where it is, if the phone knows. */
    val site: String? = null,
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
)

/** One device: rename it, or remove it from the account; in a customer's account as far as the access reaches. */
internal class OneDeviceScreen(
    private val core: OpenCore,
    private val stack: Stack,
    override val route: Route.OneDevice,
) : Screen<OneDeviceState>(OneDeviceState()) {
    init {
        scope.launch { core.deviceChanges.collectLatest { read() } }
    }

    private fun failed(problem: PorchlightException) = change { it.copy(busy = false, problem = problem) }

    private suspend fun read() = trying(::failed) {
        val device = core.devices.get(route.device)
        val site = core.sites.window(0u, SITES_SHOWN).items.find { it.id == device.site }?.name
        change { it.copy(device = device, site = site) }
    }

    override fun build(page: Page): (OneDeviceState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.device_title)) { stack.back() }
        val notice = page.notice()
        val renames = stack.may(Permission.DEVICE_CHANGE)
        val title = page.text(Type.SECTION)
        val name = page.field(R.string.field_device_name, NAME)
        title.shown(!renames)
        name.view.shown(renames)
        val facts = context.column()
        page.content.put(facts, 8)
        val remove = page.link(R.string.device_remove) { confirmRemoval(page) }
        remove.setTextColor(context.getColor(R.color.danger))
        val save = page.primary(R.string.save) { rename(name.words) }
        var filled = false
        return { state ->
            state.device?.let { device ->
                title.text = device.name
                if (!filled) name.fill(device.name)
                filled = true
                facts.removeAllViews()
                showFacts(facts, device, state.site)
            }
            save.shown(renames)
            remove.shown(stack.may(Permission.DEVICE_RELEASE))
            listOf(save, remove).forEach { it.isEnabled = !state.busy && state.device != null }
            page.showProblem(FormState(problem = state.problem), notice, mapOf(InputField.NAME to name))
        }
    }

    private fun showFacts(list: LinearLayout, device: Device, site: String?) {
        val context = list.context
        list.put(context.statusRow(device), 12)
        list.fact(R.string.device_model, device.model)
        list.fact(R.string.field_serial, grouped(device.serial)).apply {
            typeface = Typeface.MONOSPACE
            contentDescription = context.getString(R.string.device_serial, device.serial)
        }
        site?.let { list.fact(R.string.device_site, it) }
        list.fact(R.string.field_time_zone, device.timeZone.replace('_', ' '))
            .contentDescription = context.getString(R.string.device_zone, device.timeZone)
        list.fact(R.string.details_daylight, context.getString(if (device.daylightSaving) R.string.device_daylight_on else R.string.device_daylight_off))
    }

    private fun rename(name: String) {
        change { it.copy(busy = true, problem = null) }
        attempt(::failed) {
            core.devices.rename(route.device, name)
            stack.leaveTop()
        }
    }

    private fun confirmRemoval(page: Page) {
        AlertDialog.Builder(page.context)
            .setTitle(page.context.getString(R.string.device_remove_title, state.value.device?.name.orEmpty()))
            .setMessage(R.string.device_remove_body)
            .setPositiveButton(R.string.device_remove) { _, _ -> remove() }
            .setNegativeButton(R.string.cancel, null)
            .show()
    }

    private fun remove() {
        change { it.copy(busy = true, problem = null) }
        attempt(::failed) {
            core.devices.release(route.device)
            stack.leaveTop()
        }
    }
}

/** A name and what it is. */
private fun LinearLayout.fact(name: Int, words: String): TextView {
    put(context.textView(Type.CAPTION, R.color.muted).apply { setText(name) }, 12)
    return context.textView(Type.BODY).apply { text = words }.also { put(it) }
}

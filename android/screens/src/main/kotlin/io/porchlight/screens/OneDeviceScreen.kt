package io.porchlight.screens

import android.app.AlertDialog
import io.porchlight.bridge.Device
import io.porchlight.bridge.InputField
import io.porchlight.bridge.PorchlightException
import kotlinx.coroutines.launch

internal data class OneDeviceState(val device: Device? = null, val busy: Boolean = false, val problem: PorchlightException? = null)

/** One device: rename it, or remove it from the account. */
internal class OneDeviceScreen(
    private val core: OpenCore,
    private val stack: Stack,
    override val route: Route.OneDevice,
) : Screen<OneDeviceState>(OneDeviceState()) {
    init {
        scope.launch { core.deviceChanges.collect { read() } }
    }

    private fun failed(problem: PorchlightException) = change { it.copy(busy = false, problem = problem) }

    private fun read() = attempt(::failed) {
        val device = core.devices.get(route.device)
        change { it.copy(device = device) }
    }

    override fun build(page: Page): (OneDeviceState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.device_title)) { stack.back() }
        val notice = page.notice()
        val name = page.field(R.string.field_device_name, NAME)
        val serial = page.text(Type.BODY, top = 16).apply { typeface = android.graphics.Typeface.MONOSPACE }
        val zone = page.text(Type.SECONDARY, color = R.color.muted)
        val remove = page.link(R.string.device_remove) { confirmRemoval(page) }
        remove.setTextColor(context.getColor(R.color.danger))
        val save = page.primary(R.string.save) { rename(name.words) }
        var filled = false
        return { state ->
            state.device?.let { device ->
                if (!filled) name.fill(device.name)
                filled = true
                serial.text = context.getString(R.string.device_serial, grouped(device.serial))
                zone.text = context.getString(R.string.device_zone, device.timeZone)
            }
            listOf(save, remove).forEach { it.isEnabled = !state.busy && state.device != null }
            page.showProblem(FormState(problem = state.problem), notice, mapOf(InputField.NAME to name))
        }
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

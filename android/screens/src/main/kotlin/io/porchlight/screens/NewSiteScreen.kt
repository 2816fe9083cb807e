package io.porchlight.screens

import io.porchlight.bridge.InputField
import io.porchlight.bridge.PorchlightException
import java.util.TimeZone

internal data class NewSiteState(val busy: Boolean = false, val zone: String = TimeZone.getDefault().id, val problem: PorchlightException? = null)

/** Makes a site: a name, an address, and the zone of its clocks. */
internal class NewSiteScreen(private val core: OpenCore, private val stack: Stack) : Screen<NewSiteState>(NewSiteState()) {
    override val route = Route.NewSite

    override fun build(page: Page): (NewSiteState) -> Unit {
        page.bar(page.context.getString(R.string.new_site_title)) { stack.back() }
        val notice = page.notice()
        val name = page.field(R.string.field_site_name, NAME)
        val address = page.field(R.string.field_site_address, NAME)
        val zone = page.zoneField(core.profile) { chosen -> change { it.copy(zone = chosen) } }
        val make = page.primary(R.string.new_site_action) { make(name.words, address.words) }
        return { state ->
            make.isEnabled = !state.busy
            zone.show(state.zone)
            val fields = mapOf(InputField.NAME to name, InputField.ADDRESS to address)
            page.showProblem(FormState(problem = state.problem), notice, fields)
        }
    }

    private fun make(name: String, address: String) {
        change { it.copy(busy = true, problem = null) }
        attempt({ problem -> change { it.copy(busy = false, problem = problem) } }) {
            val site = core.sites.make(name, address, state.value.zone)
            core.place.value = core.place.value.copy(site = site)
            stack.leaveTop()
        }
    }
}

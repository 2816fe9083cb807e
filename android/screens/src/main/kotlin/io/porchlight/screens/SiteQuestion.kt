package io.porchlight.screens

import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.SiteChoice

/** Where a device is added: the core knows, or the person says, the site that was used last first. */
internal suspend fun askWhere(page: Page, core: OpenCore, stack: Stack, section: DeviceSection, chosen: String?) {
    when (val choice = core.sites.choice(chosen)) {
        is SiteChoice.Make -> stack.go(Route.NewSite)
        is SiteChoice.Use -> stack.go(Route.AddDevice(section, choice.site.id))
        // A menu hangs on a view, which a rotation may have taken meanwhile: then the person presses again.
        is SiteChoice.Ask -> if (page.view.isAttachedToWindow) {
            page.menu(page.view, choice.sites.map { it.name }) { at -> stack.go(Route.AddDevice(section, choice.sites[at].id)) }
        }
    }
}

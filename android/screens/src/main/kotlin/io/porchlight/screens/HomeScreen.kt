package io.porchlight.screens

import android.view.View
import android.widget.LinearLayout
import android.widget.PopupMenu
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.Permission
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.Site
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.flow.combine
import kotlinx.coroutines.launch

/** The section and the site that a person looks at; no site is all of them. */
internal data class Place(val section: DeviceSection = DeviceSection.VIDEO, val site: Site? = null)

internal data class HomeState(
    val loading: Boolean = true,
    val sites: List<Site> = emptyList(),
    val place: Place = Place(),
    val devices: Int = 0,
    val age: ListAge = ListAge(),
    val problem: PorchlightException? = null,
)

/** The most sites that the picker lists; more are found by search. */
internal const val SITES_SHOWN = 200u

internal val SECTIONS = DeviceSection.entries - DeviceSection.UNKNOWN

internal class HomeScreen(private val core: OpenCore, private val stack: Stack) : Screen<HomeState>(HomeState()) {
    override val route = Route.Home
    private val ages = ListAges()

    init {
        scope.launch {
            combine(core.siteChanges, core.deviceChanges, core.place) { _, _, place -> place }.collectLatest(::read)
        }
    }

    /** A later reading ends an earlier one: what is older never comes last. */
    private suspend fun read(place: Place) = trying({ problem -> change { it.copy(loading = false, problem = problem) } }) {
        val sites = core.sites.window(0u, SITES_SHOWN)
        val devices = core.devices.window(place.section, place.site?.id, 0u, 1u)
        val isLoading = sites.asOf == null && sites.items.isEmpty()
        ages.follow(sites.connection, sites.asOf) { age -> change { HomeState(isLoading, sites.items, place, devices.total.toInt(), age) } }
    }

    override fun build(page: Page): (HomeState) -> Unit {
        val context = page.context
        val section = page.picker(R.string.home_section)
        val site = page.picker(R.string.home_site)
        page.barView(pickers(page, section, site), fills = true)
        val age = AgeNotice(page)
        val spinner = page.spinner(R.string.waiting)
        val empty = page.text(Type.SECTION, context.getString(R.string.home_empty_title), top = 48)
        val why = page.text(Type.BODY, context.getString(R.string.home_empty_body), R.color.muted)
        val card = page.card { stack.go(Route.Devices(state.value.place.section, state.value.place.site?.id)) }
        val count = context.textView(Type.BODY)
        val sign = context.icon(R.drawable.ic_device, R.color.primary, 32)
        card.addView(sign)
        card.putWide(count, 16)
        card.addView(context.icon(R.drawable.ic_next, R.color.muted))
        val add = page.primary(R.string.home_add_device) { addDevice(page) }
        val makeSite = page.primary(R.string.home_make_site) { stack.go(Route.NewSite) }
        val nothing = page.text(Type.BODY, context.getString(R.string.acting_nothing_here), R.color.muted, 48)
        page.tabs(Route.Home, stack)
        return { state ->
            val hasSites = state.sites.isNotEmpty()
            section.show(sectionIcon(state.place.section), context.getString(sectionName(state.place.section)), sections(page), ::choose)
            site.show(R.drawable.ic_site, siteName(page, state), siteChoices(page, state), ::chooseSite)
            site.view.shown(hasSites)
            spinner.shown(state.loading && state.problem == null)
            val isEmpty = !state.loading && !hasSites && state.problem == null
            listOf(empty, why, makeSite).forEach { it.shown(isEmpty && makesSites) }
            nothing.shown(isEmpty && !makesSites)
            card.shown(hasSites)
            add.shown(hasSites && stack.may(Permission.DEVICE_ADD))
            sign.setImageResource(sectionIcon(state.place.section))
            count.text = context.resources.getQuantityString(R.plurals.home_devices, state.devices, state.devices)
            age.show(state.problem, state.age)
        }
    }

    private fun sections(page: Page) = SECTIONS.map { page.context.getString(sectionName(it)) }

    private fun choose(at: Int) {
        core.place.value = core.place.value.copy(section = SECTIONS[at])
    }

    /** Side by side, or one above the other where names would be cut. */
    private fun pickers(page: Page, section: Picker, site: Picker): LinearLayout =
        if (page.context.isNarrow) {
            page.context.column().apply { put(section.view); put(site.view) }
        } else {
            page.context.row().apply { putWide(section.view); putWide(site.view) }
        }

    private fun siteName(page: Page, state: HomeState) = state.place.site?.name ?: page.context.getString(R.string.home_all_sites)

    private val makesSites get() = stack.may(Permission.SITE_CREATE)

    private fun siteChoices(page: Page, state: HomeState): List<String> =
        state.sites.map { it.name } + listOf(R.string.home_make_site).filter { makesSites }.map(page.context::getString) + page.context.getString(R.string.home_all_sites)

    private fun chooseSite(at: Int) {
        val sites = state.value.sites
        if (at == sites.size && makesSites) return stack.go(Route.NewSite)
        core.place.value = core.place.value.copy(site = sites.getOrNull(at))
    }

    private fun addDevice(page: Page) = attempt({ problem -> change { it.copy(problem = problem) } }) {
        val (section, chosen) = state.value.place
        askWhere(page, core, stack, section, chosen?.id)
    }
}

/** A drop-down of the bar: an icon, what is chosen, and what can be. */
internal class Picker(private val page: Page, private val name: Int) {
    private val words = page.context.textView(Type.BODY)
    private val sign = page.context.icon(R.drawable.ic_site, R.color.primary)
    private var choices: List<String> = emptyList()
    private var onChoose: (Int) -> Unit = {}
    val view: LinearLayout = page.context.row().apply {
        background = context.touchable(null)
        minimumHeight = context.dp(48)
        setPadding(context.dp(12), 0, context.dp(8), 0)
        isFocusable = true
        accessibilityDelegate = AsButton
        addView(sign)
        words.maxLines = 1
        words.ellipsize = android.text.TextUtils.TruncateAt.END
        putWide(words, 8)
        addView(context.icon(R.drawable.ic_down, R.color.muted))
        setOnClickListener { page.menu(this, choices, onChoose) }
    }

    fun show(icon: Int, chosen: String, choices: List<String>, onChoose: (Int) -> Unit) {
        sign.setImageResource(icon)
        words.text = chosen
        view.contentDescription = page.context.getString(name, chosen)
        this.choices = choices
        this.onChoose = onChoose
    }
}

internal fun Page.picker(name: Int) = Picker(this, name)

internal fun Page.menu(anchor: View, choices: List<String>, onChoose: (Int) -> Unit) {
    val menu = PopupMenu(context, anchor)
    choices.forEachIndexed { at, words -> menu.menu.add(0, at, at, words) }
    menu.setOnMenuItemClickListener {
        onChoose(it.itemId)
        true
    }
    menu.show()
}

package io.porchlight.screens

import android.app.AlertDialog
import android.content.Context
import android.widget.LinearLayout
import io.porchlight.bridge.AccessRequest
import io.porchlight.bridge.CustomerOffer
import io.porchlight.bridge.Grant
import io.porchlight.bridge.GrantSide
import io.porchlight.bridge.PorchlightException
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

internal data class PeopleState(
    val loading: Boolean = true,
    val offers: List<CustomerOffer> = emptyList(),
    val requests: List<AccessRequest> = emptyList(),
    val grants: List<Grant> = emptyList(),
    val age: ListAge = ListAge(),
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
) {
    val isEmpty get() = !loading && offers.isEmpty() && requests.isEmpty() && grants.isEmpty()
}

/** Who asks, and who has access now: each ends by one tap. */
internal class PeopleScreen(private val core: OpenCore, private val stack: Stack) : Screen<PeopleState>(PeopleState()) {
    override val route = Route.People
    private val ages = ListAges()

    init {
        scope.launch { core.accessChanges.collectLatest { read() } }
    }

    private fun failed(problem: PorchlightException) = change { it.copy(loading = false, busy = false, problem = problem) }

    private suspend fun read() = trying(::failed) {
        val offers = core.offers.window(0u, MOST).items
        val requests = core.requests.waiting()
        val grants = core.grants.window(GrantSide.GIVEN, false, 0u, MOST)
        ages.follow(grants.connection, grants.asOf) { age ->
            change { PeopleState(grants.asOf == null, offers, requests, grants.items, age, problem = it.problem) }
        }
    }

    override fun build(page: Page): (PeopleState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.tab_people))
        val age = AgeNotice(page)
        val spinner = page.spinner(R.string.waiting)
        val list = context.column()
        page.content.put(list)
        val emptyTitle = page.text(Type.SECTION, context.getString(R.string.people_empty_title), top = 24)
        val emptyBody = page.text(Type.BODY, context.getString(R.string.people_empty_body), R.color.muted)
        page.link(R.string.history_title) { stack.go(Route.History(null)) }
        page.tabs(route, stack)
        return { state ->
            spinner.shown(state.loading && state.problem == null)
            listOf(emptyTitle, emptyBody).forEach { it.shown(state.isEmpty) }
            age.show(state.problem, state.age)
            list.removeAllViews()
            list.group(R.string.people_offers, state.offers) { offer(page, it, state.busy) }
            list.group(R.string.people_requests, state.requests) { request(context, it) }
            list.group(R.string.people_grants, state.grants) { grant(context, it, state.busy) }
        }
    }

    private fun <T> LinearLayout.group(name: Int, items: List<T>, draw: (T) -> LinearLayout) {
        if (items.isEmpty()) return
        put(context.textView(Type.SECTION).apply { setText(name) }, 16)
        items.forEach { put(draw(it), 8) }
    }

    private fun request(context: Context, request: AccessRequest): LinearLayout =
        context.card { stack.go(Route.Request(request.id)) }.apply {
            putWide(context.lines(context.getString(R.string.request_who, request.actor.fullName, request.company.name), context.scopeOf(request)))
            addView(context.icon(R.drawable.ic_next, R.color.muted))
        }

    private fun grant(context: Context, grant: Grant, busy: Boolean): LinearLayout {
        val until = context.getString(R.string.grant_until, context.scopeOf(grant), context.spell(grant.expiresAt))
        return context.column().apply {
            background = context.rounded(R.color.surface, 12, R.color.hairline)
            setPadding(context.dp(16), context.dp(12), context.dp(16), context.dp(8))
            put(context.lines(context.getString(R.string.grant_who, grant.actor.fullName, grant.company.name), until))
            put(context.textView(Type.SECONDARY).apply { text = context.permissionsOf(grant.permissions) }, 4)
            val end = context.button(R.string.grant_end, R.color.danger, null) { deed { core.grants.end(grant.id) } }
            end.isEnabled = !busy
            end.contentDescription = context.getString(R.string.grant_end_of, grant.actor.fullName)
            put(end)
        }
    }

    private fun offer(page: Page, offer: CustomerOffer, busy: Boolean): LinearLayout {
        val context = page.context
        val sites = offer.sites.map { context.getString(R.string.scope_site, it) }
        val added = (sites + offer.devices.map { context.getString(R.string.offer_device, it.name, it.site) }).joinToString("\n")
        return context.column().apply {
            background = context.rounded(R.color.surface, 12, R.color.hairline)
            setPadding(context.dp(16), context.dp(12), context.dp(16), context.dp(8))
            put(context.lines(context.getString(R.string.offer_who, offer.company.name), added.ifEmpty { context.getString(R.string.offer_nothing) }))
            val yes = context.button(R.string.offer_accept, R.color.primary, null) { accept(page, offer) }
            val no = context.button(R.string.offer_refuse, R.color.danger, null) { deed { core.offers.refuse(offer.id) } }
            listOf(yes, no).forEach {
                it.isEnabled = !busy
                put(it)
            }
        }
    }

    /** What was added is the person's to keep or not; with nothing added there is nothing to ask. */
    private fun accept(page: Page, offer: CustomerOffer) {
        if (offer.sites.isEmpty() && offer.devices.isEmpty()) return deed { core.offers.accept(offer, true) }
        AlertDialog.Builder(page.context)
            .setTitle(R.string.offer_keep_title)
            .setMessage(R.string.offer_keep_body)
            .setPositiveButton(R.string.offer_keep_it) { _, _ -> deed { core.offers.accept(offer, true) } }
            .setNegativeButton(R.string.offer_remove) { _, _ -> deed { core.offers.accept(offer, false) } }
            .setNeutralButton(R.string.cancel, null)
            .show()
    }

    private fun deed(deed: suspend () -> Unit) {
        change { it.copy(busy = true, problem = null) }
        attempt(::failed) {
            deed()
            change { it.copy(busy = false) }
        }
    }

    private companion object {
        const val MOST = 200u
    }
}

private fun Context.lines(first: String, second: String): LinearLayout = column().apply {
    put(context.textView(Type.BODY).apply { text = first })
    put(context.textView(Type.SECONDARY, R.color.muted).apply { text = second }, 2)
}

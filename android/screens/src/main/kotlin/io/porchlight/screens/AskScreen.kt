package io.porchlight.screens

import android.content.Context
import android.text.InputType
import io.porchlight.bridge.AccessChoices
import io.porchlight.bridge.AccessWish
import io.porchlight.bridge.Customer
import io.porchlight.bridge.CustomerPlaces
import io.porchlight.bridge.InputField
import io.porchlight.bridge.Permission
import io.porchlight.bridge.PorchlightException
import java.time.Duration
import kotlinx.coroutines.launch

internal data class AskState(
    val choices: AccessChoices,
    val customer: Customer? = null,
    val places: CustomerPlaces = CustomerPlaces(emptyList(), emptyList()),
    /** Which of the hours; after the last of them: days. */
    val lasts: Int = 0,
    /** 0: the whole account; then the sites, then the devices. */
    val scope: Int = 0,
    val ticked: Set<Permission> = choices.permissions.filter { it.ticked || it.needed }.map { it.permission }.toSet(),
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
) {
    /** What is offered as it is; longer than a day is typed as days. */
    val hours: List<Duration> get() = choices.lasts.filter { it <= DAY }
    val isInDays: Boolean get() = lasts == hours.size
}

private val DAY = Duration.ofDays(1)

/** Obtain authorization: how long, on what, what for, why. */
internal class AskScreen(
    private val core: OpenCore,
    private val stack: Stack,
    override val route: Route.AskForAccess,
) : Screen<AskState>(AskState(core.requests.choices())) {
    init {
        scope.launch {
            trying(::failed) {
                val customer = core.customers.get(route.customer)
                change { it.copy(customer = customer) }
                val places = core.customers.places(route.customer)
                change { it.copy(places = places) }
            }
        }
    }

    private fun failed(problem: PorchlightException) = change { it.copy(busy = false, problem = problem) }

    override fun build(page: Page): (AskState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.ask_title)) { stack.back() }
        val whom = page.text(Type.BODY)
        val notice = page.notice()
        val choices = state.value.choices
        val spans = state.value.hours.map(context::spellSpan) + context.getString(R.string.ask_days)
        val lasts = page.choice(R.string.ask_lasts, spans) { at -> change { it.copy(lasts = at) } }
        val days = page.field(R.string.field_days, InputType.TYPE_CLASS_NUMBER)
        val scopes = page.choice(R.string.ask_scope) { at -> change { it.copy(scope = at) } }
        page.text(Type.SECONDARY, context.getString(R.string.ask_permissions), R.color.muted, 12)
        for (choice in choices.permissions) {
            val isTicked = choice.permission in state.value.ticked
            page.content.put(context.tick(context.getString(permissionName(choice.permission)), isTicked, !choice.needed) { on -> tick(choice.permission, on) })
        }
        val comment = page.field(R.string.ask_comment, COMMENT)
        val ask = page.primary(R.string.ask_action) { ask(comment.words, days.words) }
        return { state ->
            whom.say(state.customer?.let { context.getString(R.string.ask_whom, it.fullName, it.email) })
            lasts.choose(state.lasts)
            days.view.shown(state.isInDays)
            scopes.offer(context.scopesOf(state.places))
            scopes.choose(state.scope)
            ask.isEnabled = !state.busy
            page.showProblem(FormState(problem = state.problem), notice, mapOf(InputField.COMMENT to comment, InputField.LASTS to days))
        }
    }

    private fun tick(permission: Permission, on: Boolean) = change { it.copy(ticked = if (on) it.ticked + permission else it.ticked - permission) }

    private fun ask(comment: String, days: String) {
        change { it.copy(busy = true, problem = null) }
        attempt(::failed) {
            val state = state.value
            val sites = state.places.sites
            val site = sites.getOrNull(state.scope - 1)?.id
            val device = state.places.devices.getOrNull(state.scope - 1 - sites.size)?.id
            val permissions = state.choices.permissions.map { it.permission }.filter { it in state.ticked }
            // What is no number is no span that the core takes.
            val lasts = if (state.isInDays) Duration.ofDays(days.toLongOrNull()?.coerceIn(0, 1_000) ?: 0) else state.hours[state.lasts]
            core.requests.ask(route.customer, AccessWish(site, device, permissions, lasts, comment))
            stack.leaveTop()
        }
    }
}

private fun Context.scopesOf(places: CustomerPlaces): List<String> = listOf(getString(R.string.scope_account_of)) +
    places.sites.map { getString(R.string.scope_site, it.name) } + places.devices.map { getString(R.string.scope_device, it.name) }

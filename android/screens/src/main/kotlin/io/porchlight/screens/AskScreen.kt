package io.porchlight.screens

import android.content.Context
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
    val lasts: Duration = choices.lasts.first(),
    /** 0: the whole account; then the sites, then the devices. */
    val scope: Int = 0,
    val ticked: Set<Permission> = choices.permissions.filter { it.ticked || it.needed }.map { it.permission }.toSet(),
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
)

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
        val lasts = page.choice(R.string.ask_lasts, choices.lasts.map(context::spellSpan)) { at -> change { it.copy(lasts = choices.lasts[at]) } }
        val scopes = page.choice(R.string.ask_scope) { at -> change { it.copy(scope = at) } }
        page.text(Type.SECONDARY, context.getString(R.string.ask_permissions), R.color.muted, 12)
        for (choice in choices.permissions) {
            val isTicked = choice.permission in state.value.ticked
            page.content.put(context.tick(context.getString(permissionName(choice.permission)), isTicked, !choice.needed) { on -> tick(choice.permission, on) })
        }
        val comment = page.field(R.string.ask_comment, COMMENT)
        val ask = page.primary(R.string.ask_action) { ask(comment.words) }
        return { state ->
            whom.say(state.customer?.let { context.getString(R.string.ask_whom, it.fullName, it.email) })
            lasts.choose(choices.lasts.indexOf(state.lasts))
            scopes.offer(context.scopesOf(state.places))
            scopes.choose(state.scope)
            ask.isEnabled = !state.busy
            page.showProblem(FormState(problem = state.problem), notice, mapOf(InputField.COMMENT to comment))
        }
    }

    private fun tick(permission: Permission, on: Boolean) = change { it.copy(ticked = if (on) it.ticked + permission else it.ticked - permission) }

    private fun ask(comment: String) {
        change { it.copy(busy = true, problem = null) }
        attempt(::failed) {
            val state = state.value
            val sites = state.places.sites
            val site = sites.getOrNull(state.scope - 1)?.id
            val device = state.places.devices.getOrNull(state.scope - 1 - sites.size)?.id
            val permissions = state.choices.permissions.map { it.permission }.filter { it in state.ticked }
            core.requests.ask(route.customer, AccessWish(site, device, permissions, state.lasts, comment))
            stack.leaveTop()
        }
    }
}

private fun Context.scopesOf(places: CustomerPlaces): List<String> = listOf(getString(R.string.scope_account_of)) +
    places.sites.map { getString(R.string.scope_site, it.name) } + places.devices.map { getString(R.string.scope_device, it.name) }

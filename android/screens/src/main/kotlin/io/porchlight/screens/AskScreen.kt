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

/** What was chosen of a request before it was sent; the words and the number of days are kept as what is typed everywhere. */
data class AskChosen(
    /** None: days, which are typed. */
    val hours: Long?,
    /** The site or device by its id; none: the whole account. */
    val place: String?,
    val ticked: Set<Permission>,
) {
    fun text() = "${hours ?: ""}/${place.orEmpty()}/${ticked.joinToString("+") { it.name }}"

    companion object {
        /** Reads the parts of what [text] wrote. */
        fun of(parts: List<String>): AskChosen {
            val names = parts[2].split('+')
            return AskChosen(parts[0].toLongOrNull(), parts[1].ifEmpty { null }, Permission.entries.filterTo(LinkedHashSet()) { it.name in names })
        }
    }
}

internal data class AskState(
    val choices: AccessChoices,
    val chosen: AskChosen = AskChosen(choices.lasts.first().toHours(), null, choices.permissions.filter { it.ticked || it.needed }.map { it.permission }.toSet()),
    val customer: Customer? = null,
    val places: CustomerPlaces = CustomerPlaces(emptyList(), emptyList()),
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
) {
    /** What is offered as it is; longer than a day is typed as days. */
    val hours: List<Duration> get() = choices.lasts.filter { it <= DAY }
    val isInDays: Boolean get() = chosen.hours == null
    val lasts: Int get() = chosen.hours?.let { hours.indexOf(Duration.ofHours(it)) } ?: hours.size

    /** The whole account, then the sites, then the devices. */
    val scopes: List<String?> get() = listOf(null) + places.sites.map { it.id } + places.devices.map { it.id }

    /** -1: the place that was chosen is not known yet, or is not there any more; the whole account is no stand-in for it. */
    val scope: Int get() = scopes.indexOf(chosen.place)
}

private val DAY = Duration.ofDays(1)

/** Obtain authorization: how long, on what, what for, why. */
internal class AskScreen(
    private val core: OpenCore,
    private val stack: Stack,
    private val opened: Route.AskForAccess,
) : Screen<AskState>(core.requests.choices().let { choices -> opened.chosen?.let { AskState(choices, it) } ?: AskState(choices) }) {
    /** What was chosen comes back with the words, after the system took the process. */
    override val route: Route.AskForAccess get() = opened.copy(chosen = state.value.chosen)

    init {
        scope.launch {
            trying(::failed) {
                val customer = core.customers.get(opened.customer)
                change { it.copy(customer = customer) }
                val places = core.customers.places(opened.customer)
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
        val lasts = page.choice(R.string.ask_lasts, spans) { at -> choose { it.copy(hours = state.value.hours.getOrNull(at)?.toHours()) } }
        val days = page.field(R.string.field_days, InputType.TYPE_CLASS_NUMBER)
        val scopes = page.choice(R.string.ask_scope) { at -> choose { it.copy(place = state.value.scopes[at]) } }
        page.text(Type.SECONDARY, context.getString(R.string.ask_permissions), R.color.muted, 12)
        for (choice in choices.permissions) {
            val isTicked = choice.permission in state.value.chosen.ticked
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
            ask.isEnabled = !state.busy && state.scope >= 0
            page.showProblem(FormState(problem = state.problem), notice, mapOf(InputField.COMMENT to comment, InputField.LASTS to days))
        }
    }

    private fun choose(to: (AskChosen) -> AskChosen) = change { it.copy(chosen = to(it.chosen)) }

    private fun tick(permission: Permission, on: Boolean) = choose { it.copy(ticked = if (on) it.ticked + permission else it.ticked - permission) }

    private fun ask(comment: String, days: String) {
        change { it.copy(busy = true, problem = null) }
        attempt(::failed) {
            val state = state.value
            val site = state.places.sites.find { it.id == state.chosen.place }?.id
            val device = state.places.devices.find { it.id == state.chosen.place }?.id
            val permissions = state.choices.permissions.map { it.permission }.filter { it in state.chosen.ticked }
            // What is no number is no span that the core takes.
            val lasts = if (state.isInDays) Duration.ofDays(days.toLongOrNull()?.coerceIn(0, 1_000) ?: 0) else state.hours[state.lasts]
            core.requests.ask(opened.customer, AccessWish(site, device, permissions, lasts, comment))
            stack.leaveTop()
        }
    }
}

private fun Context.scopesOf(places: CustomerPlaces): List<String> = listOf(getString(R.string.scope_account_of)) +
    places.sites.map { getString(R.string.scope_site, it.name) } + places.devices.map { getString(R.string.scope_device, it.name) }

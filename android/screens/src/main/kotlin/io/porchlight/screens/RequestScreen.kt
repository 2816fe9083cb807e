package io.porchlight.screens

import io.porchlight.bridge.AccessRequest
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.RequestState
import java.time.Duration
import java.time.Instant
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

internal data class RequestScreenState(
    val request: AccessRequest? = null,
    /** How long the yes shall last: what was asked for, or less. */
    val lasts: Duration? = null,
    val choices: List<Duration> = emptyList(),
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
)

/** Somebody asks to work in this account: who, for which company, what, until when, why. Yes, or no. */
internal class RequestScreen(
    private val core: OpenCore,
    private val stack: Stack,
    override val route: Route.Request,
) : Screen<RequestScreenState>(RequestScreenState()) {
    init {
        scope.launch { core.accessChanges.collectLatest { read() } }
    }

    private fun failed(problem: PorchlightException) = change { it.copy(busy = false, problem = problem) }

    private suspend fun read() = trying(::failed) {
        val request = core.requests.get(route.request)
        val choices = core.requests.consentChoices(request)
        // Days between a day and what was asked for would be a long list.
        val few = choices.filter { it <= Duration.ofDays(1) || it == request.lasts }
        change { it.copy(request = request, lasts = it.lasts ?: request.lasts, choices = few) }
    }

    override fun build(page: Page): (RequestScreenState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.request_bar)) { stack.back() }
        val who = page.text(Type.SECTION, top = 16)
        val notice = page.notice()
        val what = page.text(Type.BODY, top = 16)
        val permissions = page.text(Type.BODY)
        val why = page.text(Type.BODY, color = R.color.muted, top = 16)
        val lasts = page.choice(R.string.request_lasts) { at -> change { it.copy(lasts = it.choices.getOrNull(at)) } }
        val until = page.text(Type.SECONDARY, color = R.color.muted)
        val block = page.link(R.string.request_block) { answer { request -> core.requests.decline(request.id, true) } }
        val consent = page.primary(R.string.request_consent) { answer { request -> core.requests.consent(request, state.value.lasts) } }
        val decline = page.secondary(R.string.request_decline) { answer { request -> core.requests.decline(request.id, false) } }
        return { state ->
            val request = state.request
            val isPending = request?.state == RequestState.PENDING
            who.say(request?.let { context.getString(R.string.request_who, it.actor.fullName, it.company.name) })
            what.say(request?.let(context::scopeOf))
            permissions.say(request?.let { context.permissionsOf(it.permissions) })
            why.say(request?.comment?.ifEmpty { null }?.let { context.getString(R.string.request_why, it) })
            lasts.offer(state.choices.map(context::spellSpan))
            lasts.choose(state.choices.indexOf(state.lasts))
            lasts.view.shown(isPending)
            until.say(state.lasts?.takeIf { isPending }?.let { context.getString(R.string.request_until, context.spell(Instant.now() + it)) })
            listOf(consent, decline, block).forEach {
                it.shown(isPending)
                it.isEnabled = !state.busy
            }
            val over = context.getString(R.string.request_over).takeIf { request != null && !isPending }
            if (over != null && state.problem == null) notice.show(Tone.PLAIN, over, null) else page.showProblem(FormState(problem = state.problem), notice, emptyMap())
        }
    }

    private fun answer(deed: suspend (AccessRequest) -> Unit) {
        val shown = state.value.request ?: return
        change { it.copy(busy = true, problem = null) }
        attempt(::failed) {
            deed(shown)
            stack.leaveTop()
        }
    }
}

package io.porchlight.screens

import android.content.Context
import io.porchlight.bridge.AccessRequest
import io.porchlight.bridge.ConsentChoice
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.RequestState
import java.time.Duration
import kotlinx.coroutines.delay
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch

internal data class RequestScreenState(
    val request: AccessRequest? = null,
    /** How long the yes shall last: what was asked for, or less. */
    val lasts: Duration? = null,
    val choices: List<ConsentChoice> = emptyList(),
    val busy: Boolean = false,
    val problem: PorchlightException? = null,
) {
    val chosen: ConsentChoice? get() = choices.find { it.lasts == lasts }
}

/** "If you say yes now" is said anew as time goes by. */
private const val NOW_MILLIS = 30_000L

/** Somebody asks to work in this account: who, for which company, what, until when, why. Yes, or no. */
internal class RequestScreen(
    private val core: OpenCore,
    private val stack: Stack,
    override val route: Route.Request,
) : Screen<RequestScreenState>(RequestScreenState()) {
    init {
        scope.launch {
            core.accessChanges.collectLatest {
                while (true) {
                    read()
                    delay(NOW_MILLIS)
                }
            }
        }
    }

    private fun failed(problem: PorchlightException) = change { it.copy(busy = false, problem = problem) }

    private suspend fun read() = trying(::failed) {
        val request = core.requests.get(route.request)
        val choices = core.requests.consentChoices(request)
        change { it.copy(request = request, lasts = it.lasts ?: request.lasts, choices = choices) }
    }

    override fun build(page: Page): (RequestScreenState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.request_bar)) { stack.back() }
        val spinner = page.spinner(R.string.waiting)
        val who = page.text(Type.SECTION, top = 16)
        val notice = page.notice()
        val what = page.text(Type.BODY, top = 16)
        val permissions = page.text(Type.BODY)
        val why = page.text(Type.BODY, color = R.color.muted, top = 16)
        val lasts = page.choice(R.string.request_lasts) { at -> change { it.copy(lasts = it.choices.getOrNull(at)?.lasts) } }
        val until = page.text(Type.SECONDARY, color = R.color.muted)
        val block = page.link(R.string.request_block) { answer { request -> core.requests.decline(request.id, true) } }
        val blockHint = page.text(Type.SECONDARY, context.getString(R.string.request_block_hint), R.color.muted)
        val consent = page.primary(R.string.request_consent) { answer { request -> core.requests.consent(request, state.value.lasts) } }
        val decline = page.secondary(R.string.request_decline) { answer { request -> core.requests.decline(request.id, false) } }
        return { state ->
            val request = state.request
            val isPending = request?.state == RequestState.PENDING
            spinner.shown(request == null && state.problem == null)
            who.say(request?.let { context.getString(R.string.request_who, it.actor.fullName, it.company.name) })
            what.say(request?.let(context::scopeOf))
            permissions.say(request?.let { context.permissionsOf(it.permissions) })
            why.say(request?.comment?.ifEmpty { null }?.let { context.getString(R.string.request_why, it) })
            lasts.offer(state.choices.map { context.spellSpan(it.lasts) })
            lasts.choose(state.choices.indexOf(state.chosen))
            lasts.view.shown(isPending)
            until.say(state.chosen?.takeIf { isPending }?.let(context::endOf))
            listOf(consent, decline, block).forEach {
                it.shown(isPending)
                it.isEnabled = !state.busy
            }
            blockHint.shown(isPending)
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

/** Until when by the cloud's clock: the phone's may be wrong. Where that is not known, how long. */
private fun Context.endOf(choice: ConsentChoice): String = choice.until?.let { getString(R.string.request_until, spell(it)) }
    ?: getString(R.string.request_lasts_from_now, spellSpan(choice.lasts))

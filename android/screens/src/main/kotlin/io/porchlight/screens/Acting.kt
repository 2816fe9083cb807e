package io.porchlight.screens

import io.porchlight.bridge.AccessEnd
import io.porchlight.bridge.DelegatedSession
import io.porchlight.bridge.DelegatedState
import io.porchlight.bridge.HandoffFlow
import io.porchlight.bridge.HandoffState
import io.porchlight.bridge.LinkException
import io.porchlight.bridge.Porchlight
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.UnsentAct
import io.porchlight.bridge.states
import java.time.Instant
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.SharingStarted
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.stateIn
import io.porchlight.bridge.Acting as ActingNow

/** What concerns this phone, whoever is signed in: links of the partner app, and acting in a customer's account. */
internal class Acting(porchlight: Porchlight, scope: CoroutineScope) {
    val handoff: HandoffFlow = porchlight.handoff()
    val session: DelegatedSession = porchlight.delegatedSession()
    val handoffStates: StateFlow<HandoffState?> = handoff.states().stateIn(scope, SharingStarted.Eagerly, null)
    val states: StateFlow<DelegatedState?> = session.states().stateIn(scope, SharingStarted.Eagerly, null)

    private val listed = MutableStateFlow<List<UnsentAct>>(emptyList())

    /** What was not sent when accesses ended, until it is forgotten: of this process, and of those before it. */
    val unsent: StateFlow<List<UnsentAct>> get() = listed

    suspend fun readUnsent() {
        listed.value = session.unsent()
    }

    suspend fun forgetUnsent() {
        session.forgetUnsent()
        readUnsent()
    }

    fun close() = listOf(handoff, session).forEach { it.destroy() }
}

/** Who acts for whom now; nobody before it began and after it ended. */
internal val DelegatedState?.now: ActingNow?
    get() = when (this) {
        is DelegatedState.Active -> acting
        is DelegatedState.Locked -> acting
        is DelegatedState.Nobody, is DelegatedState.Ended, null -> null
    }

/** On every screen of a customer's account: whose it is, until when, and the way out. */
internal fun Page.actingBanner(acting: ActingNow, onEnd: () -> Unit) {
    val words = context.getString(R.string.acting_banner, acting.grant.subject.fullName, acting.grant.company.name, context.spell(acting.until))
    AccentBanner(this).show(words, R.string.acting_end, null, onEnd)
}

/** The cloud was out of reach for too long: what is the customer's is covered until it is there again. Adding goes on. */
internal class LockedScreen(private val add: (() -> Unit)?) : Screen<Unit>(Unit) {
    override val route = Route.Waiting

    override fun build(page: Page): (Unit) -> Unit {
        page.bar(page.context.getString(R.string.app_name))
        page.text(Type.SECTION, page.context.getString(R.string.acting_locked_title), top = 32)
        page.text(Type.BODY, page.context.getString(R.string.acting_locked_body), R.color.muted)
        add?.let { page.primary(R.string.home_add_device, it) }
        return {}
    }
}

internal data class ActingEndedState(
    val ended: DelegatedState.Ended,
    /** The partner app is on this phone, and is not this one. */
    val hasPartnerApp: Boolean = false,
    val problem: PorchlightException? = null,
)

/** Nobody acts here any more, and everything about it on this phone is gone: why, and what was not sent. */
internal class ActingEndedScreen(private val acting: Acting, initial: ActingEndedState) : Screen<ActingEndedState>(initial) {
    override val route = Route.Waiting

    override fun back(): Boolean {
        dismiss()
        return true
    }

    private fun dismiss() = attempt({ problem -> change { it.copy(problem = problem) } }) {
        // What was not sent stays listed in the person's own profile: a step back is not "I have noted it".
        acting.session.dismiss()
    }

    /** Where the next customer is chosen. */
    private fun toCustomers(activity: MainActivity) {
        try {
            activity.openPartnerApp()
        } catch (_: LinkException.AppMissing) {
            // It went while the page was shown: what is left is the step back.
        }
        dismiss()
    }

    override fun build(page: Page): (ActingEndedState) -> Unit {
        val context = page.context
        page.bar(context.getString(R.string.app_name))
        val title = page.text(Type.TITLE, top = 32)
        val why = page.text(Type.BODY, top = 12)
        val unsentTitle = page.text(Type.SECTION, context.getString(R.string.acting_unsent), top = 24)
        val unsent = page.text(Type.BODY)
        val notice = page.notice()
        if (state.value.hasPartnerApp) {
            page.primary(R.string.acting_to_customers) { toCustomers(context as MainActivity) }
            page.secondary(R.string.acting_done) { dismiss() }
        } else {
            page.primary(R.string.acting_done) { dismiss() }
        }
        return { state ->
            val grant = state.ended.acting.grant
            title.text = context.getString(titleOf(state.ended.why), grant.subject.fullName)
            why.text = context.getString(whyEnded(state.ended.why), grant.subject.fullName, context.spell(knownEnd(state.ended)))
            unsentTitle.shown(state.ended.unsent.isNotEmpty())
            unsent.say(state.ended.unsent.joinToString("\n") { context.getString(R.string.acting_unsent_device, it.name, it.serial) }.ifEmpty { null })
            page.showProblem(FormState(problem = state.problem), notice, emptyMap())
        }
    }
}

/** The access itself stays where only the session is over. */
private fun titleOf(why: AccessEnd): Int = when (why) {
    AccessEnd.LEFT -> R.string.acting_left_title
    AccessEnd.SESSION_ENDED -> R.string.acting_session_title
    AccessEnd.REVOKED, AccessEnd.EXPIRED, AccessEnd.ACTOR_DISABLED, AccessEnd.SUBJECT_DISABLED -> R.string.acting_ended_title
}

/** When it was over, where the words say so. When somebody ended it is not known here: this phone may have learnt of it a night later. */
private fun knownEnd(ended: DelegatedState.Ended): Instant = if (ended.why == AccessEnd.EXPIRED) ended.acting.grant.expiresAt else ended.at

private fun whyEnded(why: AccessEnd): Int = when (why) {
    AccessEnd.REVOKED -> R.string.acting_ended_revoked
    AccessEnd.EXPIRED -> R.string.acting_ended_expired
    AccessEnd.ACTOR_DISABLED -> R.string.acting_ended_actor
    AccessEnd.SUBJECT_DISABLED -> R.string.acting_ended_subject
    AccessEnd.SESSION_ENDED -> R.string.acting_ended_session
    AccessEnd.LEFT -> R.string.acting_ended_left
}

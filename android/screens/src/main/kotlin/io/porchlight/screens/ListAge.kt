package io.porchlight.screens

import io.porchlight.bridge.Connection
import io.porchlight.bridge.PorchlightException
import java.time.Instant
import kotlinx.coroutines.delay

/** How old what a list shows is, and whether the cloud has been asked for longer than a moment. */
internal data class ListAge(val asOf: Instant? = null, val isOld: Boolean = false, val isConnecting: Boolean = false)

/** Says "connecting" only of what lasts: a word that is gone at once is a flicker. */
internal class ListAges(private val momentMillis: Long = 1_000) {
    private var connectingSince: Long? = null

    /** Tells the age of a window at once, and once more when the connection has been awaited for a moment. */
    suspend fun follow(connection: Connection, asOf: Instant?, tell: (ListAge) -> Unit) {
        val now = System.nanoTime() / 1_000_000
        val since = if (connection == Connection.CONNECTING) connectingSince ?: now else null
        connectingSince = since
        val left = since?.let { it + momentMillis - now }
        tell(ListAge(asOf, connection == Connection.UNREACHABLE, left != null && left <= 0))
        if (left == null || left <= 0) return
        delay(left)
        tell(ListAge(asOf, isConnecting = true))
    }
}

/** The notice of a list: what went wrong, or how old what is shown is; and that the cloud is long in answering. */
internal class AgeNotice(private val page: Page) {
    private val notice = page.notice()
    private val connecting = page.spinner(R.string.list_connecting)

    fun show(problem: PorchlightException?, age: ListAge) {
        val context = page.context
        val asOf = age.asOf.takeIf { age.isOld }
        when {
            problem != null -> notice.show(Tone.DANGER, context.wordsFor(problem), null, problem.report, page.actionFor(problem))
            asOf != null -> notice.show(Tone.WARNING, context.getString(R.string.list_old_title), context.getString(R.string.list_old_body, context.spell(asOf)))
            else -> notice.show(Tone.WARNING, null, null)
        }
        connecting.shown(problem == null && age.isConnecting && age.asOf != null)
    }
}

package io.porchlight.screens

import io.porchlight.bridge.PorchlightException
import kotlinx.coroutines.CoroutineScope
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import kotlinx.coroutines.flow.StateFlow
import kotlinx.coroutines.flow.update
import kotlinx.coroutines.launch

/**
 * A screen: one immutable state, and one function that draws it. It outlives a rotation of the phone; its views do not.
 */
internal abstract class Screen<S : Any>(initial: S) {
    private val states = MutableStateFlow(initial)
    val state: StateFlow<S> get() = states

    /** Work of the screen: ends when it leaves the stack. */
    protected val scope: CoroutineScope = MainScope()

    /** Where it is, for the process that comes after this one. */
    abstract val route: Route

    /** Builds the views once; what it answers draws a state into them. */
    abstract fun build(page: Page): (S) -> Unit

    /** The screen leaves the stack for good. */
    open fun leave() = scope.cancel()

    /** Back was pressed; true if the screen took the step itself. */
    open fun back(): Boolean = false

    /** The app can be seen again, with or without leave to use the camera. */
    open fun appeared(hasCamera: Boolean) = Unit

    /** Another app is on the screen, or the phone sleeps. */
    open fun disappeared() = Unit

    /** The answer of a permission or a picker that the screen asked the activity for. */
    open fun answered(answer: Answer) = Unit

    protected fun change(to: (S) -> S) = states.update(to)

    /** Does something of the core; what goes wrong comes to `failed`, in the form that words are chosen by. */
    protected fun attempt(failed: (PorchlightException) -> Unit, deed: suspend () -> Unit) {
        scope.launch { trying(failed, deed) }
    }

    protected suspend fun trying(failed: (PorchlightException) -> Unit, deed: suspend () -> Unit) {
        try {
            deed()
        } catch (problem: PorchlightException) {
            failed(problem)
        }
    }
}

/** What the activity brings back to the screen that asked. */
internal sealed interface Answer {
    data class Camera(val allowed: Boolean, val forEver: Boolean) : Answer
    data class Picture(val bytes: ByteArray?) : Answer
}

package io.porchlight.screens

import io.porchlight.bridge.AddDeviceFlow
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.DetailsEdit
import io.porchlight.bridge.LabelProgress
import io.porchlight.bridge.LabelReading
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.SeenCode
import io.porchlight.bridge.states
import kotlinx.coroutines.launch

/** What the screen of adding shows: the core's state, and how the person reads the label. */
internal data class AddingState(
    val flow: AddDeviceState? = null,
    val typing: Boolean = false,
    /** The person said that the device has no password yet. */
    val isNew: Boolean = false,
    val camera: CameraAccess = CameraAccess.NOT_ASKED,
    val torch: Boolean = false,
    /** The app can be seen: else the camera is left to others. */
    val onScreen: Boolean = true,
    val seen: List<SeenCode> = emptyList(),
    val problem: PorchlightException? = null,
    val busy: Boolean = false,
) {
    val step: Step get() = when (flow) {
        null, is AddDeviceState.Ended -> Step.OPENING
        is AddDeviceState.Label -> if (typing) Step.TYPING else if (read.isEmpty()) Step.SCANNING else Step.CONFIRMING
        is AddDeviceState.Details -> Step.DETAILS
        is AddDeviceState.Adding -> Step.ADDING
        is AddDeviceState.Queued -> Step.QUEUED
        is AddDeviceState.Failed -> Step.FAILED
        is AddDeviceState.Added -> Step.ADDED
    }

    /** The camera is to be open. */
    val seesLabels: Boolean get() = camera == CameraAccess.ALLOWED && onScreen

    /** What was read of the label, the most telling first. */
    val read: List<LabelReading> get() = ((flow as? AddDeviceState.Label)?.label as? LabelProgress.Read)?.readings.orEmpty()
}

/** The next state of the flow; the number field or the camera, and which password, are as the core has them when a step begins. */
private fun AddingState.after(next: AddDeviceState): AddingState {
    val begins = next.javaClass != flow?.javaClass
    return copy(
        flow = next,
        typing = if (begins && next is AddDeviceState.Label) next.typed != null else typing,
        isNew = if (begins && next is AddDeviceState.Details) next.newPassword else isNew,
    )
}

internal enum class Step(val number: Int) {
    OPENING(0), SCANNING(1), TYPING(1), CONFIRMING(1), DETAILS(2), ADDING(3), QUEUED(3), FAILED(3), ADDED(4)
}

internal enum class CameraAccess { NOT_ASKED, ALLOWED, REFUSED, REFUSED_FOR_EVER, NONE_HERE, OCCUPIED }

private const val STEPS = 4

/** Adding a device, one step a page. The flow is the core's; here is only how its states look. */
internal class AddDeviceScreen(
    val app: PorchlightApplication,
    val core: OpenCore,
    val stack: Stack,
    private val opened: Route,
    private val open: suspend () -> AddDeviceFlow,
) : Screen<AddingState>(AddingState()) {
    private var flow: AddDeviceFlow? = null

    /** What the next process goes on with: the flow, in the step that it is at. */
    override val route: Route get() = when (val state = state.value.flow) {
        is AddDeviceState.Label, is AddDeviceState.Details, is AddDeviceState.Adding,
        is AddDeviceState.Queued, is AddDeviceState.Failed,
        -> flow?.let { Route.Adding(it.id()) } ?: opened
        is AddDeviceState.Added -> Route.OneDevice(state.added)
        is AddDeviceState.Ended, null -> opened
    }

    init {
        scope.launch {
            try {
                val flow = open().also { flow = it }
                flow.states().collect { state ->
                    change { it.after(state) }
                    if (state is AddDeviceState.Ended) stack.leaveTop()
                }
            } catch (problem: PorchlightException.NotFound) {
                // Added or given up meanwhile: the list shows which.
                stack.leaveTop()
            } catch (problem: PorchlightException) {
                change { it.copy(problem = problem) }
            }
        }
    }

    fun flow(): AddDeviceFlow? = flow

    /** Asks the flow for a step; its listener brings the state, the call only what went wrong. */
    fun ask(deed: suspend (AddDeviceFlow) -> Unit) {
        val flow = flow ?: return
        val turn = ++asked
        change { it.copy(problem = null, busy = true) }
        // A state of something else does not mean that this is done, nor does the end of what was asked before it.
        fun done(problem: PorchlightException? = null) = change { it.copy(problem = problem ?: it.problem, busy = it.busy && turn != asked) }
        attempt(::done) {
            deed(flow)
            done()
        }
    }

    private var asked = 0

    /** While a person types there is no waiting to be shown. */
    fun readText(text: String) = attempt({ problem -> change { it.copy(problem = problem) } }) { flow?.readText(text) }

    fun edit(edit: DetailsEdit) = attempt({ problem -> change { it.copy(problem = problem) } }) { flow?.editDetails(edit) }

    fun choosePassword(isNew: Boolean) = change { it.copy(isNew = isNew) }

    fun type() = change { it.copy(typing = true, problem = null) }

    fun scan() = change { it.copy(typing = false, problem = null) }

    fun allowed(access: CameraAccess) = change { it.copy(camera = access) }

    fun lostCamera(loss: CameraLoss) = when (loss) {
        CameraLoss.NO_CAMERA -> allowed(CameraAccess.NONE_HERE)
        CameraLoss.OCCUPIED -> allowed(CameraAccess.OCCUPIED)
    }

    /** The person may have been in the phone's settings, or in the app that had the camera. */
    override fun appeared(hasCamera: Boolean) = change {
        val isWorthATry = hasCamera && it.camera != CameraAccess.NOT_ASKED
        it.copy(onScreen = true, camera = if (isWorthATry) CameraAccess.ALLOWED else it.camera)
    }

    override fun disappeared() = change { it.copy(onScreen = false) }

    fun light(on: Boolean) = change { it.copy(torch = on) }

    fun saw(codes: List<SeenCode>) = change { it.copy(seen = codes) }

    override fun answered(answer: Answer) = when (answer) {
        is Answer.Camera -> allowed(
            if (answer.allowed) CameraAccess.ALLOWED else if (answer.forEver) CameraAccess.REFUSED_FOR_EVER else CameraAccess.REFUSED,
        )
        is Answer.Picture -> ask { it.readPicture(answer.bytes ?: ByteArray(0)) }
    }

    /** Typing goes back to the camera, everything else is the core's step back. What is queued stays queued. */
    override fun back(): Boolean {
        when (state.value.step) {
            Step.TYPING -> scan()
            Step.OPENING, Step.QUEUED, Step.FAILED, Step.ADDED -> return false
            Step.SCANNING -> ask { it.cancel() }
            Step.CONFIRMING, Step.DETAILS, Step.ADDING -> ask { it.goBack() }
        }
        return true
    }

    override fun leave() {
        super.leave()
        flow?.destroy()
    }

    override fun build(page: Page): (AddingState) -> Unit {
        var shown: Step? = null
        var draw: (AddingState) -> Unit = {}
        return { state ->
            if (state.step != shown) {
                shown = state.step
                page.clear()
                draw = buildStep(page, state.step)
                page.progress(state.step.number, STEPS)
            }
            draw(state)
        }
    }

    private fun buildStep(page: Page, step: Step): (AddingState) -> Unit = when (step) {
        Step.OPENING -> buildOpening(page)
        Step.SCANNING -> buildScanning(page)
        Step.TYPING -> buildTyping(page)
        Step.CONFIRMING -> buildConfirming(page)
        Step.DETAILS -> buildDetails(page)
        Step.ADDING -> buildAdding(page)
        Step.QUEUED -> buildQueued(page)
        Step.FAILED -> buildFailed(page)
        Step.ADDED -> buildAdded(page)
    }

    private fun buildOpening(page: Page): (AddingState) -> Unit {
        page.bar(page.context.getString(R.string.add_title)) { stack.leaveTop() }
        val spinner = page.spinner(R.string.waiting)
        val notice = page.notice()
        return { state ->
            spinner.shown(state.problem == null)
            page.showProblem(FormState(problem = state.problem), notice, emptyMap())
        }
    }
}

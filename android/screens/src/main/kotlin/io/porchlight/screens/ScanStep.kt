package io.porchlight.screens

import android.content.Context
import android.content.Intent
import android.content.res.Configuration
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Paint
import android.graphics.Path
import android.net.Uri
import android.provider.Settings
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.widget.FrameLayout
import android.widget.LinearLayout
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.LabelProgress
import io.porchlight.bridge.LabelScanner
import io.porchlight.bridge.ScanProblem
import io.porchlight.bridge.SeenCode
import io.porchlight.bridge.scanLabels
import kotlin.math.roundToInt

/** The viewfinder, and the ways around it: light, a picture, typing. */
internal fun AddDeviceScreen.buildScanning(page: Page): (AddingState) -> Unit {
    val context = page.context
    val activity = context as MainActivity
    page.bar(context.getString(R.string.scan_title)) { back() }
    val torch = context.iconButton(R.drawable.ic_torch, context.getString(R.string.scan_torch)) { light(!state.value.torch) }
    page.barView(torch)
    page.barView(context.iconButton(R.drawable.ic_picture, context.getString(R.string.scan_picture)) { activity.askForPicture() })
    val hint = page.text(Type.BODY, context.getString(R.string.scan_hint), R.color.muted)
    // What is said stands above the picture, where a small phone shows it too.
    val reading = page.spinner(R.string.scan_reading)
    val refused = page.notice()
    val openSettings = page.link(R.string.scan_camera_settings) {
        val place = Uri.fromParts("package", context.packageName, null)
        context.startActivity(Intent(Settings.ACTION_APPLICATION_DETAILS_SETTINGS, place))
    }
    val askAgain = page.link(R.string.scan_camera_allow) { activity.askForCamera() }
    val openAgain = page.link(R.string.remedy_try_again) { allowed(CameraAccess.ALLOWED) }
    val nothing = page.notice()
    val camera = CameraView(activity, this)
    val height = context.dp(if (context.isLow) 200 else 320)
    page.content.addView(camera, LinearLayout.LayoutParams(MATCH_PARENT, height).apply { topMargin = context.dp(12) })
    page.primary(R.string.scan_enter_manually) { type() }
    if (activity.hasCamera()) allowed(CameraAccess.ALLOWED) else if (state.value.camera == CameraAccess.NOT_ASKED) activity.askForCamera()
    return { state ->
        val trouble = troubleWith(state.camera)
        listOf(camera, hint, torch).forEach { it.shown(trouble == null) }
        camera.run(state.seesLabels, state.torch)
        camera.outline(state.seen)
        torch.background = context.touchable(if (state.torch) context.rounded(R.color.raised, 10, R.color.primary) else null)
        torch.contentDescription = context.getString(if (state.torch) R.string.scan_torch_off else R.string.scan_torch)
        val label = (state.flow as? AddDeviceState.Label)?.label
        reading.shown(label is LabelProgress.Reading)
        refused.show(Tone.WARNING, trouble?.let { context.getString(it.first) }, trouble?.let { context.getString(it.second) })
        openSettings.shown(state.camera == CameraAccess.REFUSED_FOR_EVER)
        askAgain.shown(state.camera == CameraAccess.REFUSED)
        openAgain.shown(state.camera == CameraAccess.OCCUPIED)
        showNothingRead(context, nothing, label as? LabelProgress.NothingRead, state)
    }
}

/** Title and body for why there is no picture to aim by. */
private fun troubleWith(camera: CameraAccess): Pair<Int, Int>? = when (camera) {
    CameraAccess.NOT_ASKED, CameraAccess.ALLOWED -> null
    CameraAccess.REFUSED, CameraAccess.REFUSED_FOR_EVER -> R.string.scan_camera_refused_title to R.string.scan_camera_refused_body
    CameraAccess.NONE_HERE -> R.string.scan_no_camera_title to R.string.scan_no_camera_body
    CameraAccess.OCCUPIED -> R.string.scan_camera_occupied_title to R.string.scan_camera_occupied_body
}

private fun showNothingRead(context: Context, notice: Notice, nothing: LabelProgress.NothingRead?, state: AddingState) {
    when {
        state.problem != null -> notice.show(Tone.DANGER, context.wordsFor(state.problem), null)
        nothing == null -> notice.show(Tone.WARNING, null, null)
        else -> notice.show(Tone.WARNING, context.getString(R.string.scan_nothing_title), context.getString(why(nothing.problem)))
    }
}

private fun why(problem: ScanProblem?): Int = when (problem) {
    ScanProblem.NOT_A_PICTURE -> R.string.scan_not_a_picture
    ScanProblem.UNSUPPORTED_PICTURE -> R.string.scan_unsupported_picture
    ScanProblem.TRUNCATED -> R.string.scan_truncated
    ScanProblem.TOO_LARGE -> R.string.scan_too_large
    ScanProblem.SCANNER_UNAVAILABLE -> R.string.scan_unavailable
    ScanProblem.DEADLINE_PASSED, ScanProblem.DECODER_FAILED, ScanProblem.WRONG_STRIDE, ScanProblem.ZERO_SIZE, null -> R.string.scan_nothing_body
}

/** The camera's picture with the labels that it shows outlined; it reads only while it can be seen. */
internal class CameraView(private val activity: MainActivity, private val screen: AddDeviceScreen) : FrameLayout(activity) {
    private val frames = screen.app.frames(activity)
    private val outline = OutlineView(activity)
    private var scanner: LabelScanner? = null

    init {
        background = activity.rounded(R.color.camera, 12)
        clipToOutline = true
        contentDescription = activity.getString(R.string.scan_viewfinder)
        addView(frames.preview(), LayoutParams(MATCH_PARENT, MATCH_PARENT))
        addView(outline, LayoutParams(MATCH_PARENT, MATCH_PARENT))
    }

    fun run(yes: Boolean, torch: Boolean) {
        if (yes && scanner == null && isAttachedToWindow) open()
        if (!yes) close()
        frames.light(torch)
    }

    private fun open() {
        val opened = screen.flow()?.scanLabels(screen::saw) ?: return
        scanner = opened
        frames.start(opened::offerFrame) { loss -> post { screen.lostCamera(loss) } }
    }

    private fun close() {
        val closed = scanner ?: return
        // No frame is offered after `stop`: the scanner can go.
        frames.stop()
        closed.destroy()
        scanner = null
        outline(emptyList())
    }

    fun outline(codes: List<SeenCode>) = outline.show(codes)

    /** The camera's whole picture covers the view, its middle is seen; outlines lie on it as the frames have them. */
    override fun onLayout(changed: Boolean, left: Int, top: Int, right: Int, bottom: Int) {
        val (seenWidth, seenHeight) = right - left to bottom - top
        val isUpright = resources.configuration.orientation == Configuration.ORIENTATION_PORTRAIT
        val aspect = if (isUpright) 9f / 16 else 16f / 9
        val width = maxOf(seenWidth, (seenHeight * aspect).roundToInt())
        val height = maxOf(seenHeight, (seenWidth / aspect).roundToInt())
        val (x, y) = (seenWidth - width) / 2 to (seenHeight - height) / 2
        for (at in 0 until childCount) {
            val child = getChildAt(at)
            child.measure(MeasureSpec.makeMeasureSpec(width, MeasureSpec.EXACTLY), MeasureSpec.makeMeasureSpec(height, MeasureSpec.EXACTLY))
            child.layout(x, y, x + width, y + height)
        }
    }

    override fun onAttachedToWindow() {
        super.onAttachedToWindow()
        run(screen.state.value.seesLabels, screen.state.value.torch)
    }

    override fun onDetachedFromWindow() {
        close()
        super.onDetachedFromWindow()
    }
}

/** Frames around the codes that are seen: a label's is whole, another code's is dashed. */
private class OutlineView(context: Context) : View(context) {
    private var codes: List<SeenCode> = emptyList()
    private val paint = Paint(Paint.ANTI_ALIAS_FLAG).apply {
        style = Paint.Style.STROKE
        strokeWidth = context.dp(4).toFloat()
        strokeJoin = Paint.Join.ROUND
        color = Color.WHITE
    }

    init {
        importantForAccessibility = IMPORTANT_FOR_ACCESSIBILITY_NO
    }

    fun show(codes: List<SeenCode>) {
        this.codes = codes
        invalidate()
    }

    override fun onDraw(canvas: Canvas) {
        for (code in codes) {
            val path = Path()
            code.corners.forEachIndexed { at, corner ->
                val (x, y) = corner.x * width to corner.y * height
                if (at == 0) path.moveTo(x, y) else path.lineTo(x, y)
            }
            path.close()
            val gap = context.dp(8).toFloat()
            paint.pathEffect = if (code.isLabel) null else android.graphics.DashPathEffect(floatArrayOf(gap, gap), 0f)
            canvas.drawPath(path, paint)
        }
    }
}

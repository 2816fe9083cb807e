package io.porchlight.screens

import android.graphics.Bitmap
import android.graphics.Canvas
import android.graphics.Color
import android.graphics.Insets
import android.os.Looper
import android.view.View
import android.view.ViewGroup
import android.view.WindowInsets
import android.widget.ScrollView
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.DeviceSection
import java.io.File
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.MutableStateFlow
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.shadows.ShadowDialog

/** The height of the bars that a picture leaves clear, in dp: the status bar, and the navigation bar with three buttons. */
internal const val STATUS_BAR = 24
internal const val NAVIGATION_BAR = 48

/** One activity that shows screen after screen as a phone would: edge to edge, with bars. */
internal class Studio : AutoCloseable {
    private val controller = Robolectric.buildActivity(MainActivity::class.java).setup()
    private val scope = MainScope()
    val activity: MainActivity = controller.get()
    val app = RuntimeEnvironment.getApplication() as PicturesApplication
    val core = OpenCore(SilentPorchlight(), scope)
    val acting = Acting(SilentPorchlight(), scope)
    val stack = Stack(app, core, acting, emptyList())
    val customersStack = Stack(app, core, acting, emptyList(), io.porchlight.screens.acting)
    val lookersStack = Stack(app, core, acting, emptyList(), looking)

    /** What was asked for from above a screen. */
    val deeds = mutableListOf<NewsDeed>()

    init {
        repeat(SETTLE) { idle() }
    }

    fun adding(state: AddDeviceState, typed: AddDeviceState = state): AddDeviceScreen {
        val route = Route.AddDevice(DeviceSection.VIDEO, "s-1")
        return AddDeviceScreen(app, core, stack, route) { StillFlow(state, typed) }.also { idle() }
    }

    /** Shows it and lays it out; answers what is to be seen. */
    fun <S : Any> show(shot: Shot<S>): Shown {
        ShadowDialog.getLatestDialog()?.dismiss()
        val screen = shot.make(this)
        idle()
        activity.showAlone(if (shot.state == null) screen else Posed(screen, shot.state), shot.acting, shot.news?.let { news -> News(MutableStateFlow(news)) { deeds += it } })
        // Laid out before somebody acts, as on a phone, and after.
        layOut()
        shot.then(activity)
        layOut()
        if (shot.atEnd) scrolls(activity.window.decorView).forEach { it.scrollTo(0, it.getChildAt(0).height) }
        val window = activity.window.decorView
        val (width, height) = activity.resources.displayMetrics.run { widthPixels to heightPixels }
        val dialog = ShadowDialog.getLatestDialog()?.takeIf { it.isShowing }?.window?.decorView
        dialog?.run {
            measure(View.MeasureSpec.makeMeasureSpec(width, View.MeasureSpec.AT_MOST), View.MeasureSpec.makeMeasureSpec(height - activity.dp(STATUS_BAR + NAVIGATION_BAR), View.MeasureSpec.AT_MOST))
            layout(0, 0, measuredWidth, measuredHeight)
        }
        screen.leave()
        return Shown(window, dialog)
    }

    /** Runs what waits, and lays out what came of it. */
    fun layOut() {
        idle()
        val bars = Insets.of(0, activity.dp(STATUS_BAR), 0, activity.dp(NAVIGATION_BAR))
        activity.findViewById<ViewGroup>(android.R.id.content).getChildAt(0)
            .dispatchApplyWindowInsets(WindowInsets.Builder().setInsets(WindowInsets.Type.systemBars(), bars).build())
        val (width, height) = activity.resources.displayMetrics.run { widthPixels to heightPixels }
        activity.window.decorView.run {
            measure(exactly(width), exactly(height))
            layout(0, 0, width, height)
        }
        idle()
    }

    private fun scrolls(view: View): List<ScrollView> = (view as? ViewGroup)?.let { group ->
        listOfNotNull(view as? ScrollView) + (0 until group.childCount).flatMap { scrolls(group.getChildAt(it)) }
    }.orEmpty()

    private fun exactly(size: Int) = View.MeasureSpec.makeMeasureSpec(size, View.MeasureSpec.EXACTLY)

    private fun idle() = shadowOf(Looper.getMainLooper()).idle()

    override fun close() {
        scope.cancel()
        controller.close()
    }

    private companion object {
        /** The core's answer that it does not open comes from another thread. */
        const val SETTLE = 20
    }
}

/** A screen that shows one state, whatever its core says. */
private class Posed<S : Any>(private val screen: Screen<S>, state: S) : Screen<S>(state) {
    override val route get() = screen.route
    override fun build(page: Page) = screen.build(page)
}

/** A screen, and a dialog that may be before it. */
internal class Shown(private val window: View, private val dialog: View?) {
    fun flaws(): List<String> = dialog?.let { flaws(it, isEdgeToEdge = false) } ?: flaws(window, isEdgeToEdge = true)

    /** Half of each side: enough to see whether a word is cut. */
    fun paint(file: File) {
        val picture = Bitmap.createBitmap(window.width / 2, window.height / 2, Bitmap.Config.ARGB_8888)
        val canvas = Canvas(picture)
        canvas.scale(0.5f, 0.5f)
        for (view in listOfNotNull(window, dialog)) {
            // As it stands when nothing moves any more.
            view.jumpDrawablesToCurrentState()
            if (view === dialog) {
                canvas.drawColor(Color.argb(150, 0, 0, 0))
                canvas.translate((window.width - view.width) / 2f, (window.height - view.height) / 2f)
            }
            view.draw(canvas)
        }
        file.parentFile?.mkdirs()
        file.outputStream().use { picture.compress(Bitmap.CompressFormat.PNG, 100, it) }
        picture.recycle()
    }
}

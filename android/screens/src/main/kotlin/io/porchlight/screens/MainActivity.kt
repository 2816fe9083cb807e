package io.porchlight.screens

import android.Manifest
import android.app.Activity
import android.content.ActivityNotFoundException
import android.content.Context
import android.content.Intent
import android.content.pm.PackageManager
import android.graphics.Rect
import android.net.Uri
import android.os.Build
import android.os.Bundle
import android.view.View
import android.view.ViewGroup.LayoutParams.MATCH_PARENT
import android.view.WindowInsets
import android.widget.FrameLayout
import kotlinx.coroutines.Dispatchers
import kotlinx.coroutines.Job
import kotlinx.coroutines.MainScope
import kotlinx.coroutines.cancel
import kotlinx.coroutines.flow.collectLatest
import kotlinx.coroutines.launch
import kotlinx.coroutines.withContext
import io.porchlight.bridge.Acting as ActingNow

/** The one activity of an app: shows the top of the stack, and asks the system for what screens need. */
open class MainActivity : Activity() {
    private val scope = MainScope()
    private lateinit var typed: TypedText
    private lateinit var frame: FrameLayout
    private var page: Page? = null
    private var begunWith: Intent? = null
    private var bars = Rect()
    private var stacks: Stacks? = null
    private val app get() = application as PorchlightApplication

    override fun attachBaseContext(base: Context) = super.attachBaseContext(base.inLanguageOfWords())

    override fun onCreate(savedInstanceState: Bundle?) {
        super.onCreate(savedInstanceState)
        frame = FrameLayout(this).apply {
            setBackgroundColor(getColor(R.color.background))
            setOnApplyWindowInsetsListener(::keepClearOfBars)
        }
        setContentView(frame)
        @Suppress("DEPRECATION") // The framework's own way past a rotation; its successor is androidx's.
        stacks = lastNonConfigurationInstance as Stacks?
        if (Build.VERSION.SDK_INT >= 33) onBackInvokedDispatcher.registerOnBackInvokedCallback(0) { goBack() }
        typed = TypedText(savedInstanceState)
        // What the app began with is opened once: not when the system begins the process again, nor from the list of recent apps.
        val isNew = savedInstanceState?.getBoolean(LINK_WAITS) ?: ((intent.flags and Intent.FLAG_ACTIVITY_LAUNCHED_FROM_HISTORY) == 0)
        if (!isNew) setIntent(Intent())
        begunWith = intent
        val kept = savedInstanceState?.getStringArrayList(ROUTES).orEmpty().mapNotNull(Route::of)
        val theirs = savedInstanceState?.getStringArrayList(THEIRS)?.let(KeptTheirs::of)
        scope.launch { app.opening.collectLatest { show(it, kept, theirs) } }
    }

    private suspend fun show(opening: Opening, kept: List<Route>, theirs: KeptTheirs?) {
        when (opening) {
            is Opening.Busy -> showAlone(WaitingScreen())
            is Opening.Failed -> showAlone(WaitingScreen(opening.problem) { app.openAgain() })
            is Opening.Open -> {
                val stacks = stacks ?: Stacks(app, opening, kept, theirs).also { stacks = it }
                stacks.follow(scope)
                takeLink(intent, stacks)
                stacks.shown.collectLatest { shown -> showAlone(shown.screen, shown.acting, shown.news) }
            }
        }
    }

    override fun onNewIntent(intent: Intent) {
        super.onNewIntent(intent)
        stacks?.let { takeLink(intent, it) } ?: setIntent(intent)
    }

    /** Every link goes to the core, which knows which are ours; none is kept. One to the partner app only brings it here. */
    private fun takeLink(intent: Intent?, stacks: Stacks) {
        val link = linkOf(intent) ?: return
        setIntent(Intent())
        if (app.takesHandoffs) stacks.take(link)
    }

    private fun linkOf(intent: Intent?): String? = intent?.takeIf { it.action == Intent.ACTION_VIEW }?.dataString

    internal fun <S : Any> showAlone(screen: Screen<S>, acting: ActingNow? = null, news: News? = null) {
        drawing?.cancel()
        val page = Page(this).also { page = it }
        val draw = screen.build(page)
        acting?.let { page.actingBanner(it) { stacks?.leave() } }
        val tell = news?.let { page.news(it, screen.route) }
        page.keepClear(bars)
        frame.removeAllViews()
        frame.addView(page.view, FrameLayout.LayoutParams(MATCH_PARENT, MATCH_PARENT))
        // What is there already is drawn before anybody looks.
        draw(screen.state.value)
        news?.run { tell?.invoke(state.value) }
        typed.giveBack(frame, screen.route)
        drawing = scope.launch {
            if (news != null && tell != null) launch { news.state.collect(tell) }
            screen.state.collect {
                draw(it)
                typed.giveBack(frame, screen.route)
            }
        }
    }

    private var drawing: Job? = null

    /** Content stays clear of the status bar, the navigation bar, a cutout and the keyboard. */
    private fun keepClearOfBars(view: View, insets: WindowInsets): WindowInsets {
        bars = if (Build.VERSION.SDK_INT >= 30) {
            val types = WindowInsets.Type.systemBars() or WindowInsets.Type.displayCutout() or WindowInsets.Type.ime()
            insets.getInsets(types).run { Rect(left, top, right, bottom) }
        } else {
            @Suppress("DEPRECATION")
            with(insets) { Rect(systemWindowInsetLeft, systemWindowInsetTop, systemWindowInsetRight, systemWindowInsetBottom) }
        }
        page?.keepClear(bars)
        return insets
    }

    @Deprecated("The framework's own way past a rotation; its successor is androidx's.")
    override fun onRetainNonConfigurationInstance(): Any? = stacks

    override fun onSaveInstanceState(outState: Bundle) {
        super.onSaveInstanceState(outState)
        stacks?.top?.let { TypedText.save(frame, it.route, outState) }
        // Never the link: the system has its own copy of the intent that this began with.
        outState.putBoolean(LINK_WAITS, stacks == null && intent === begunWith && linkOf(intent) != null)
        outState.putStringArrayList(ROUTES, ArrayList(stacks?.routes.orEmpty().map { it.text() }))
        stacks?.theirRoutes?.let { outState.putStringArrayList(THEIRS, ArrayList(it.texts())) }
    }

    override fun onStart() {
        super.onStart()
        stacks?.top?.appeared(hasCamera())
    }

    override fun onStop() {
        stacks?.top?.disappeared()
        super.onStop()
    }

    override fun onDestroy() {
        scope.cancel()
        if (!isChangingConfigurations) stacks?.close()
        super.onDestroy()
    }

    @Deprecated("Before API 33 there is no other way.")
    override fun onBackPressed() = goBack()

    private fun goBack() {
        typed.forget()
        if (stacks?.back() != true) finish()
    }

    internal fun customerApp() = app.customerApp()

    /** Where a new link is made. */
    internal fun openPartnerApp() = app.partnerApp().openLink("https://${getString(R.string.configuration_link_host)}/p")

    internal fun askForCamera() = requestPermissions(arrayOf(Manifest.permission.CAMERA), CAMERA)

    internal fun hasCamera() = checkSelfPermission(Manifest.permission.CAMERA) == PackageManager.PERMISSION_GRANTED

    /** Hands the log to an app of the person's choice. It holds no personal data and no secrets. */
    internal fun sendDiagnostics(report: String? = null) {
        scope.launch {
            val core = (app.opening.value as? Opening.Open)?.core
            val log = core?.let { withContext(Dispatchers.IO) { it.porchlight.diagnostics() } }
            val words = log?.ifEmpty { null } ?: report?.let { getString(R.string.report_id, it) } ?: getString(R.string.settings_diagnostics_empty)
            val send = Intent(Intent.ACTION_SEND).setType("text/plain")
                .putExtra(Intent.EXTRA_SUBJECT, getString(R.string.settings_diagnostics_subject))
                .putExtra(Intent.EXTRA_TEXT, words)
            startActivity(Intent.createChooser(send, getString(R.string.settings_diagnostics)))
        }
    }

    /** Where this app is updated. */
    internal fun openStore() {
        try {
            startActivity(Intent(Intent.ACTION_VIEW, Uri.parse("market://details?id=$packageName")))
        } catch (_: ActivityNotFoundException) {
            // A phone without a store: whoever put the app there updates it.
        }
    }

    /** Where somebody chooses a new password. */
    internal val passwordPage: String get() = app.cloud.trimEnd('/') + "/password"

    /** False on a phone without a browser. */
    internal fun openBrowser(page: String): Boolean = try {
        startActivity(Intent(Intent.ACTION_VIEW, Uri.parse(page)))
        true
    } catch (_: ActivityNotFoundException) {
        false
    }

    internal fun askForPicture() {
        val intent = Intent(Intent.ACTION_GET_CONTENT).setType("image/*").addCategory(Intent.CATEGORY_OPENABLE)
        @Suppress("DEPRECATION")
        startActivityForResult(intent, PICTURE)
    }

    override fun onRequestPermissionsResult(requestCode: Int, permissions: Array<out String>, grantResults: IntArray) {
        if (requestCode != CAMERA) return
        // No rationale after a refusal means that the system will not ask again.
        val forEver = !shouldShowRequestPermissionRationale(Manifest.permission.CAMERA)
        stacks?.top?.answered(Answer.Camera(hasCamera(), forEver))
    }

    @Deprecated("The framework's own way; its successor is androidx's.")
    override fun onActivityResult(requestCode: Int, resultCode: Int, data: Intent?) {
        val place = data?.data
        if (requestCode != PICTURE || resultCode != RESULT_OK || place == null) return
        scope.launch { stacks?.top?.answered(Answer.Picture(readPicture(contentResolver, place))) }
    }

    private companion object {
        const val ROUTES = "routes"
        const val THEIRS = "their-routes"
        const val LINK_WAITS = "link-waits"
        const val CAMERA = 1
        const val PICTURE = 2
    }
}

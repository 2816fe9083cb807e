package io.porchlight.partner

import android.app.Activity
import android.app.Application
import android.content.Context
import android.content.Intent
import android.content.pm.PackageInfo
import android.content.pm.Signature
import android.net.ConnectivityManager
import android.os.Bundle
import android.os.Parcel
import io.porchlight.bridge.Configuration
import io.porchlight.bridge.Ports
import io.porchlight.customer.CoreTestRunner
import io.porchlight.customer.CustomerApplication
import io.porchlight.customer.MemoryVault
import io.porchlight.customer.Person
import io.porchlight.customer.Stage
import io.porchlight.customer.TestClock
import io.porchlight.customer.TestPhone
import io.porchlight.customer.configurationOn
import io.porchlight.customer.makesAPlace
import io.porchlight.customer.signsIn
import io.porchlight.screens.MainActivity
import io.porchlight.screens.PorchlightApplication
import io.porchlight.screens.R
import java.io.File
import kotlin.properties.Delegates
import org.junit.After
import org.junit.runner.RunWith
import org.robolectric.Robolectric
import org.robolectric.RuntimeEnvironment
import org.robolectric.Shadows.shadowOf
import org.robolectric.android.controller.ActivityController
import org.robolectric.annotation.Config
import org.robolectric.util.ReflectionHelpers
import org.robolectric.util.ReflectionHelpers.ClassParameter

/**
 * A customer app beside the app that Robolectric runs: with a process, files and a Keystore of its own. Two on phones of
 * their own share nothing; with the partner app of its phone it shares the vault, as the system would have it.
 */
internal class InstalledCustomerApp(private val stage: Stage, private val phone: TestPhone, private val name: String) : CustomerApplication() {
    override val configuration: Configuration get() = configurationOn(stage, clientName)

    override fun ports(): Ports = phone.ports()

    override fun getNoBackupFilesDir(): File = super.getNoBackupFilesDir().resolve(name).apply { mkdirs() }

    fun install() = apply {
        val base = RuntimeEnvironment.getApplication().baseContext
        ReflectionHelpers.callInstanceMethod<Unit>(Application::class.java, this, "attach", ClassParameter.from(Context::class.java, base))
        onCreate()
    }
}

/** An app that is open on a phone, and who looks at it. */
internal class OpenApp(private val app: PorchlightApplication, private val opening: Intent? = null) : AutoCloseable {
    private var controller = controllerOf(opening)
    val activity: MainActivity get() = controller.get()
    val person = Person { activity }

    init {
        controller.setup()
    }

    private fun controllerOf(intent: Intent?): ActivityController<MainActivity> = Robolectric.buildActivity(MainActivity::class.java, intent).also {
        // Robolectric knows one application; this screen is of ours.
        ReflectionHelpers.setField(Activity::class.java, it.get(), "mApplication", app)
    }

    fun takes(link: Intent) {
        controller.newIntent(link)
    }

    /** The system takes the process. Whoever opens the app again finds what it kept, and the intent that it began with. */
    fun isKilled() {
        val kept = Bundle()
        controller.pause().stop().saveInstanceState(kept).destroy()
        app.close()
        val parcel = Parcel.obtain().apply { writeBundle(kept) }
        parcel.setDataPosition(0)
        val back = parcel.readBundle(javaClass.classLoader)
        app.open()
        controller = controllerOf(opening).setup(back)
    }

    /** Its screen was closed, and the process with it; then it is opened by this. */
    fun isOpenedAgain(intent: Intent) {
        controller.pause().stop().destroy()
        app.close()
        app.open()
        controller = controllerOf(intent).setup()
    }

    override fun close() {
        if (!activity.isDestroyed) controller.pause().stop().destroy()
        app.close()
    }
}

internal const val ANA = "ana@bright.example"
internal const val KIM = "kim@example.org"
internal const val DEVICE_PASSWORD = "gate camera 7"

/** What the banner says. */
internal const val AT_WORK = "You are working in Kim Lee’s account for Bright Solar until"

/** Ana's phone with both apps, Kim's with one, and the cloud that they share. */
internal class TwoPhones : AutoCloseable {
    val stage = Stage()
    private val vault = MemoryVault()

    /** Of the phone that both of Ana's apps are on. */
    val anasClock = TestClock()
    val kimsClock = TestClock()
    private val opened = mutableListOf<AutoCloseable>()

    /** Before the partner app is made: it asks the stage where the cloud is. */
    init {
        TestPartnerApplication.stage = stage
        TestPartnerApplication.phone = TestPhone(vault, anasClock)
    }

    val partner by lazy { keep(OpenApp(RuntimeEnvironment.getApplication() as PorchlightApplication)) }
    val kims by lazy { keep(OpenApp(InstalledCustomerApp(stage, TestPhone(clock = kimsClock), "kims").install())) }
    private val anasPhone = TestPhone(vault, anasClock)
    private val besideThePartner by lazy { InstalledCustomerApp(stage, anasPhone, "anas").install() }

    /** The customer app on Ana's phone, once it was opened. */
    var anas: OpenApp? = null
        private set

    /** Without a signal the customer app on Ana's phone asks nobody for anything; with it, the system says so. */
    var anasSignal: Boolean by Delegates.observable(true) { _, _, isThere ->
        anasPhone.radio.online = isThere
        val networks = RuntimeEnvironment.getApplication().getSystemService(ConnectivityManager::class.java)
        val network = networks.activeNetwork ?: error("Robolectric's phone has one")
        if (isThere) shadowOf(networks).networkCallbacks.forEach { it.onAvailable(network) }
    }

    /** The customer app on Ana's phone opens, or comes to the front, with a link. */
    fun opensOnAnasPhone(link: Intent): OpenApp = anas?.apply { takes(link) } ?: keep(OpenApp(besideThePartner, link)).also { anas = it }

    private fun <T : AutoCloseable> keep(app: T): T = app.also { opened += it }

    /** The customer app is in the store's list of this phone, signed as the partner app is. */
    fun installTheCustomerApp() {
        val packages = shadowOf(RuntimeEnvironment.getApplication().packageManager)
        @Suppress("DEPRECATION") // What checkSignatures compares here.
        fun PackageInfo.signed() = apply { signatures = arrayOf(Signature("ab12")) }
        packages.getInternalMutablePackageInfo(RuntimeEnvironment.getApplication().packageName).signed()
        packages.installPackage(PackageInfo().apply { packageName = "io.porchlight.customer" }.signed())
    }

    /** What one of our apps asked the phone to open. */
    fun link(): Intent? = shadowOf(partner.activity).nextStartedActivity

    val ana get() = partner.person
    val kim get() = kims.person

    fun everybodyIsSignedIn() {
        ana.signsIn(ANA, stage.partner("Bright Solar", ANA))
        kim.signsIn(KIM, stage.account(KIM))
        kim.makesAPlace()
    }

    /** Kim is a customer of Ana's, who looks at her, and may work in her account for four hours. */
    fun kimHasConsented() {
        everybodyIsSignedIn()
        stage.customer(KIM)
        stage.ask(KIM, 4, "Two new cameras")
        kim.presses(R.string.request_consent)
        installTheCustomerApp()
        ana.presses("Kim Lee")
    }

    fun anaTapsLink(): Intent {
        ana.presses(R.string.customer_open)
        lateinit var link: Intent
        ana.waitUntil("the link") { link()?.also { link = it } != null }
        return link
    }

    /** Ana follows the link on her phone, and is in Kim's account. */
    fun anaWorksThere(): Person = opensOnAnasPhone(anaTapsLink()).person.apply {
        presses(R.string.handoff_confirm)
        waitFor(AT_WORK)
    }

    override fun close() {
        opened.reversed().forEach { it.close() }
        stage.close()
    }
}

/** Tests with Ana's phone and Kim's. */
@RunWith(CoreTestRunner::class)
@Config(application = TestPartnerApplication::class, qualifiers = "w411dp-h891dp-420dpi")
internal abstract class OnTwoPhones {
    protected val phones = TwoPhones()
    protected val stage = phones.stage
    protected val ana get() = phones.ana
    protected val kim get() = phones.kim

    @After
    fun close() = phones.close()
}

package io.porchlight.customer

import android.app.Application
import android.database.sqlite.SQLiteDatabase
import io.porchlight.bridge.AddDeviceState
import io.porchlight.bridge.DetailsEdit
import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.FrameOffer
import io.porchlight.bridge.FrameRotation
import io.porchlight.bridge.LabelProgress
import io.porchlight.bridge.LabelScanner
import io.porchlight.bridge.PorchlightException
import io.porchlight.bridge.Ports
import io.porchlight.bridge.ScanProblem
import io.porchlight.bridge.SecretStore
import io.porchlight.bridge.SessionListener
import io.porchlight.bridge.SessionState
import io.porchlight.bridge.Signer
import io.porchlight.bridge.UnsentActs
import io.porchlight.bridge.scanLabels
import io.porchlight.bridge.states
import java.io.File
import java.nio.ByteBuffer
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.async
import kotlinx.coroutines.coroutineScope
import kotlinx.coroutines.flow.first
import org.junit.Assert.assertEquals
import org.junit.Assert.assertNotNull
import org.junit.Assert.assertThrows
import org.junit.Assert.assertTrue
import org.junit.Test
import org.junit.runner.RunWith
import org.robolectric.RuntimeEnvironment
import org.robolectric.annotation.Config

/** Cameras, ports, listeners and folders that do not behave, over the real bindings. */
@RunWith(CoreTestRunner::class)
@Config(application = Application::class)
class BadInputTest {
    private fun direct(bytes: ByteArray): ByteBuffer = ByteBuffer.allocateDirect(bytes.size).put(bytes).apply { flip() }

    private fun LabelScanner.offer(luma: ByteArray, width: Int, height: Int, stride: Int, rotation: FrameRotation = FrameRotation.NONE) =
        offerFrame(direct(luma), width.toUInt(), height.toUInt(), stride.toUInt(), rotation)

    @Test
    fun frames_that_cannot_be_are_refused_and_the_next_one_is_read() = SignedInPhone().use { phone ->
        val device = phone.stage.device("gate camera 7")
        soon {
            phone.define(device).use { flow ->
                flow.goBack()
                flow.scanLabels {}.use { scanner ->
                    assertEquals(FrameOffer.Refused(ScanProblem.ZERO_SIZE), scanner.offer(ByteArray(0), 0, 0, 0))
                    assertEquals(FrameOffer.Refused(ScanProblem.WRONG_STRIDE), scanner.offer(ByteArray(16), 8, 2, 4))
                    assertEquals(FrameOffer.Refused(ScanProblem.WRONG_STRIDE), scanner.offer(ByteArray(16), 8, 8, 8))
                    offerUntilTaken { scanner.offer(ByteArray(1), 1, 1, 1) }
                    // As a camera that is mounted sideways sends it.
                    val luma = device.luma.readBytes()
                    val turned = turnedBack(luma, device.width, device.height)
                    offerUntilTaken { scanner.offer(turned, device.height, device.width, device.height, FrameRotation.QUARTER) }
                    val read = flow.states().first { it is AddDeviceState.Label && it.label is LabelProgress.Read }
                    val reading = ((read as AddDeviceState.Label).label as LabelProgress.Read).readings.first()
                    assertEquals(device.serial, reading.serial)
                }
            }
        }
    }

    private fun offerUntilTaken(offer: () -> FrameOffer) {
        while (true) {
            when (val answer = offer()) {
                is FrameOffer.Taken -> return
                is FrameOffer.Busy -> Thread.sleep(5)
                is FrameOffer.Refused -> error("$answer")
            }
        }
    }

    /** A quarter against the clock: turned clockwise again it stands upright. */
    private fun turnedBack(luma: ByteArray, width: Int, height: Int) = ByteArray(luma.size).also { turned ->
        for (y in 0 until height) for (x in 0 until width) turned[(width - 1 - x) * height + y] = luma[y * width + x]
    }

    @Test
    fun a_store_that_throws_is_broken_and_one_that_comes_back_serves() = Stage().use { stage ->
        val phone = TestPhone()
        val store = Moody(phone.secrets)
        val ports = phone.ports().let { Ports(store, it.clock, it.connectivity, it.signer, it.vault) }
        val password = stage.account(SignedInPhone.EMAIL)
        soon {
            openCore(stage, ports).use { porchlight ->
                porchlight.profile().use { profile ->
                    profile.session().use { session ->
                        store.mood = { throw IllegalStateException("a keystore's worse day") }
                        assertFails { session.signIn(SignedInPhone.EMAIL, password) }
                        store.mood = { Thread.sleep(300) }
                        session.signIn(SignedInPhone.EMAIL, password)
                        assertNotNull(session.states().first { it is SessionState.SignedIn })
                    }
                }
            }
        }
    }

    @Test
    fun a_signer_that_returns_rubbish_fails_the_sign_in_and_nothing_else() = Stage().use { stage ->
        val phone = TestPhone()
        val ports = phone.ports().let { Ports(it.secrets, it.clock, it.connectivity, Rubbish(it.signer), it.vault) }
        val password = stage.account(SignedInPhone.EMAIL)
        soon {
            openCore(stage, ports).use { porchlight ->
                porchlight.profile().use { profile ->
                    profile.session().use { session ->
                        assertFails { session.signIn(SignedInPhone.EMAIL, password) }
                        assertTrue(session.states().first() is SessionState.SignedOut)
                    }
                }
            }
        }
    }

    private suspend fun assertFails(deed: suspend () -> Unit) {
        val problem = try {
            deed()
            null
        } catch (problem: PorchlightException) {
            problem
        }
        assertNotNull("it did not fail", problem)
    }

    @Test
    fun a_listener_that_throws_hears_the_next_state() = SignedInPhone().use { phone ->
        val heard = LinkedBlockingQueue<SessionState>()
        val session = phone.profile.session()
        val subscription = session.listen(object : SessionListener {
            override fun onState(state: SessionState) {
                heard.put(state)
                throw IllegalStateException("a screen's fault")
            }
        })
        assertTrue(heard.poll(10, TimeUnit.SECONDS) is SessionState.SignedIn)
        soon { session.signOut(UnsentActs.REFUSE) }
        val rest = generateSequence { heard.poll(10, TimeUnit.SECONDS) }.takeWhile { it !is SessionState.SignedOut }.toList()
        assertTrue("$rest", rest.all { it is SessionState.SigningOut })
        subscription.destroy()
        session.destroy()
    }

    @Test
    fun a_call_after_the_end_is_a_fault_of_the_shell_and_no_crash() {
        SignedInPhone().use { phone ->
            val flow = soon { phone.profile.addDevice(DeviceSection.VIDEO, phone.site.id) }
            val scanner = flow.scanLabels {}
            scanner.destroy()
            assertThrows(IllegalStateException::class.java) { scanner.offer(ByteArray(64), 8, 8, 8) }
            flow.destroy()
            flow.destroy()
            assertThrows(IllegalStateException::class.java) { soon { flow.readText("LX4-00001") } }
        }
    }

    @Test
    fun two_flows_at_once_add_two_devices() = SignedInPhone().use { phone ->
        val devices = List(2) { phone.stage.device("gate camera 7") }
        soon {
            coroutineScope {
                devices.map { device ->
                    async {
                        phone.define(device).use { flow ->
                            flow.editDetails(DetailsEdit.Name(device.serial))
                            flow.addWithPassword("gate camera 7")
                            flow.reaches<AddDeviceState.Added>()
                        }
                    }
                }.forEach { it.await() }
            }
            phone.profile.devices().use { assertEquals(2u, it.window(null, null, 0u, 10u).total) }
        }
    }

    @Test
    fun a_panic_in_the_core_is_internal_with_a_report() = SignedInPhone().use { phone ->
        val problem = assertThrows(PorchlightException.Internal::class.java) { soon { phone.porchlight.probePanic() } }
        assertTrue(problem.reportId in phone.porchlight.diagnostics())
        // The core goes on.
        soon { phone.profile.sites().use { assertEquals(1u, it.window(0u, 10u).total) } }
    }

    @Test
    fun a_folder_that_cannot_be_written_says_so_and_stays_as_it_is() = Stage().use { stage ->
        val place = folder()
        place.parentFile?.mkdirs()
        place.writeText("no folder")
        assertThrows(PorchlightException.Internal::class.java) { soon { openCore(stage, TestPhone().ports()) } }
        // Nothing can be made there, by nobody.
        assertThrows(PorchlightException.Internal::class.java) { soon { openCore(stage, TestPhone().ports(), "/proc/self/porchlight") } }
        assertEquals("no folder", place.readText())
    }

    @Test
    fun what_the_phone_owes_is_left_alone_if_a_newer_app_wrote_it() {
        val phone = TestPhone()
        SignedInPhone(phone = phone).use { signedIn ->
            val outbox = folder().walk().first { it.name == "outbox.db" }
            signedIn.profile.destroy()
            signedIn.porchlight.destroy()
            awaitClosed(outbox)
            SQLiteDatabase.openDatabase(outbox.path, null, SQLiteDatabase.OPEN_READWRITE).use { it.version = 999 }
            soon { openCore(signedIn.stage, phone.ports()) }.use { porchlight ->
                val sites = porchlight.profile().use { it.sites() }
                assertThrows(PorchlightException.Internal::class.java) { soon { sites.window(0u, 1u) } }
                assertTrue("outbox.db: of a newer version" in porchlight.diagnostics())
                sites.destroy()
            }
            SQLiteDatabase.openDatabase(outbox.path, null, SQLiteDatabase.OPEN_READONLY).use { assertEquals(999, it.version) }
        }
    }

    /** Files close on the core's threads. */
    private fun awaitClosed(file: File) {
        val journal = File(file.path + "-wal")
        val until = System.currentTimeMillis() + 5_000
        while (journal.exists() && System.currentTimeMillis() < until) Thread.sleep(20)
    }

    private fun folder() = RuntimeEnvironment.getApplication().noBackupFilesDir.resolve("porchlight")
}

/** A store that does something else first. */
private class Moody(private val store: SecretStore) : SecretStore {
    @Volatile var mood: () -> Unit = {}

    override fun load(name: String): ByteArray = mood().let { store.load(name) }
    override fun save(name: String, value: ByteArray) = mood().let { store.save(name, value) }
    override fun remove(name: String) = mood().let { store.remove(name) }
}

/** A signer whose signatures are not of its key. */
private class Rubbish(private val signer: Signer) : Signer by signer {
    override fun sign(name: String, bytes: ByteArray) = ByteArray(64) { 7 }
}

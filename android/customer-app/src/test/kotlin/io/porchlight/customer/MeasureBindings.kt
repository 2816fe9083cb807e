package io.porchlight.customer

import io.porchlight.bridge.DeviceSection
import io.porchlight.bridge.FrameOffer
import io.porchlight.bridge.FrameRotation
import io.porchlight.bridge.ListListener
import io.porchlight.bridge.probeCallBack
import io.porchlight.bridge.probeEcho
import io.porchlight.bridge.scanLabels
import java.io.File
import java.nio.ByteBuffer
import java.util.concurrent.LinkedBlockingQueue
import java.util.concurrent.TimeUnit
import kotlinx.coroutines.runBlocking
import org.json.JSONObject
import org.junit.Assert.assertEquals
import org.junit.Test
import org.junit.runner.RunWith

/** What crossing to the core costs; `tests/measure bindings` runs it, by its name, against a release library. */
@RunWith(CoreTestRunner::class)
class MeasureBindings {
    private val rows = File(System.getProperty("porchlight.measure") ?: "target/bindings.jsonl")

    @Test
    fun calls_and_callbacks() {
        repeat(20_000) { probeEcho(1uL) }
        val calls = LongArray(100_000) { at -> timed { probeEcho(at.toULong()) } }
        row("call across JNA and back", calls)
        val listener = object : ListListener {
            override fun onChange() = Unit
        }
        probeCallBack(listener, 20_000u)
        row("callback across JNA and back", probeCallBack(listener, 100_000u).map { it.toLong() }.toLongArray())
    }

    @Test
    fun frames() = SignedInPhone().use { phone ->
        val device = phone.stage.device("gate camera 7", on = false)
        val bytes = device.luma.readBytes()
        val frame = ByteBuffer.allocateDirect(bytes.size).put(bytes).flip() as ByteBuffer
        runBlocking {
            val flow = phone.profile.addDevice(DeviceSection.VIDEO, phone.site.id)
            val outlined = LinkedBlockingQueue<Int>()
            val scanner = flow.scanLabels { codes -> outlined.put(codes.size) }
            val read = {
                timed {
                    val offer = scanner.offerFrame(frame, device.width.toUInt(), device.height.toUInt(), device.width.toUInt(), FrameRotation.NONE)
                    assertEquals(FrameOffer.Taken, offer)
                    assertEquals(1, outlined.poll(5, TimeUnit.SECONDS))
                }
            }
            repeat(100) { read() }
            row("frame 1280 x 720 with a label, offered to outlined, Kotlin", LongArray(300) { read() })
        }
    }

    private inline fun timed(deed: () -> Unit): Long {
        val begun = System.nanoTime()
        deed()
        return System.nanoTime() - begun
    }

    private fun row(what: String, nanoseconds: LongArray) {
        nanoseconds.sort()
        fun milliseconds(percent: Int) = nanoseconds[(nanoseconds.size - 1) * percent / 100] / 1e6
        val figures = JSONObject(mapOf("what" to what, "runs" to nanoseconds.size, "p50_ms" to milliseconds(50), "p99_ms" to milliseconds(99)))
        rows.appendText("$figures\n")
        println("  $what: p50 ${milliseconds(50)} ms, p99 ${milliseconds(99)} ms")
    }
}

package io.porchlight.customer

import android.app.Activity
import android.view.View
import io.porchlight.bridge.Configuration
import io.porchlight.bridge.FrameRotation
import io.porchlight.bridge.Ports
import io.porchlight.screens.CameraLoss
import io.porchlight.screens.FrameSource
import io.porchlight.screens.OfferFrame
import java.nio.ByteBuffer
import java.util.concurrent.atomic.AtomicInteger
import kotlin.concurrent.thread

/** Of an app whose cloud is a stage's. */
fun configurationOn(stage: Stage, clientName: String) = Configuration(
    cloud = stage.places.getString("cloud"),
    linkHost = stage.places.getString("link_host"),
    clientName = clientName,
    clientVersion = "1.0.0",
    maker = stage.places.getString("maker"),
    extraRoots = emptyList(),
)

/** The real app on a stage's cloud, with ports and a camera that a test can hold. */
class TestApplication : CustomerApplication() {
    override val configuration: Configuration get() = configurationOn(stage, clientName)

    override fun ports(): Ports = phone.ports()

    override fun frames(activity: Activity): FrameSource = PictureFrames(activity)

    companion object {
        lateinit var stage: Stage
        var phone = TestPhone()

        /** How many cameras run. */
        val cameras = AtomicInteger()

        /** Why the next start of the camera fails; none: it does not. */
        @Volatile var cameraLoss: CameraLoss? = null

        /** What the camera sees now. */
        @Volatile var seen: StageDevice? = null
    }
}

/** A camera that shows one picture again and again, through the same way as a real one's frames. */
private class PictureFrames(private val activity: Activity) : FrameSource {
    @Volatile private var offer: OfferFrame? = null
    private var camera: Thread? = null

    override fun preview() = View(activity)

    override fun start(offer: OfferFrame, lost: (CameraLoss) -> Unit) {
        TestApplication.cameraLoss?.let { return lost(it) }
        this.offer = offer
        TestApplication.cameras.incrementAndGet()
        camera = thread(name = "test-camera") {
            while (true) {
                val device = TestApplication.seen
                val offerNow = this.offer ?: return@thread
                if (device != null) {
                    val bytes = device.luma.readBytes()
                    val frame = ByteBuffer.allocateDirect(bytes.size).put(bytes).flip() as ByteBuffer
                    offerNow(frame, device.width.toUInt(), device.height.toUInt(), device.width.toUInt(), FrameRotation.NONE)
                    // A camera uses its buffer again at once.
                    for (at in 0 until frame.capacity()) frame.put(at, 0)
                }
                Thread.sleep(40)
            }
        }
    }

    override fun stop() {
        if (offer == null) return
        offer = null
        camera?.join()
        TestApplication.cameras.decrementAndGet()
    }

    override fun light(on: Boolean) = Unit
}

package io.porchlight.screens

import android.view.View
import io.porchlight.bridge.FrameOffer
import io.porchlight.bridge.FrameRotation
import java.nio.ByteBuffer

/** Takes one frame: luminance as a direct buffer, width, height, row stride, and how to turn it upright. */
typealias OfferFrame = (ByteBuffer, UInt, UInt, UInt, FrameRotation) -> FrameOffer

/** Why there are no frames. */
enum class CameraLoss { NO_CAMERA, OCCUPIED }

/** A camera as the scan screen needs it; a test has one that plays pictures. */
interface FrameSource {
    /** What a person aims by. */
    fun preview(): View

    /**
     * Frames go to `offer` from now on, each valid during the call only. `lost` is told, on any thread and once, that none
     * will come: it can be started again after a stop.
     */
    fun start(offer: OfferFrame, lost: (CameraLoss) -> Unit)

    /** No frame is offered any more when this returns. */
    fun stop()

    fun light(on: Boolean)
}

package io.porchlight.screens

import android.annotation.SuppressLint
import android.app.Activity
import android.graphics.ImageFormat
import android.graphics.SurfaceTexture
import android.hardware.camera2.CameraAccessException
import android.hardware.camera2.CameraCaptureSession
import android.hardware.camera2.CameraCharacteristics
import android.hardware.camera2.CameraDevice
import android.hardware.camera2.CameraManager
import android.hardware.camera2.CaptureRequest
import android.media.ImageReader
import android.os.Handler
import android.os.HandlerThread
import android.view.Surface
import android.view.TextureView
import android.view.View
import io.porchlight.bridge.FrameRotation

private const val WIDTH = 1280
private const val HEIGHT = 720

/** The camera at the back, by Camera2. What its callbacks lead to is [CameraStep]; the rest is not run by tests here. */
internal class CameraFrames(private val activity: Activity) : FrameSource {
    private val preview = TextureView(activity)
    private var run: CameraRun? = null
    private var torch = false

    override fun preview(): View = preview

    override fun start(offer: OfferFrame, lost: (CameraLoss) -> Unit) {
        val run = CameraRun(activity, preview, offer, lost, torch).also { run = it }
        preview.surfaceTextureListener = OnAvailable(run::available)
        if (preview.isAvailable) run.available()
    }

    override fun stop() {
        preview.surfaceTextureListener = null
        run?.end()
        run = null
    }

    override fun light(on: Boolean) {
        if (torch == on) return
        torch = on
        run?.light(on)
    }

    private class OnAvailable(private val then: () -> Unit) : TextureView.SurfaceTextureListener {
        override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) = then()
        override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) = Unit
        override fun onSurfaceTextureDestroyed(surface: SurfaceTexture) = true
        override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit
    }
}

/** The camera from one start to its stop. All but `offer` is touched on its own thread only, which ends with it. */
private class CameraRun(
    private val activity: Activity,
    private val preview: TextureView,
    offer: OfferFrame,
    private val lost: (CameraLoss) -> Unit,
    private var torch: Boolean,
) {
    private val cameras = activity.getSystemService(CameraManager::class.java)
    private val thread = HandlerThread("camera").apply { start() }
    private val handler = Handler(thread.looper)
    private val lock = Any()

    /** Under `lock`; once it is none, no frame is offered. */
    private var offer: OfferFrame? = offer
    private var step = CameraStep.WAITING
    private var loss = CameraLoss.OCCUPIED
    private var camera: CameraDevice? = null
    private var session: CameraCaptureSession? = null
    private var request: CaptureRequest.Builder? = null
    private var reader: ImageReader? = null

    fun available() {
        handler.post { happened(CameraEvent.AVAILABLE) }
    }

    /** No frame is offered when this returns; the camera closes when it can. */
    fun end() {
        synchronized(lock) { offer = null }
        handler.post { happened(CameraEvent.UNWANTED) }
    }

    fun light(on: Boolean) {
        handler.post {
            torch = on
            orLost(::repeat)
        }
    }

    private fun happened(event: CameraEvent) {
        val (next, deed) = step.on(event)
        step = next
        when (deed) {
            CameraDeed.NOTHING -> Unit
            CameraDeed.OPEN -> orLost(::open)
            CameraDeed.RUN -> orLost(::show)
            CameraDeed.CLOSE -> close()
            CameraDeed.CLOSE_AND_TELL -> {
                close()
                lost(loss)
            }
        }
    }

    private fun orLost(deed: () -> Unit) = try {
        deed()
    } catch (_: CameraAccessException) {
        happened(CameraEvent.LOST)
    } catch (_: SecurityException) {
        // The permission went while it opened.
        happened(CameraEvent.LOST)
    } catch (_: IllegalStateException) {
        // It was closed from outside; its callback may not have come yet.
        happened(CameraEvent.LOST)
    }

    @SuppressLint("MissingPermission") // The screen starts it only with the permission; a refusal meanwhile is caught.
    private fun open() {
        val id = cameras.cameraIdList.firstOrNull(::isAtBack)
        if (id == null) {
            loss = CameraLoss.NO_CAMERA
            return happened(CameraEvent.LOST)
        }
        val rotation = rotationOf(cameras.getCameraCharacteristics(id))
        reader = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, 2).apply {
            setOnImageAvailableListener({ offerLatest(it, rotation) }, handler)
        }
        cameras.openCamera(id, Opened(), handler)
    }

    private fun isAtBack(id: String) =
        cameras.getCameraCharacteristics(id).get(CameraCharacteristics.LENS_FACING) == CameraCharacteristics.LENS_FACING_BACK

    private fun rotationOf(characteristics: CameraCharacteristics): FrameRotation {
        @Suppress("DEPRECATION") // `Activity.getDisplay` is API 30.
        val display = when (activity.windowManager.defaultDisplay.rotation) {
            Surface.ROTATION_90 -> 90
            Surface.ROTATION_180 -> 180
            Surface.ROTATION_270 -> 270
            else -> 0
        }
        val sensor = characteristics.get(CameraCharacteristics.SENSOR_ORIENTATION) ?: 0
        return FrameRotation.entries[(sensor - display + 360) % 360 / 90]
    }

    /** On the thread that closes the reader: an image is not taken away while it is read. */
    private fun offerLatest(reader: ImageReader, rotation: FrameRotation) {
        if (step != CameraStep.OPEN) return
        val image = reader.acquireLatestImage() ?: return
        image.use {
            val luma = it.planes[0]
            synchronized(lock) {
                offer?.invoke(luma.buffer, it.width.toUInt(), it.height.toUInt(), luma.rowStride.toUInt(), rotation)
            }
        }
    }

    @Suppress("DEPRECATION") // Its successor is API 28.
    private fun show() {
        val opened = camera ?: return
        val texture = preview.surfaceTexture ?: return happened(CameraEvent.LOST)
        val frames = reader?.surface ?: return
        texture.setDefaultBufferSize(WIDTH, HEIGHT)
        val shown = Surface(texture)
        request = opened.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
            addTarget(shown)
            addTarget(frames)
            set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
        }
        opened.createCaptureSession(listOf(shown, frames), Configured(), handler)
    }

    /** With the light as it is wanted by now, however early that was said. */
    private fun repeat() {
        val wanted = request ?: return
        wanted.set(CaptureRequest.FLASH_MODE, if (torch) CaptureRequest.FLASH_MODE_TORCH else CaptureRequest.FLASH_MODE_OFF)
        session?.setRepeatingRequest(wanted.build(), null, null)
    }

    private fun close() {
        session?.close()
        camera?.close()
        reader?.close()
        session = null
        camera = null
        reader = null
        request = null
        thread.quitSafely()
    }

    private inner class Opened : CameraDevice.StateCallback() {
        override fun onOpened(opened: CameraDevice) {
            camera = opened
            happened(CameraEvent.OPENED)
        }

        override fun onDisconnected(device: CameraDevice) = lost(device)

        override fun onError(device: CameraDevice, error: Int) = lost(device)

        private fun lost(device: CameraDevice) {
            camera = device
            happened(CameraEvent.LOST)
        }
    }

    private inner class Configured : CameraCaptureSession.StateCallback() {
        override fun onConfigured(configured: CameraCaptureSession) {
            if (step != CameraStep.OPEN) return configured.close()
            session = configured
            orLost(::repeat)
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = happened(CameraEvent.LOST)
    }
}

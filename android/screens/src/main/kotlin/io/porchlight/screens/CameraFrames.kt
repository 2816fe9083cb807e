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

/** The camera at the back, by Camera2. Not run by tests here: a phone's camera has no stand-in worth the name. */
internal class CameraFrames(private val activity: Activity) : FrameSource {
    private val cameras = activity.getSystemService(CameraManager::class.java)
    private val preview = TextureView(activity)
    private val lock = Any()
    private var thread: HandlerThread? = null
    private var camera: CameraDevice? = null
    private var session: CameraCaptureSession? = null
    private var request: CaptureRequest.Builder? = null
    private var reader: ImageReader? = null

    /** Under `lock`; once it is none, no frame is offered. */
    private var offer: OfferFrame? = null
    private var torch = false

    override fun preview(): View = preview

    override fun start(offer: OfferFrame) {
        synchronized(lock) { this.offer = offer }
        val thread = HandlerThread("camera").apply { start() }.also { thread = it }
        val handler = Handler(thread.looper)
        if (preview.isAvailable) open(handler) else preview.surfaceTextureListener = OnAvailable { open(handler) }
    }

    @SuppressLint("MissingPermission") // The screen starts it only with the permission; a refusal meanwhile is caught.
    private fun open(handler: Handler) {
        try {
            val id = cameras.cameraIdList.firstOrNull(::isAtBack) ?: return
            val rotation = rotationOf(cameras.getCameraCharacteristics(id))
            reader = ImageReader.newInstance(WIDTH, HEIGHT, ImageFormat.YUV_420_888, 2).apply {
                setOnImageAvailableListener({ offerLatest(it, rotation) }, handler)
            }
            cameras.openCamera(id, Opened(handler), handler)
        } catch (_: CameraAccessException) {
            // Another app has it: typing and pictures are there.
        } catch (_: SecurityException) {
            // The permission went while it opened.
        }
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

    private fun offerLatest(reader: ImageReader, rotation: FrameRotation) {
        val image = reader.acquireLatestImage() ?: return
        image.use {
            val luma = it.planes[0]
            synchronized(lock) {
                offer?.invoke(luma.buffer, it.width.toUInt(), it.height.toUInt(), luma.rowStride.toUInt(), rotation)
            }
        }
    }

    override fun stop() {
        synchronized(lock) { offer = null }
        session?.close()
        camera?.close()
        reader?.close()
        thread?.quitSafely()
        session = null
        camera = null
        reader = null
        thread = null
    }

    override fun light(on: Boolean) {
        if (torch == on) return
        torch = on
        request?.set(CaptureRequest.FLASH_MODE, if (on) CaptureRequest.FLASH_MODE_TORCH else CaptureRequest.FLASH_MODE_OFF)
        repeat()
    }

    private fun repeat() {
        try {
            request?.let { session?.setRepeatingRequest(it.build(), null, null) }
        } catch (_: CameraAccessException) {
            // It was disconnected; its callback closes it.
        } catch (_: IllegalStateException) {
            // Closed meanwhile.
        }
    }

    private inner class Opened(private val handler: Handler) : CameraDevice.StateCallback() {
        @Suppress("DEPRECATION") // Its successor is API 28.
        override fun onOpened(opened: CameraDevice) {
            camera = opened
            val texture = preview.surfaceTexture ?: return opened.close()
            val frames = reader?.surface ?: return opened.close()
            texture.setDefaultBufferSize(WIDTH, HEIGHT)
            val shown = Surface(texture)
            request = opened.createCaptureRequest(CameraDevice.TEMPLATE_PREVIEW).apply {
                addTarget(shown)
                addTarget(frames)
                set(CaptureRequest.CONTROL_AF_MODE, CaptureRequest.CONTROL_AF_MODE_CONTINUOUS_PICTURE)
            }
            opened.createCaptureSession(listOf(shown, frames), Configured(), handler)
        }

        override fun onDisconnected(camera: CameraDevice) = camera.close()
        override fun onError(camera: CameraDevice, error: Int) = camera.close()
    }

    private inner class Configured : CameraCaptureSession.StateCallback() {
        override fun onConfigured(configured: CameraCaptureSession) {
            session = configured
            repeat()
        }

        override fun onConfigureFailed(session: CameraCaptureSession) = session.close()
    }

    private class OnAvailable(private val then: () -> Unit) : TextureView.SurfaceTextureListener {
        override fun onSurfaceTextureAvailable(surface: SurfaceTexture, width: Int, height: Int) = then()
        override fun onSurfaceTextureSizeChanged(surface: SurfaceTexture, width: Int, height: Int) = Unit
        override fun onSurfaceTextureDestroyed(surface: SurfaceTexture) = true
        override fun onSurfaceTextureUpdated(surface: SurfaceTexture) = Unit
    }
}

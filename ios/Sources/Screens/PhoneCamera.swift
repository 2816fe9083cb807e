// Checked on Apple only: the camera at the back by AVFoundation. Without one, labels are typed or picked as pictures.
import Bridge
import SwiftUI

#if canImport(AVFoundation) && canImport(UIKit)
    // AVFoundation's sessions are used from one queue here, and do not say that they may be.
    @preconcurrency import AVFoundation

    /// The camera at the back; its frames go to the core from its own queue.
    public final class PhoneCamera: PreviewedCamera {
        private let session = AVCaptureSession()
        private let output = AVCaptureVideoDataOutput()
        private let frames = FrameQueue()
        private var turning: AVCaptureDevice.RotationCoordinator?
        private var turns: [NSKeyValueObservation] = []
        private(set) var rotation = FrameRotation.quarter
        let previewLayer: AVCaptureVideoPreviewLayer

        public init() { previewLayer = AVCaptureVideoPreviewLayer(session: session) }

        public func access() async -> CameraAccess { await AVCaptureDevice.requestAccess(for: .video) ? .allowed : .refused }

        public func start(_ scanner: LabelScanner) {
            frames.offer(to: scanner)
            if session.inputs.isEmpty { configure() }
            let session = session
            frames.queue.async { session.startRunning() }
        }

        public func stop() {
            frames.offer(to: nil)
            let session = session
            frames.queue.async { session.stopRunning() }
        }

        public func light(_ on: Bool) {
            guard let camera = (session.inputs.first as? AVCaptureDeviceInput)?.device, camera.hasTorch else { return }
            guard (try? camera.lockForConfiguration()) != nil else { return }
            camera.torchMode = on ? .on : .off
            camera.unlockForConfiguration()
        }

        private func configure() {
            guard let camera = AVCaptureDevice.default(.builtInWideAngleCamera, for: .video, position: .back),
                let input = try? AVCaptureDeviceInput(device: camera), session.canAddInput(input), session.canAddOutput(output)
            else { return }
            session.sessionPreset = .hd1280x720
            session.addInput(input)
            // The first plane of this format is the luminance.
            output.videoSettings = [kCVPixelBufferPixelFormatTypeKey as String: kCVPixelFormatType_420YpCbCr8BiPlanarFullRange]
            output.alwaysDiscardsLateVideoFrames = true
            output.setSampleBufferDelegate(frames, queue: frames.queue)
            session.addOutput(output)
            follow(camera)
        }

        /// However the phone is held: the preview and the frames stand upright.
        private func follow(_ camera: AVCaptureDevice) {
            let coordinator = AVCaptureDevice.RotationCoordinator(device: camera, previewLayer: previewLayer)
            let turn: @Sendable () -> Void = { [weak self] in Task { @MainActor in self?.turn() } }
            turning = coordinator
            turns = [
                coordinator.observe(\.videoRotationAngleForHorizonLevelPreview, options: .initial) { _, _ in turn() }
            ]
        }

        private func turn() {
            guard let angle = turning?.videoRotationAngleForHorizonLevelPreview else { return }
            if previewLayer.connection?.isVideoRotationAngleSupported(angle) == true {
                previewLayer.connection?.videoRotationAngle = angle
            }
            rotation = Screens.rotation(degrees: angle)
            frames.turn(rotation)
        }
    }

    private final class FrameQueue: NSObject, AVCaptureVideoDataOutputSampleBufferDelegate, @unchecked Sendable {
        let queue = DispatchQueue(label: "camera")
        private let lock = NSLock()
        private var scanner: LabelScanner?
        private var rotation = FrameRotation.quarter

        func turn(_ rotation: FrameRotation) { lock.withLock { self.rotation = rotation } }

        func offer(to scanner: LabelScanner?) { lock.withLock { self.scanner = scanner } }

        func captureOutput(_ output: AVCaptureOutput, didOutput sampleBuffer: CMSampleBuffer, from connection: AVCaptureConnection) {
            let (scanner, rotation) = lock.withLock { (self.scanner, self.rotation) }
            guard let scanner, let pixels = CMSampleBufferGetImageBuffer(sampleBuffer) else { return }
            CVPixelBufferLockBaseAddress(pixels, .readOnly)
            defer { CVPixelBufferUnlockBaseAddress(pixels, .readOnly) }
            guard let luma = CVPixelBufferGetBaseAddressOfPlane(pixels, 0) else { return }
            let (width, height) = (CVPixelBufferGetWidthOfPlane(pixels, 0), CVPixelBufferGetHeightOfPlane(pixels, 0))
            let stride = CVPixelBufferGetBytesPerRowOfPlane(pixels, 0)
            // Not copied here: the core copies once, during the call.
            let frame = Data(bytesNoCopy: luma, count: stride * height, deallocator: .none)
            _ = try? scanner.offerFrame(
                luma: frame, width: UInt32(width), height: UInt32(height), rowStride: UInt32(stride), rotation: rotation)
        }
    }
#else
    /// No camera here.
    public final class PhoneCamera: CameraSource {
        public init() {}
        public func access() async -> CameraAccess { .refused }
        public func start(_ scanner: LabelScanner) {}
        public func stop() {}
        public func light(_ on: Bool) {}
    }
#endif

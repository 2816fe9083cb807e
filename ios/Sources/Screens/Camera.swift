// Checked on Apple only: the camera's preview with outlines, and the picker of pictures. On Linux there is neither, so
// that the screens around them can be tested.
import Bridge
import SwiftUI

#if os(Linux)
    struct Viewfinder: View {
        let camera: any CameraSource
        let seen: [SeenCode]

        var body: some View { Image("picture").accessibilityLabel("scan_viewfinder") }
    }

    /// A test gives the bytes of a picture by their file's name.
    struct PicturePicker: View {
        let title: LocalizedStringKey
        let onPick: @MainActor (Data) async -> Void
        @State private var file = ""

        var body: some View {
            TextField(title, text: $file).onChange(of: file) { _, file in
                Task { await onPick((try? Data(contentsOf: URL(fileURLWithPath: file))) ?? Data()) }
            }
        }
    }
#else
    import AVFoundation
    import PhotosUI
    import UIKit

    /// A camera that has a preview layer.
    @MainActor protocol PreviewedCamera: CameraSource {
        var previewLayer: AVCaptureVideoPreviewLayer { get }
        /// What turns its frames upright, as the phone is held now.
        var rotation: FrameRotation { get }
    }

    struct Viewfinder: View {
        let camera: any CameraSource
        let seen: [SeenCode]

        var body: some View {
            GeometryReader { geometry in
                ZStack {
                    if let camera = camera as? any PreviewedCamera {
                        Preview(layer: camera.previewLayer)
                        ForEach(Array(seen.enumerated()), id: \.offset) { _, code in
                            outline(code, camera.rotation.uprightFrame, geometry.size)
                                .stroke(.white, style: StrokeStyle(lineWidth: 4, dash: code.isLabel ? [] : [8]))
                        }
                    }
                }
            }
            .frame(height: 320)
            .clipShape(RoundedRectangle(cornerRadius: 12))
            .accessibilityLabel("scan_viewfinder")
        }

        private func outline(_ code: SeenCode, _ frame: CGSize, _ view: CGSize) -> Path {
            Path { path in
                path.addLines(code.corners.map { place($0, of: frame, filling: view) })
                path.closeSubpath()
            }
        }
    }

    private struct Preview: UIViewRepresentable {
        let layer: AVCaptureVideoPreviewLayer

        func makeUIView(context: Context) -> UIView {
            let view = LayerView()
            layer.videoGravity = .resizeAspectFill
            view.layer.addSublayer(layer)
            return view
        }

        func updateUIView(_ view: UIView, context: Context) {}

        private final class LayerView: UIView {
            override func layoutSubviews() {
                super.layoutSubviews()
                layer.sublayers?.forEach { $0.frame = bounds }
            }
        }
    }

    struct PicturePicker: View {
        let title: LocalizedStringKey
        let onPick: @MainActor (Data) async -> Void
        @State private var item: PhotosPickerItem?

        var body: some View {
            PhotosPicker(selection: $item, matching: .images) { Text(title) }
                .onChange(of: item) { _, item in
    Task {
                        let bytes = (try? await item?.loadTransferable(type: Data.self)) ?? Data()
                        await onPick(await Task.detached { forTheCore(bytes, PhonePictures()) }.value)
                    }
                }
        }
    }
#endif

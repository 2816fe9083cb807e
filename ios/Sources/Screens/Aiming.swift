// Where a camera's picture stands on the screen: what can be said of it without a camera.
import Bridge
import Foundation

/// A point of the upright frame on a view that the frame fills, cut at two of its sides.
func place(_ corner: CodeCorner, of frame: CGSize, filling view: CGSize) -> CGPoint {
    guard frame.width > 0, frame.height > 0 else { return .zero }
    let scale = max(view.width / frame.width, view.height / frame.height)
    let (width, height) = (frame.width * scale, frame.height * scale)
    return CGPoint(
        x: CGFloat(corner.x) * width - (width - view.width) / 2, y: CGFloat(corner.y) * height - (height - view.height) / 2)
}

/// What turns a frame upright, for the degrees clockwise that the platform says.
func rotation(degrees: Double) -> FrameRotation {
    switch (Int((degrees / 90).rounded()) % 4 + 4) % 4 {
    case 1: .quarter
    case 2: .half
    case 3: .threeQuarters
    default: .none
    }
}

extension FrameRotation {
    /// A camera's frame, 1280 by 720, as it stands upright.
    var uprightFrame: CGSize {
        switch self {
        case .none, .half: CGSize(width: 1280, height: 720)
        case .quarter, .threeQuarters: CGSize(width: 720, height: 1280)
        }
    }
}

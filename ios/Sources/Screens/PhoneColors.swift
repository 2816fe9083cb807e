// Checked on Apple only: a colour that follows day and night.
import SwiftUI

extension Color {
    /// A token: one colour by day, one by night.
    init(light: UInt32, dark: UInt32) {
        #if canImport(UIKit)
            self.init(uiColor: UIColor { $0.userInterfaceStyle == .dark ? UIColor(rgb: dark) : UIColor(rgb: light) })
        #else
            self.init(red: Double(light >> 16 & 0xFF) / 255, green: Double(light >> 8 & 0xFF) / 255, blue: Double(light & 0xFF) / 255)
        #endif
    }
}

#if canImport(UIKit)
    import UIKit

    extension UIColor {
        convenience init(rgb: UInt32) {
            let part = { (shift: UInt32) in CGFloat(rgb >> shift & 0xFF) / 255 }
            self.init(red: part(16), green: part(8), blue: part(0), alpha: 1)
        }
    }
#endif

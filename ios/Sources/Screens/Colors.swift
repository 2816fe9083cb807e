// Made by ios/bin/from-android from Android's colors.xml: the tokens of the look.
import SwiftUI

extension Color {
    static let backgroundToken = Color(light: 0xFBFAF6, dark: 0x121417)
    static let surfaceToken = Color(light: 0xFFFFFF, dark: 0x1A1D21)
    static let raisedToken = Color(light: 0xF1EFE8, dark: 0x24282D)
    static let textToken = Color(light: 0x1D1C19, dark: 0xECEAE3)
    static let mutedToken = Color(light: 0x5A5851, dark: 0xB4B1A8)
    static let primaryToken = Color(light: 0x0A5A69, dark: 0x7CCFDD)
    static let onPrimaryToken = Color(light: 0xFFFFFF, dark: 0x00323B)
    static let accentToken = Color(light: 0x9A4B00, dark: 0xFFB454)
    static let accentSoftToken = Color(light: 0xFFE7C7, dark: 0x402A0B)
    static let dangerToken = Color(light: 0xAE2319, dark: 0xFFB3AA)
    static let dangerSoftToken = Color(light: 0xFCE4E1, dark: 0x4A1712)
    static let successToken = Color(light: 0x1A6B3A, dark: 0x85D8A4)
    static let successSoftToken = Color(light: 0xDDF2E4, dark: 0x0F3520)
    static let warningToken = Color(light: 0x7A5200, dark: 0xF1C46C)
    static let warningSoftToken = Color(light: 0xFCEBC8, dark: 0x3B2C0A)
    static let outlineToken = Color(light: 0x85827A, dark: 0x868A91)
    static let hairlineToken = Color(light: 0xE4E1D8, dark: 0x2F343A)
    static let cameraToken = Color(light: 0x121417, dark: 0x000000)
}

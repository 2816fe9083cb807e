import Bridge
import Screens
import SwiftUI

/// The installer's app.
public struct PartnerApp: App {
    public init() {}

    public var body: some Scene {
        WindowGroup { AppWindow(kind: .partner, camera: PhoneCamera()) { try await OpenCore.onThisPhone(clientName: "partner-ios") } }
    }
}

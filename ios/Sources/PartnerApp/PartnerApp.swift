import Bridge
import Screens
import SwiftUI

/// The installer's app.
public struct PartnerApp: App {
    private let core = OneCore { try await OpenCore.onThisPhone(clientName: "partner-ios") }

    public init() {}

    public var body: some Scene {
        WindowGroup { AppWindow(kind: .partner, phone: .own, core: core) }.worksInBackground(core)
    }
}

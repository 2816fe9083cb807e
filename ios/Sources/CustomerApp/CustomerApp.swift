import Bridge
import Screens
import SwiftUI

/// The homeowner's app.
public struct CustomerApp: App {
    private let core = OneCore { try await OpenCore.onThisPhone(clientName: "customer-ios") }

    public init() {}

    public var body: some Scene {
        WindowGroup { AppWindow(kind: .customer, phone: .own, core: core) }.worksInBackground(core)
    }
}

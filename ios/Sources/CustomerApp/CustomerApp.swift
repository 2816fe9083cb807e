import Bridge
import Screens
import SwiftUI

/// The homeowner's app.
public struct CustomerApp: App {
    public init() {}

    public var body: some Scene {
        WindowGroup { AppWindow(kind: .customer, camera: PhoneCamera()) { try await OpenCore.onThisPhone(clientName: "customer-ios") } }
    }
}

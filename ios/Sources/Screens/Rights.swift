import Bridge
import SwiftUI

/// What may be done in the account on the screen: everything in one's own; in a customer's, what the grant comes to
/// there. A screen offers nothing else.
struct Rights {
    private let listed: Set<Permission>?

    static let own = Rights(listed: nil)

    init(of acting: Acting) { self.init(listed: Set(acting.usable)) }

    private init(listed: Set<Permission>?) { self.listed = listed }

    func allow(_ permission: Permission) -> Bool { listed?.contains(permission) ?? true }

    /// A device needs a location, and there may be none.
    func allowAdding(at sites: [Site]) -> Bool { allow(.deviceAdd) && (!sites.isEmpty || allow(.siteCreate)) }
}

private struct RightsKey: EnvironmentKey {
    static let defaultValue = Rights.own
}

extension EnvironmentValues {
    /// What may be done in the account on the screen.
    var rights: Rights {
        get { self[RightsKey.self] }
        set { self[RightsKey.self] = newValue }
    }
}

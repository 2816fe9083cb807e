// Checked on Apple only: what passes between our two apps, in a Keychain access group that only they are in.
#if canImport(Security)
    import Foundation
    import PorchlightCore
    import Security

    /// One item, of this phone only, readable while it is unlocked; gone when it was read.
    final class KeychainHandoffVault: HandoffVault {
        private let group: String

        /// The access group as the entitlements of both apps name it, with the team's prefix.
        init(group: String) { self.group = group }

        func put(entry: Data) throws {
            let removed = SecItemDelete(item as CFDictionary)
            if removed != errSecItemNotFound { try check(removed) }
            var fresh = item
            fresh[kSecValueData] = entry
            fresh[kSecAttrAccessible] = kSecAttrAccessibleWhenUnlockedThisDeviceOnly
            try check(SecItemAdd(fresh as CFDictionary, nil))
        }

        /// Deleted before it is given away: of two that read at once, one can delete it.
        func take() throws -> Data? {
            var query = item
            query[kSecReturnData] = true
            var found: CFTypeRef?
            let read = SecItemCopyMatching(query as CFDictionary, &found)
            if read == errSecItemNotFound { return nil }
            try check(read)
            let removed = SecItemDelete(item as CFDictionary)
            if removed == errSecItemNotFound { return nil }
            try check(removed)
            return found as? Data
        }

        private var item: [CFString: Any] {
            [
                kSecClass: kSecClassGenericPassword, kSecAttrService: "io.porchlight.handoff",
                kSecAttrAccount: "handoff", kSecAttrAccessGroup: group,
            ]
        }
    }
#endif

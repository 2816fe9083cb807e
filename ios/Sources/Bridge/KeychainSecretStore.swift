// Checked on Apple only: secrets in the Keychain.
#if canImport(Security)
    import Foundation
    import PorchlightCore
    import Security

    /// Items of this app and this phone only, readable after the first unlock.
    final class KeychainSecretStore: SecretStore {
        func load(name: String) throws -> Data {
            var query = item(name)
            query[kSecReturnData] = true
            var found: CFTypeRef?
            try check(SecItemCopyMatching(query as CFDictionary, &found))
            guard let value = found as? Data else { throw PortError.Broken }
            return value
        }

        func save(name: String, value: Data) throws {
            let changed = SecItemUpdate(item(name) as CFDictionary, [kSecValueData: value] as CFDictionary)
            guard changed == errSecItemNotFound else { return try check(changed) }
            var fresh = item(name)
            fresh[kSecValueData] = value
            fresh[kSecAttrAccessible] = kSecAttrAccessibleAfterFirstUnlockThisDeviceOnly
            try check(SecItemAdd(fresh as CFDictionary, nil))
        }

        func remove(name: String) throws { try check(SecItemDelete(item(name) as CFDictionary)) }

        private func item(_ name: String) -> [CFString: Any] {
            [kSecClass: kSecClassGenericPassword, kSecAttrService: "io.porchlight", kSecAttrAccount: name]
        }
    }

    /// What the platform answers, as the core knows it.
    func check(_ status: OSStatus) throws {
        switch status {
        case errSecSuccess: return
        case errSecItemNotFound: throw PortError.Missing
        case errSecInteractionNotAllowed: throw PortError.Locked
        default: throw PortError.Broken
        }
    }
#endif

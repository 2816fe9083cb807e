// Checked on Apple only: P-256 keys in the Secure Enclave.
#if canImport(Security)
    import CryptoKit
    import Foundation
    import PorchlightCore

    /// Keys of the Secure Enclave; what is stored is its own sealed form of a key, of no use on another phone.
    final class EnclaveSigner: Signer {
        private let kept = KeychainSecretStore()

        func create(name: String) throws -> Data {
            do {
                let key = try SecureEnclave.P256.Signing.PrivateKey()
                try kept.save(name: stored(name), value: key.dataRepresentation)
                return key.publicKey.x963Representation
            } catch let known as PortError {
                throw known
            } catch {
                throw PortError.Broken
            }
        }

        func publicKey(name: String) throws -> Data { try key(name).publicKey.x963Representation }

        func sign(name: String, bytes: Data) throws -> Data {
            // Missing and Locked stay what they are.
            let key = try key(name)
            guard let signature = try? key.signature(for: bytes) else { throw PortError.Broken }
            return signature.rawRepresentation
        }

        func remove(name: String) throws { try kept.remove(name: stored(name)) }

        private func stored(_ name: String) -> String { "signer-\(name)" }

        private func key(_ name: String) throws -> SecureEnclave.P256.Signing.PrivateKey {
            let form = try kept.load(name: stored(name))
            guard let key = try? SecureEnclave.P256.Signing.PrivateKey(dataRepresentation: form) else { throw PortError.Broken }
            return key
        }
    }
#endif

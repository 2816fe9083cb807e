// Checked on Apple only: the core on this phone's own ports.
import Foundation
import PorchlightCore

extension OpenCore {
    /// Opens the core on this phone's ports, with the configuration in the app's Info.plist (`Porchlight...` keys).
    @MainActor public static func onThisPhone(clientName: String) async throws -> OpenCore {
        #if canImport(Security)
            let folder = try FileManager.default.url(
                for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
            let ports = Ports(
                secrets: KeychainSecretStore(), clock: PhoneClock(), connectivity: PhoneConnectivity(), signer: EnclaveSigner())
            return try await open(configuration(clientName), in: folder.appending(path: "Porchlight"), on: ports)
        #else
            throw PorchlightError.NotFound
        #endif
    }

    private static func configuration(_ clientName: String) -> Configuration {
        let set = { (key: String) in Bundle.main.object(forInfoDictionaryKey: key) as? String ?? "" }
        return Configuration(
            cloud: set("PorchlightCloud"), linkHost: set("PorchlightLinkHost"), clientName: clientName,
            clientVersion: set("CFBundleShortVersionString"), maker: set("PorchlightMaker"), extraRoots: [])
    }
}

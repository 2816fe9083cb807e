// Checked on Apple only: the core on this phone's own ports.
import Foundation
import PorchlightCore

extension OpenCore {
    /// Opens the core on this phone's ports, with the configuration in the app's Info.plist (`Porchlight...` keys), and
    /// tells it of the network. Open it once in the process: `OneCore` sees to that.
    @MainActor public static func onThisPhone(clientName: String) async throws -> OpenCore {
        #if canImport(Security)
            let folder = try FileManager.default.url(
                for: .applicationSupportDirectory, in: .userDomainMask, appropriateFor: nil, create: true)
            let connectivity = PhoneConnectivity()
            let ports = Ports(
                secrets: KeychainSecretStore(), clock: PhoneClock(), connectivity: connectivity, signer: EnclaveSigner(),
                vault: KeychainHandoffVault(group: setting("PorchlightHandoffGroup")))
            let core = try await open(configuration(clientName), in: folder.appending(path: "Porchlight"), on: ports)
            connectivity.changes { [weak core] in try? core?.porchlight.networkChanged() }
            return core
        #else
            throw PorchlightError.NotFound
        #endif
    }

    private static func configuration(_ clientName: String) -> Configuration {
        Configuration(
            cloud: setting("PorchlightCloud"), linkHost: setting("PorchlightLinkHost"), clientName: clientName,
            clientVersion: setting("CFBundleShortVersionString"), maker: setting("PorchlightMaker"), extraRoots: [])
    }

    private static func setting(_ key: String) -> String {
        Bundle.main.object(forInfoDictionaryKey: key) as? String ?? ""
    }
}

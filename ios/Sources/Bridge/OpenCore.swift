import Foundation
import PorchlightCore

/// What the core needs of a phone.
public struct Ports: Sendable {
    public let secrets: any SecretStore
    public let clock: any Clock
    public let connectivity: any Connectivity
    public let signer: any Signer
    public let vault: any HandoffVault

    public init(
        secrets: any SecretStore, clock: any Clock, connectivity: any Connectivity, signer: any Signer,
        vault: any HandoffVault = NoVault()
    ) {
        (self.secrets, self.clock, self.connectivity) = (secrets, clock, connectivity)
        (self.signer, self.vault) = (signer, vault)
    }
}

/// A phone whose apps have no way to each other: it makes no link, and takes none.
public final class NoVault: HandoffVault {
    public init() {}

    public func put(entry: Data) throws { throw PortError.Broken }

    public func take() throws -> Data? { nil }
}

/// The open core, its flows and lists.
public final class OpenCore: Sendable {
    public let porchlight: Porchlight
    public let profile: Profile
    public let session: SessionFlow
    public let sites: SiteList
    public let devices: DeviceList

    private init(_ porchlight: Porchlight) {
        self.porchlight = porchlight
        profile = porchlight.profile()
        session = profile.session()
        sites = profile.sites()
        devices = profile.devices()
    }

    public static func open(_ configuration: Configuration, in folder: URL, on ports: Ports) async throws -> OpenCore {
        OpenCore(
            try await Porchlight.open(
                configuration: configuration, dataFolder: folder.path, secrets: ports.secrets, clock: ports.clock,
                connectivity: ports.connectivity, signer: ports.signer, vault: ports.vault))
    }
}

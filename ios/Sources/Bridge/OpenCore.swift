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

/// The open core, and the flows and lists of one account: the person's own, or the one they work in for a customer.
public final class OpenCore: Sendable {
    public let porchlight: Porchlight
    public let profile: Profile
    public let session: SessionFlow
    public let sites: SiteList
    public let devices: DeviceList
    public let customers: CustomerList
    public let memberships: MembershipList
    public let offers: OfferList
    public let requests: RequestList
    public let grants: GrantList
    public let history: HistoryList
    /// What the app was built with.
    private let configuration: Configuration

    private init(_ porchlight: Porchlight, _ profile: Profile, _ configuration: Configuration) {
        (self.porchlight, self.profile, self.configuration) = (porchlight, profile, configuration)
        session = profile.session()
        (sites, devices) = (profile.sites(), profile.devices())
        (customers, memberships, offers) = (profile.customers(), profile.memberships(), profile.offers())
        (requests, grants, history) = (profile.requests(), profile.grants(), profile.history())
    }

    public static func open(_ configuration: Configuration, in folder: URL, on ports: Ports) async throws -> OpenCore {
        let porchlight = try await Porchlight.open(
            configuration: configuration, dataFolder: folder.path, secrets: ports.secrets, clock: ports.clock,
            connectivity: ports.connectivity, signer: ports.signer, vault: ports.vault)
        return OpenCore(porchlight, porchlight.profile(), configuration)
    }

    /// Opens our partner app, and carries nothing.
    var partnerAppLink: String { "https://\(configuration.linkHost)/p" }

    /// The cloud's page for whoever forgot their password.
    public var passwordPage: URL? { URL(string: configuration.cloud)?.appending(path: "password") }

    /// The account of the customer that this phone acts for, if it does.
    func customersAccount() -> OpenCore? {
        porchlight.delegatedSession().profile().map { OpenCore(porchlight, $0, configuration) }
    }
}

import Bridge
import Foundation

/// The real cloud and simulated devices, in a process of their own (tests/stage): a line of JSON each way.
final class Stage: @unchecked Sendable {
    struct Device {
        let serial, label, picture, frame: String
        let claimCode: String?
        let width, height: UInt32
    }

    private let process = Process()
    private let orders = Pipe()
    private let answers = Pipe()
    private var rest = Data()
    private var places: [String: Any]?

    init() throws {
        process.executableURL = URL(fileURLWithPath: ProcessInfo.processInfo.environment["STAGE"] ?? "")
        (process.standardInput, process.standardOutput) = (orders, answers)
        try process.run()
    }

    /// Where the cloud is: the first line says it, once.
    func configuration() throws -> Configuration {
        let places = try places ?? answer()
        self.places = places
        return Configuration(
            cloud: places["cloud"] as? String ?? "", linkHost: places["link_host"] as? String ?? "", clientName: "customer-test",
            clientVersion: "1.0.0", maker: places["maker"] as? String ?? "", extraRoots: [])
    }

    func device(password: String? = nil, claimCode: Bool = false, on: Bool = true) throws -> Device {
        let made = try order(["do": "device", "password": password ?? NSNull(), "claim_code": claimCode, "on": on])
        let frame = made["frame"] as? [String: Any] ?? [:]
        let text = { (key: String) in made[key] as? String ?? "" }
        return Device(
            serial: text("serial"), label: text("label"), picture: text("picture"), frame: frame["path"] as? String ?? "",
            claimCode: made["claim_code"] as? String, width: UInt32(frame["width"] as? Int ?? 0),
            height: UInt32(frame["height"] as? Int ?? 0))
    }

    func switchOn(_ device: Device) throws { _ = try order(["do": "switch_on", "serial": device.serial]) }

    func own(_ device: Device, password: String) throws { _ = try order(["do": "own", "serial": device.serial, "password": password]) }

    func code(_ email: String) throws -> String { try order(["do": "code", "email": email])["code"] as? String ?? "" }

    func account(_ email: String) throws -> String { try order(["do": "account", "email": email])["password"] as? String ?? "" }

    /// Founds a partner; its installer, Ana Ruiz, can sign in with this password.
    func partner(_ company: String, _ email: String) throws -> String {
        try order(["do": "partner", "company": company, "email": email])["password"] as? String ?? ""
    }

    /// Somebody with an account joins the partner, or leaves it.
    func join(_ email: String, as role: String = "operator") throws { _ = try order(["do": "join", "email": email, "role": role]) }

    func leave(_ email: String) throws { _ = try order(["do": "leave", "email": email]) }

    /// Somebody with an account becomes the partner's customer.
    func customer(_ email: String) throws { _ = try order(["do": "customer", "email": email]) }

    /// The partner's installer asks a customer for the whole account.
    func ask(_ email: String, hours: Int, comment: String) throws {
        _ = try order(["do": "ask", "email": email, "hours": hours, "comment": comment])
    }

    /// The partner adds somebody by address, who has not answered.
    func add(_ email: String, _ givenName: String, _ familyName: String) throws {
        _ = try order(["do": "add", "email": email, "given_name": givenName, "family_name": familyName])
    }

    /// The three days of all requests that wait are over.
    func letRequestsExpire() throws { _ = try order(["do": "let_requests_expire"]) }

    /// Connections are taken, and nobody answers, until it goes on.
    func holdsStill() { kill(process.processIdentifier, SIGSTOP) }

    func goesOn() { kill(process.processIdentifier, SIGCONT) }

    func close() {
        try? orders.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    private struct Refused: Error { let why: String }

    private func order(_ order: [String: Any]) throws -> [String: Any] {
        try orders.fileHandleForWriting.write(contentsOf: JSONSerialization.data(withJSONObject: order) + Data("\n".utf8))
        let answer = try answer()
        if let why = answer["error"] as? String { throw Refused(why: why) }
        return answer
    }

    private func answer() throws -> [String: Any] {
        while !rest.contains(0x0A) {
            let more = answers.fileHandleForReading.availableData
            guard !more.isEmpty else { throw Refused(why: "the stage is gone") }
            rest += more
        }
        let line = rest.prefix { $0 != 0x0A }
        rest = Data(rest.dropFirst(line.count + 1))
        return try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
    }
}

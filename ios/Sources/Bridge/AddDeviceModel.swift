import Foundation
import Observation
import PorchlightCore

/// Adding a device as its screens show it: the core's state, and how the person reads the label.
@MainActor @Observable public final class AddDeviceModel {
    public private(set) var state: AddDeviceState?
    public private(set) var problem: PorchlightError?
    /// Names the flow where it is, for after the app was killed; none once it is over.
    public private(set) var kept: String?
    public private(set) var seen: [SeenCode] = []
    public private(set) var isGone = false
    public var isTyping = false
    public var torch = false

    @ObservationIgnored public let core: OpenCore
    @ObservationIgnored private let opening: Opening
    @ObservationIgnored private var isOpening = false
    /// How many calls are on their way: the first that returns does not end the others' waiting.
    private var asked = 0
    @ObservationIgnored private var flow: AddDeviceFlow?
    @ObservationIgnored private var reading: Reading?
    @ObservationIgnored private var seeing: Reading?

    /// A new device, or a claim that was saved before.
    public enum Opening: Hashable, Sendable {
        case new(section: DeviceSection, siteID: String)
        case saved(claimID: String)
    }

    public init(core: OpenCore, opening: Opening) { (self.core, self.opening) = (core, opening) }

    public var isBusy: Bool { asked > 0 }

    /// Opens the flow, once; after a failure, again.
    public func open() async {
        guard flow == nil, !isOpening else { return }
        (problem, isOpening) = (nil, true)
        defer { isOpening = false }
        await attempt({ failedToOpen($0) }) {
            let opened =
                switch opening {
                case .new(let section, let siteID): try await core.profile.addDevice(section: section, site: siteID)
                case .saved(let claimID): try await core.profile.resumeAddingDevice(id: claimID)
                }
            flow = opened
            let listening = Listening<AddDeviceState>()
            reading = Reading(listening, try opened.listen(listener: listening)) { [weak self] in self?.follow($0) }
        }
    }

    /// What was read of the label, the most telling first.
    public var readings: [LabelReading] {
        if case .label(_, _, .read(let readings), _) = state { readings } else { [] }
    }

    /// What was read by the camera or from a picture: typed numbers are compared where they are typed.
    public var scanned: [LabelReading] { typed == nil ? readings : [] }

    /// The number as it was typed before this step began.
    public var typed: String? {
        if case .label(_, _, _, let typed) = state { typed } else { nil }
    }

    /// A scanner for a camera; frames that show labels come as `seen`. Let it go with the camera.
    public func labelScanner() -> LabelScanner? {
        guard let flow else { return nil }
        let listening = Listening<[SeenCode]>(.bufferingNewest(1))
        guard let scanner = try? flow.labelScanner(viewfinder: listening) else { return nil }
        seeing = Reading(listening, scanner) { [weak self] in self?.seen = $0 }
        return scanner
    }

    /// The camera is closed: no frame is offered any more.
    public func closeLabelScanner() { (seeing, seen) = (nil, []) }

    public func readPicture(_ bytes: Data) async { await ask { try await $0.readPicture(bytes: bytes) } }

    /// While a person types there is no waiting to be shown.
    public func readText(_ text: String) { tell { try $0.readText(text: text) } }

    /// The person is done typing: this text's serial, whatever was read before.
    public func confirmText(_ text: String) async { await ask { try await $0.confirmText(text: text) } }

    public func confirm(_ serial: String) async { await ask { try await $0.confirmSerial(serial: serial) } }

    public func edit(_ edit: DetailsEdit) { tell { try $0.editDetails(edit: edit) } }

    /// The name as it stands on the screen, then the password.
    public func add(_ name: String, password: String) async {
        await ask {
            try $0.editDetails(edit: .name(name: name))
            try await $0.addWithPassword(password: password)
        }
    }

    public func add(_ name: String, newPassword: String, again: String, claimCode: String?) async {
        await ask {
            try $0.editDetails(edit: .name(name: name))
            try await $0.addWithNewPassword(password: newPassword, again: again, claimCode: claimCode)
        }
    }

    public func tryAgain() async { await ask { try await $0.tryAgain() } }

    public func addAnother() async {
        isTyping = false
        await ask { try await $0.addAnother() }
    }

    public func checkNumber() async { await ask { try await $0.checkNumber() } }

    /// Whether back is a step of adding; else it leads out, as the system's own back does.
    public var stepsBack: Bool {
        switch state {
        case nil, .queued, .added, .ended: false
        case .label: isTyping || !scanned.isEmpty
        case .details, .adding, .failed: true
        }
    }

    /// One step back: from typing to the camera, else where the core leads.
    public func back() async {
        if isAtLabel, isTyping { isTyping = false } else { await goBack() }
    }

    /// The person went out by the system's back: of what is not sent yet nothing is kept.
    public func leave() async { if isAtLabel { await cancel() } }

    public func goBack() async { await ask { try await $0.goBack() } }

    public func cancel() async { await ask { try await $0.cancel() } }

    private func ask(_ deed: (AddDeviceFlow) async throws -> Void) async {
        guard let flow else { return }
        problem = nil
        asked += 1
        await attempt({ problem = $0 }) { try await deed(flow) }
        asked -= 1
    }

    /// What the core takes at once, in the order of the calls.
    private func tell(_ deed: (AddDeviceFlow) throws -> Void) {
        guard let flow else { return }
        do { try deed(flow) } catch { problem = error as? PorchlightError }
    }

    private func follow(_ state: AddDeviceState) {
        if case .label(_, _, _, let typed) = state, !isAtLabel { isTyping = typed != nil }
        self.state = state
        switch state {
        case .ended: (kept, isGone) = (nil, true)
        case .added: kept = nil
        default: kept = flow?.id()
        }
    }

    private var isAtLabel: Bool {
        if case .label = state { true } else { false }
    }

    /// Added or given up meanwhile: the list shows which.
    private func failedToOpen(_ failed: PorchlightError) {
        if case .NotFound = failed { isGone = true } else { problem = failed }
    }
}

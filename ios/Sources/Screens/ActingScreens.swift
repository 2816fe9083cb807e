import Bridge
import SwiftUI

/// A link of the partner app: who will work in whose account, on what, until when; one tap.
struct HandoffScreen: View {
    let acting: ActingModel
    let links: any LinkOpener

    var body: some View {
        Page("handoff_title") {
            if let grant {
                Text("handoff_who \(grant.actor.fullName) \(grant.company.name) \(grant.subject.fullName)").font(.title2)
                if let until { Text("handoff_until \(spell(until))") }
                Text(scope(of: grant))
                ForEach(grant.permissions, id: \.self) { Text($0.words) }
            }
            ProblemNotice(problem: acting.problem)
            switch acting.handoff {
            case .confirm(_, _, .some(let former)): Notice(tone: .warning, title: "handoff_instead \(former.grant.subject.fullName)")
            case .unreached: Notice(tone: .warning, title: "error_server_unavailable")
            case .refused: if let refusal { show(refusal) }
            case .idle, .reading, .confirm, .opening, .opened: EmptyView()
            }
            if isBusy { ProgressView("handoff_opening") }
        } action: {
            VStack {
                if case .confirm = acting.handoff { PrimaryButton("handoff_confirm") { await acting.confirmLink() } }
                if case .unreached = acting.handoff { PrimaryButton("remedy_try_again") { await acting.confirmLink() } }
                if refusal.map({ words($0).remedy != nil }) == true {
                    PrimaryButton("handoff_partner_app") { await acting.openPartnerApp(links) }
                }
                if !isBusy { Button("cancel") { Task { await acting.dismissLink() } } }
            }
        }
    }

    private var refusal: HandoffRefusal? {
        if case .refused(let reason) = acting.handoff { reason } else { nil }
    }

    @ViewBuilder private func show(_ reason: HandoffRefusal) -> some View {
        Notice(tone: .danger, title: words(reason).title, message: words(reason).remedy)
        if acting.partnerAppIsMissing { Notice(tone: .danger, title: "handoff_partner_app_missing") }
        if case .internal(let reportID) = reason { ReportDetails(reportID: reportID) }
    }

    private var isBusy: Bool {
        switch acting.handoff {
        case .reading, .opening: true
        default: false
        }
    }

    private var grant: Grant? {
        switch acting.handoff {
        case .confirm(let grant, _, _), .opening(let grant, _), .unreached(let grant, _), .opened(let grant): grant
        case .idle, .reading, .refused: nil
        }
    }

    /// When the session ends at the latest, said before it begins.
    private var until: Date? {
        switch acting.handoff {
        case .confirm(_, let until, _), .opening(_, let until), .unreached(_, let until): until
        case .opened, .idle, .reading, .refused: nil
        }
    }
}

/// The session is over, and everything about it on this phone is gone: why, and what was not sent.
struct ActingEndedScreen: View {
    let model: ActingModel
    let kind: AppKind
    let links: any LinkOpener
    let acting: Acting
    let why: AccessEnd
    let at: Date
    let unsent: [UnsentAct]

    private var subject: String { acting.grant.subject.fullName }

    var body: some View {
        Page("app_name") {
            Text(title).font(.title2)
            Text(words(why, of: acting.grant, at: at))
            if !unsent.isEmpty {
                Text("acting_unsent").font(.headline)
                ForEach(unsent, id: \.serial) { Text("acting_unsent_device \($0.name) \($0.serial)") }
            }
            ProblemNotice(problem: model.problem)
            if model.partnerAppIsMissing { Notice(tone: .danger, title: "handoff_partner_app_missing") }
        } action: {
            VStack {
                switch kind {
                // The customers are below.
                case .partner: PrimaryButton("acting_to_customers") { await model.dismissEnd() }
                case .customer:
                    PrimaryButton("acting_to_customers") { await model.backToCustomers(links) }
                    Button("acting_done") { Task { await model.dismissEnd() } }
                }
            }
        }
    }

    /// Where the access itself stays, it is not said to have ended.
    private var title: LocalizedStringKey {
        switch why {
        case .left: "acting_left_title \(subject)"
        case .sessionEnded: "acting_session_title \(subject)"
        case .revoked, .expired, .actorDisabled, .subjectDisabled: "acting_ended_title \(subject)"
        }
    }
}

/// On every screen of a customer's account: whose it is, until when, and the way out. It cannot be dismissed.
struct ActingBanner: View {
    let model: ActingModel
    let acting: Acting

    var body: some View {
        PorchBar("acting_banner \(acting.grant.subject.fullName) \(acting.grant.company.name) \(spell(acting.until))") {
            Button("acting_end") { Task { await model.leave() } }
        }
    }
}

/// The porch light: somebody else is acting here. For nothing else.
struct PorchBar<Way: View>: View {
    private let words: LocalizedStringKey
    private let way: Way

    init(_ words: LocalizedStringKey, @ViewBuilder way: () -> Way) { (self.words, self.way) = (words, way()) }

    var body: some View {
        HStack {
            Icon("porch")
            Text(words).font(.subheadline)
            Spacer()
            way.frame(minWidth: 48, minHeight: 48)
        }
        .foregroundStyle(Color.accentToken)
        .padding(8)
        .background(Color.accentSoftToken)
    }
}

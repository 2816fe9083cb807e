// The look of the apps: what is used on more than one screen.
import Bridge
import SwiftUI

/// What a notice says by its colour, beside its icon and words.
@MainActor enum Tone {
    case danger, success, warning

    var color: Color {
        switch self {
        case .danger: .dangerToken
        case .success: .successToken
        case .warning: .warningToken
        }
    }

    var ground: Color {
        switch self {
        case .danger: .dangerSoftToken
        case .success: .successSoftToken
        case .warning: .warningSoftToken
        }
    }

    var icon: String {
        switch self {
        case .danger: "error"
        case .success: "check"
        case .warning: "warning"
        }
    }
}

/// Words on a soft ground with an icon.
struct Notice: View {
    let tone: Tone
    let title: LocalizedStringKey
    var message: LocalizedStringKey?

    var body: some View {
        HStack(alignment: .top) {
            Icon(tone.icon).foregroundStyle(tone.color)
            VStack(alignment: .leading, spacing: 4) {
                Text(title).foregroundStyle(tone.color)
                if let message { Text(message).font(.subheadline) }
            }
        }
        .padding(12)
        .background(tone.ground)
    }
}

/// An icon of the family; words beside it say what it means.
struct Icon: View {
    let name: String

    init(_ name: String) { self.name = name }

    var body: some View { Image(name).accessibilityHidden(true) }
}

/// What went wrong with a field, below it.
struct FieldProblem: View {
    let problem: PorchlightError?
    let field: InputField

    var body: some View {
        if case .InvalidInput(field, let reason) = problem {
            FieldWarning(words: words(field, reason))
        }
    }
}

/// Below a field, told by an icon and words.
struct FieldWarning: View {
    let words: LocalizedStringKey

    var body: some View {
        HStack {
            Icon("error")
            Text(words).font(.subheadline)
        }
        .foregroundStyle(Color.dangerToken)
    }
}

/// What went wrong, if it is not about one of the fields.
struct ProblemNotice: View {
    let problem: PorchlightError?
    var fields: Set<InputField> = []

    var body: some View {
        if let problem, !isAboutField { Notice(tone: .danger, title: words(problem)) }
        if case .Internal(let reportID) = problem { ReportDetails(reportID: reportID) }
    }

    private var isAboutField: Bool {
        if case .InvalidInput(let field, _) = problem { fields.contains(field) } else { false }
    }
}

/// How old what is shown is, when the cloud is out of reach or long in answering.
struct AgeNotice: View {
    let problem: PorchlightError?
    let age: ListAge

    var body: some View {
        if let problem {
            Notice(tone: .danger, title: words(problem))
        } else if age.isOld, let asOf = age.asOf {
            Notice(tone: .warning, title: "list_old_title", message: "list_old_body \(spell(asOf))")
        } else if age.isConnecting, age.asOf != nil {
            ProgressView("list_connecting")
        }
    }
}

/// A serial as a person compares it: by fours. What is copied has no gaps. Hyphens part it already, and what stands
/// between them is taken in at a glance up to six characters.
func grouped(_ serial: String) -> String {
    serial.split(separator: "-", omittingEmptySubsequences: false)
        .map { $0.count <= 6 ? String($0) : fours($0) }
        .joined(separator: "-")
}

private func fours(_ part: Substring) -> String {
    stride(from: 0, to: part.count, by: 4)
        .map { String(part.dropFirst($0).prefix(4)) }
        .joined(separator: "\u{2009}")
}

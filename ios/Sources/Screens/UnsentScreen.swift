import Bridge
import SwiftUI

/// On top of the first screen: something was not sent when an access ended. Also where nobody is signed in: an installer's
/// customer app is theirs, and mostly has no account of its own.
struct UnsentNotice: View {
    let unsent: [UnsentAct]
    @Binding var path: [AppRoute]

    var body: some View {
        if !unsent.isEmpty {
            Button {
                path.append(.unsent)
            } label: {
                Notice(tone: .warning, title: "unsent_title")
            }
        }
    }
}

/// What was not added in customers' accounts, until the person has noted it.
struct UnsentScreen: View {
    let model: ActingModel
    @Environment(\.dismiss) private var dismiss

    var body: some View {
        Page("unsent_title") {
            Text("unsent_body").foregroundStyle(.secondary)
            ForEach(model.unsent, id: \.self) { Text("unsent_device \($0.name) \(grouped($0.serial)) \($0.subject.fullName)") }
            ProblemNotice(problem: model.problem)
        } action: {
            PrimaryButton("unsent_forget") { if await model.forgetUnsent() { dismiss() } }
        }
    }
}

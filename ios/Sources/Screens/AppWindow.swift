import Bridge
import SwiftUI

/// An app's window: opens the core once, then shows its screens, and tells the core when the app comes and goes.
public struct AppWindow: View {
    let kind: AppKind
    let phone: PhoneParts
    let opening: OneCore
    @Environment(\.scenePhase) private var phase
    @State private var core: OpenCore?
    @State private var problem: PorchlightError?

    public init(kind: AppKind, phone: PhoneParts, core: OneCore) {
        (self.kind, self.phone, opening) = (kind, phone, core)
    }

    public var body: some View {
        Group {
            if let core {
                RootScreen(core: core, kind: kind, phone: phone)
            } else if problem != nil {
                Page("app_name") {
                    ProblemNotice(problem: problem)
                } action: {
                    PrimaryButton("remedy_try_again") { await openOnce() }
                }
            } else {
                WaitingScreen()
            }
        }
        .task { await openOnce() }
        .onChange(of: phase, initial: true) { _, phase in tell(phase) }
    }

    private func openOnce() async {
        guard core == nil else { return }
        problem = nil
        do {
            core = try await opening.opened()
        } catch let failed as PorchlightError {
            problem = failed
        } catch {
            assertionFailure("the core throws PorchlightError only: \(error)")
        }
    }

    private func tell(_ phase: ScenePhase) {
        switch phase {
        case .active: opening.shows(true)
        case .background:
            opening.shows(false)
            askForWork(.now)
        default: break
        }
    }
}

import Bridge
import SwiftUI

/// An app's window: opens the core once, then shows its screens, and tells the core when the app comes and goes.
public struct AppWindow: View {
    let kind: AppKind
    let camera: any CameraSource
    let opening: OneCore
    @Environment(\.scenePhase) private var phase
    @State private var core: OpenCore?
    @State private var problem: PorchlightError?

    public init(kind: AppKind, camera: any CameraSource, core: OneCore) {
        (self.kind, self.camera, opening) = (kind, camera, core)
    }

    public var body: some View {
        Group {
            if let core {
                RootScreen(core: core, kind: kind, camera: camera)
            } else if let problem {
                ProblemNotice(problem: problem)
            } else {
                WaitingScreen()
            }
        }
        .task { await openOnce() }
        .onChange(of: phase) { _, phase in Task { await tell(phase) } }
    }

    private func openOnce() async {
        guard core == nil else { return }
        do {
            core = try await opening.opened()
        } catch let failed as PorchlightError {
            problem = failed
        } catch {
            assertionFailure("the core throws PorchlightError only: \(error)")
        }
    }

    /// What goes wrong here is in the core's report; the next time comes with the next screen.
    private func tell(_ phase: ScenePhase) async {
        switch phase {
        case .active: try? await core?.porchlight.enteredForeground()
        case .background:
            try? await core?.porchlight.enteredBackground()
            askForWork(.now)
        default: break
        }
    }
}

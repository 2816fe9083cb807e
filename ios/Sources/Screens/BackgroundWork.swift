// Checked on Apple only: the system's task that lets the core send what it owes when the app is not on the screen.
import Bridge
import SwiftUI

#if os(iOS)
    import BackgroundTasks

    /// Stands in the app's Info.plist too (App/project.yml).
    private let task = "io.porchlight.work"

    /// The system gives such a task about half a minute.
    private let deadline: TimeInterval = 20

    /// Asks the system for a piece of work, in place of what was asked before; when it comes is the system's choice.
    func askForWork(_ begin: Date) {
        let request = BGAppRefreshTaskRequest(identifier: task)
        request.earliestBeginDate = begin
        // Refused where the person has switched this off: then opening the app sends.
        try? BGTaskScheduler.shared.submit(request)
    }

    extension Scene {
        public func worksInBackground(_ core: OneCore) -> some Scene {
            backgroundTask(.appRefresh(task)) {
                if let next = await core.work(within: deadline) { await askForWork(next) }
            }
        }
    }
#else
    func askForWork(_ begin: Date) {}

    extension Scene {
        public func worksInBackground(_ core: OneCore) -> some Scene { self }
    }
#endif

// Checked on Apple only: opens links in our other app and nowhere else.
import Foundation
import PorchlightCore

#if canImport(UIKit)
    import UIKit

    /// Universal links only: a browser never sees one.
    public final class PhoneLinks: LinkOpener {
        public init() {}

        /// Called on a thread of the core that may block; the system answers on the main one.
        public func openLink(link: String) throws {
            guard let url = URL(string: link) else { throw LinkError.Broken }
            let answered = DispatchSemaphore(value: 0)
            let opened = Opened()
            Task { @MainActor in
                opened.value = await UIApplication.shared.open(url, options: [.universalLinksOnly: true])
                answered.signal()
            }
            answered.wait()
            if !opened.value { throw LinkError.AppMissing }
        }

        /// Written before the signal, read after it.
        private final class Opened: @unchecked Sendable { var value = false }
    }
#else
    /// No other app is here.
    public final class PhoneLinks: LinkOpener {
        public init() {}

        public func openLink(link: String) throws { throw LinkError.AppMissing }
    }
#endif

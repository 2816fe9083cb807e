// Checked on Apple only: clocks and network of the phone.
#if canImport(Security)
    import Darwin
    import Foundation
    import Network
    import PorchlightCore

    final class PhoneClock: PorchlightCore.Clock {
        func wallTime() -> Date { Date() }

        /// `mach_continuous_time` runs on in sleep.
        func elapsed() -> TimeInterval {
            var base = mach_timebase_info_data_t()
            mach_timebase_info(&base)
            return TimeInterval(mach_continuous_time()) * TimeInterval(base.numer) / TimeInterval(base.denom) / 1e9
        }

        func bootId() -> String {
            // Another one with every start, whatever a person does to the clock.
            var (name, size) = ([CChar](repeating: 0, count: 64), 64)
            sysctlbyname("kern.bootsessionuuid", &name, &size, nil, 0)
            return String(cString: name)
        }
    }

    final class PhoneConnectivity: Connectivity, @unchecked Sendable {
        private let monitor = NWPathMonitor()
        private let lock = NSLock()
        private var onChange: (@Sendable () -> Void)?

        init() {
            monitor.pathUpdateHandler = { [weak self] _ in self?.tell() }
            monitor.start(queue: .global(qos: .utility))
        }

        /// Hears of every change of the network from now on.
        func changes(_ hear: @escaping @Sendable () -> Void) { lock.withLock { onChange = hear } }

        deinit { monitor.cancel() }

        /// Never under the lock: the listener is the core.
        private func tell() { lock.withLock { onChange }?() }

        func isOnline() -> Bool { monitor.currentPath.status != .unsatisfied }
    }
#endif

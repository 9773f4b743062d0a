import Foundation
import Glibc
import Synchronization

/// Ctrl-C and SIGTERM: the first asks the run to save itself and end, the second ends it at once.
public enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// The signal that asked for the end; nil if none did.
    public static var signal: Int32? {
        let value = received.load(ordering: .relaxed)
        return value == 0 ? nil : value
    }

    /// Takes over both signals for the rest of the process. Call it before the first kernel: threads
    /// started later inherit that the signals are blocked.
    ///
    /// A thread of their own waits for them. No handler ever runs on a thread that computes: some of the
    /// libraries' generated code keeps data where the kernel would put a handler's frame.
    public static func watch() {
        var both = sigset_t()
        sigemptyset(&both)
        sigaddset(&both, SIGINT)
        sigaddset(&both, SIGTERM)
        pthread_sigmask(SIG_BLOCK, &both, nil)
        let waiting = Thread {
            while true {
                var both = sigset_t()
                sigemptyset(&both)
                sigaddset(&both, SIGINT)
                sigaddset(&both, SIGTERM)
                var number: Int32 = 0
                if sigwait(&both, &number) != 0 { continue }
                if received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
            }
        }
        waiting.start()
    }
}

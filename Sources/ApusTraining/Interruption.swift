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

    /// Takes over both signals for the rest of the process.
    public static func watch() {
        _ = received.load(ordering: .relaxed)  // makes the variable before a handler needs it
        var both = sigset_t()
        sigemptyset(&both)
        for number in [SIGINT, SIGTERM] {
            sigaddset(&both, number)
            Glibc.signal(number) { number in
                if Interruption.received.exchange(number, ordering: .relaxed) != 0 { _exit(128 + number) }
            }
        }
        // A parent that started this process from a thread with signals blocked passed that on.
        pthread_sigmask(SIG_UNBLOCK, &both, nil)
    }
}

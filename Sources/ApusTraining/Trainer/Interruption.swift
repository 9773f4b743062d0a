import Foundation
import Glibc
import Synchronization

/// Ctrl-C, SIGTERM and a closed terminal (SIGHUP): the first asks the run to save itself and end, the second
/// ends it at once. SIGHUP is never the second: who closes a terminal sends it several times.
public enum Interruption {
    private static let received = Atomic<Int32>(0)

    /// The signal that asked for the end; nil if none did.
    public static var signal: Int32? {
        let value = received.load(ordering: .relaxed)
        return value == 0 ? nil : value
    }

    /// Takes over these signals for the rest of the process. Call it before the first kernel: threads
    /// started later inherit that the signals are blocked.
    ///
    /// A thread of their own waits for them. No handler ever runs on a thread that computes: some of the
    /// libraries' generated code keeps data where the kernel would put a handler's frame.
    ///
    /// - Parameter isRank: also take SIGUSR2 for a Ctrl-C: launchers of several processes hand it on.
    public static func watch(isRank: Bool = false) {
        var watched = signals
        if isRank { sigaddset(&watched, SIGUSR2) }
        pthread_sigmask(SIG_BLOCK, &watched, nil)
        let waiting = Thread { [watched] in
            while true {
                var set = watched
                var number: Int32 = 0
                if sigwait(&set, &number) != 0 { continue }
                if number == SIGUSR2 { number = SIGINT }
                if number == SIGHUP {
                    _ = received.compareExchange(expected: 0, desired: number, ordering: .relaxed)
                } else if received.exchange(number, ordering: .relaxed) != 0 {
                    _exit(128 + number)
                }
            }
        }
        waiting.start()
    }

    /// SIGHUP is not among them where it is ignored: nohup wants the run to go on.
    private static var signals: sigset_t {
        var set = sigset_t()
        sigemptyset(&set)
        sigaddset(&set, SIGINT)
        sigaddset(&set, SIGTERM)
        var hangup = sigaction()
        sigaction(SIGHUP, nil, &hangup)
        let isIgnored =
            unsafeBitCast(hangup.__sigaction_handler.sa_handler, to: Int.self)
            == unsafeBitCast(SIG_IGN, to: Int.self)
        if !isIgnored { sigaddset(&set, SIGHUP) }
        return set
    }
}

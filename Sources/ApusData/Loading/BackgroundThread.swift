import ApusCore
import Glibc

/// A thread that runs one function to its end.
///
/// A thread of its own, not a task: the function blocks, which the shared pool of tasks must not.
final class BackgroundThread: Sendable {
    private let handle: pthread_t

    private final class Body {
        let run: @Sendable () -> Void
        init(_ run: @escaping @Sendable () -> Void) { self.run = run }
    }

    init(_ run: @escaping @Sendable () -> Void) {
        let body = Unmanaged.passRetained(Body(run))
        // Signals are for the thread that handles them: a new thread starts with all of them blocked.
        var all = sigset_t()
        var previous = sigset_t()
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &previous)
        var thread = pthread_t()
        let status = pthread_create(
            &thread, nil,
            { context in
                Unmanaged<Body>.fromOpaque(context!).takeRetainedValue().run()
                return nil
            }, body.toOpaque())
        pthread_sigmask(SIG_SETMASK, &previous, nil)
        if status != 0 {
            Memory.exhausted(
                "BackgroundThread", "no thread can be started: \(String(cString: strerror(status)))")
        }
        handle = thread
    }

    /// Waits for the function's end.
    deinit { pthread_join(handle, nil) }
}

import COpenMP
import Glibc
import Synchronization

extension Parallel {
    /// The most threads that may be asked for: more than make sense on any machine of today, and at least this one's
    /// cores.
    package static let mostThreads = max(1024, Int(sysconf(Int32(_SC_NPROCESSORS_ONLN))))

    /// Starts a pool of `wanted` threads after making sure that the system grants them: libgomp would end the program
    /// where it does not. If the system refuses, `threadCount` stays as it was.
    package static func start(_ wanted: Int) throws(ThreadsRefused) {
        guard wanted <= mostThreads else {
            throw ThreadsRefused(wanted: wanted, given: mostThreads, code: EAGAIN)
        }
        if wanted == 1 || omp_in_parallel() != 0 {
            threadCount = wanted
            return
        }
        // The threads of the pool, and two more: one that reads data and one that waits for signals.
        try probe(wanted + 1)
        threadCount = wanted
        GOMP_parallel({ _ in }, nil, UInt32(wanted), 0)
    }

    /// Starts as many threads, all alive at once, and ends them.
    private static func probe(_ count: Int) throws(ThreadsRefused) {
        let gate = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
        defer { gate.deallocate() }
        gate.initialize(to: pthread_mutex_t())
        pthread_mutex_init(gate, nil)
        pthread_mutex_lock(gate)
        // A new thread starts with its maker's signals blocked: these handle none.
        var (all, before) = (sigset_t(), sigset_t())
        sigfillset(&all)
        pthread_sigmask(SIG_SETMASK, &all, &before)
        var threads: [pthread_t] = []
        var code: Int32 = 0
        while threads.count < count && code == 0 {
            var thread = pthread_t()
            code = pthread_create(
                &thread, nil,
                { gate in
                    let gate = gate!.assumingMemoryBound(to: pthread_mutex_t.self)
                    pthread_mutex_lock(gate)
                    pthread_mutex_unlock(gate)
                    return nil
                }, gate)
            if code == 0 { threads.append(thread) }
        }
        pthread_mutex_unlock(gate)
        for thread in threads { pthread_join(thread, nil) }
        pthread_mutex_destroy(gate)
        pthread_sigmask(SIG_SETMASK, &before, nil)
        if code != 0 { throw ThreadsRefused(wanted: count - 1, given: max(0, threads.count - 1), code: code) }
    }
}

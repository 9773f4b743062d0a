import ApusKernels

/// How many threads the processor's kernels may use: `Apus.threads = 4`.
///
/// It holds for the whole program, from the next operation on, whichever thread or task computes it. At the start there is
/// one a core that the system gives the program, or as many as `OMP_NUM_THREADS` says. With 1, operations compute on the
/// thread that calls them. More than there are cores is seldom faster. While other programs keep cores busy, work is shared
/// among fewer. No result depends on it: the same seed gives the same bits on any number of threads.
///
/// A number below 1 or above 1024 (or all of the machine's cores, where those are more) stops the program, and so does one
/// that the system refuses.
public var threads: Int {
    get { Parallel.threadCount }
    set {
        guard (1...Threads.most).contains(newValue) else {
            fail("threads", "\(newValue) were asked for; there can be 1 to \(Threads.most)")
        }
        do { try Threads.start(newValue) } catch { fail("threads", "\(error)") }
    }
}

/// The threads that the processor's kernels share, for what the package computes itself.
package enum Threads {
    /// The most that can be asked for.
    package static var most: Int { Parallel.mostThreads }

    /// Starts as many, and uses them from now on; throws where the system refuses them, before work begins.
    package static func start(_ count: Int = Apus.threads) throws { try Parallel.start(count) }

    /// Whether all of them share the work even while other programs keep their cores busy: for tests of what several
    /// threads compute.
    package static var areAllUsed: Bool {
        get { Parallel.usesAllThreads }
        set { Parallel.usesAllThreads = newValue }
    }

    /// Calls `body` with each of 0 ..< count, on several threads where that pays.
    ///
    /// - Parameter cost: of one call, in elementary operations.
    package static func each(_ count: Int, cost: Int, _ body: (Int) -> Void) {
        Parallel.units(count, cost: cost, body)
    }
}

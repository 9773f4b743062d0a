import ApusKernels

/// The threads that the processor's kernels share, for what the package computes itself and for settings.
package enum Threads {
    /// How many there are.
    package static var count: Int {
        get { Parallel.threadCount }
        set { Parallel.threadCount = newValue }
    }

    /// The most that can be asked for.
    package static var most: Int { Parallel.mostThreads }

    /// Starts them, so that a system that refuses them says so before work begins.
    package static func start() throws { try Parallel.start() }

    /// Calls `body` with each of 0 ..< count, on several threads where that pays.
    ///
    /// - Parameter cost: of one call, in elementary operations.
    package static func each(_ count: Int, cost: Int, _ body: (Int) -> Void) {
        Parallel.units(count, cost: cost, body)
    }
}

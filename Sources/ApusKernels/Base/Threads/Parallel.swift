import COpenMP
import CProcessor
import Synchronization

/// The one thread pool: libgomp's, which oneDNN and OpenBLAS use too. Two pools on the same cores
/// would fight.
///
/// A kernel flushes denormal numbers to zero, on whichever thread it runs; the mode of the calling thread
/// is as before when it returns.
@usableFromInline package enum Parallel {
    /// What OpenMP has at the start: one a core, or `OMP_NUM_THREADS`.
    private static let initialCount = Int(omp_get_max_threads())
    /// The number of threads that was set; 0 until one is.
    private static let chosenCount = Atomic(0)

    /// The number of threads that a kernel may use; it holds for the whole program. Another thread may change it at any
    /// moment: code that needs the same number twice must read it once.
    @usableFromInline
    package static var threadCount: Int {
        get {
            let chosen = chosenCount.load(ordering: .relaxed)
            return chosen == 0 ? initialCount : chosen
        }
        set { chosenCount.store(max(1, newValue), ordering: .relaxed) }
    }

    private static let crowding = Crowding()

    /// Whether work is shared among all threads even while other programs keep their cores busy: for tests of what
    /// several threads compute.
    package static var usesAllThreads: Bool {
        get { crowding.isIgnored }
        set { crowding.isIgnored = newValue }
    }

    /// The number of threads that it pays to share work among now: fewer than `threadCount` on a crowded machine.
    @usableFromInline
    package static var usefulThreadCount: Int { crowding.threads(of: threadCount) }

    /// Runs `body`, in which libraries start `count` threads: they take OpenMP's number for the calling thread. Within
    /// a parallel region they start none.
    @inlinable @inline(__always)
    package static func withLibraryThreads<R>(_ count: Int, _ body: () throws -> R) rethrows -> R {
        let before = omp_get_max_threads()
        if before == count || omp_in_parallel() != 0 { return try body() }
        // OpenMP's initial number must be read before it is changed.
        _ = threadCount
        omp_set_num_threads(Int32(count))
        defer { omp_set_num_threads(before) }
        return try body()
    }

    /// Calls `body` with ranges that together cover `0..<count`, on as many threads as are worth it:
    /// each gets at least `grain` elements, and ranges begin at multiples of 64.
    ///
    /// Which range goes where depends on the number of threads, so `body` must give each element the
    /// same value in any range.
    @usableFromInline @inline(never)
    package static func ranges(_ count: Int, grain: Int, _ body: (Range<Int>) -> Void) {
        if count <= grain {
            let mode = apus_flush_denormals()
            defer { apus_restore_denormals(mode) }
            if count > 0 { body(0..<count) }
            return
        }
        let parts = min((count + grain - 1) / grain, usefulThreadCount)
        if parts == 1 || omp_in_parallel() != 0 {
            let mode = apus_flush_denormals()
            defer { apus_restore_denormals(mode) }
            body(0..<count)
            return
        }
        let step = ((count + parts - 1) / parts + 63) & ~63
        run(parts) { part in
            let start = part * step
            if start < count { body(start..<min(start + step, count)) }
        }
    }

    /// Calls `body` once for each of `0..<count`, spread over the threads in contiguous runs.
    ///
    /// For units of work that must not depend on the number of threads, such as the fixed chunks of
    /// a sum. `cost` is the number of elements one unit stands for.
    @inlinable @inline(__always)
    package static func units(_ count: Int, cost: Int, _ body: (Int) -> Void) {
        // The loop belongs to the caller's module, where short units are inlined into it.
        runs(count, cost: cost) { run in
            for unit in run { body(unit) }
        }
    }

    /// Calls `body` with a run of `0..<count` for each thread: `units` a run at a time.
    @usableFromInline @inline(never)
    package static func runs(_ count: Int, cost: Int, _ body: (Range<Int>) -> Void) {
        let parts = min(count, usefulThreadCount, max(1, count * max(cost, 1) / 16_384))
        if parts <= 1 || omp_in_parallel() != 0 {
            let mode = apus_flush_denormals()
            defer { apus_restore_denormals(mode) }
            body(0..<max(count, 0))
            return
        }
        run(parts) { part in body((count * part / parts)..<(count * (part + 1) / parts)) }
    }

    /// Like `units`, but a thread that has finished its run goes on with what is left of the others'. For long units of
    /// work where cores are not equally fast, such as those that share an arithmetic unit with another core.
    @usableFromInline @inline(never)
    package static func tasks(_ count: Int, cost: Int, _ body: (Int) -> Void) {
        let parts = min(count, usefulThreadCount, max(1, count * max(cost, 1) / 16_384))
        if parts <= 1 || omp_in_parallel() != 0 {
            return runs(count, cost: 0) { for unit in $0 { body(unit) } }
        }
        let next = UnsafeMutablePointer<Atomic<Int>>.allocate(capacity: parts)
        for part in 0..<parts { (next + part).initialize(to: Atomic(count * part / parts)) }
        run(parts) { thread in
            for turn in 0..<parts {
                let part = (thread + turn) % parts
                while true {
                    let unit = next[part].wrappingAdd(1, ordering: .relaxed).oldValue
                    if unit >= count * (part + 1) / parts { break }
                    body(unit)
                }
            }
        }
        next.deinitialize(count: parts)
        next.deallocate()
    }

    /// Into how many shares each of `units` units is to be cut so that all threads get the same number: 1 where they do anyway.
    package static func evenShares(of units: Int) -> Int {
        let threads = usefulThreadCount
        return (1...threads).first { units * $0 % threads == 0 }!
    }

    private struct Region {
        let parts: Int
        let start: UInt64
        let body: (Int) -> Void
    }

    private static func run(_ parts: Int, _ body: (Int) -> Void) {
        withoutActuallyEscaping(body) { body in
            withUnsafePointer(to: Region(parts: parts, start: Crowding.now, body: body)) { region in
                apus_ordering_before(region)
                GOMP_parallel(
                    { context in
                        apus_ordering_after(context!)
                        let mode = apus_flush_denormals()
                        defer { apus_restore_denormals(mode) }
                        let region = context!.assumingMemoryBound(to: Region.self)
                        // There may be fewer threads than were asked for: OMP_THREAD_LIMIT, OMP_DYNAMIC.
                        var part = Int(omp_get_thread_num())
                        if part > 0 {
                            Parallel.crowding.began(workOf: region.pointee.start, Parallel.threadCount)
                        }
                        while part < region.pointee.parts {
                            region.pointee.body(part)
                            part += Int(omp_get_num_threads())
                        }
                        apus_ordering_before(context!)
                    }, UnsafeMutableRawPointer(mutating: region), UInt32(parts), 0)
                apus_ordering_after(region)
            }
        }
    }
}

import Apus
import Foundation

private let oneAtATime = NSRecursiveLock()

/// Runs `body` with so many threads, on a crowded machine too. One call at a time: the number is the whole program's, and tests run side by side.
package func withThreads<Result>(_ count: Int, _ body: () throws -> Result) rethrows -> Result {
    oneAtATime.lock()
    defer { oneAtATime.unlock() }
    let before = Apus.threads
    defer {
        Apus.threads = before
        Threads.areAllUsed = false
    }
    Apus.threads = count
    Threads.areAllUsed = true
    return try body()
}

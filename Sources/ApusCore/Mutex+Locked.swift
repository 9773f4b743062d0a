public import CProcessor
public import Synchronization

extension Mutex where Value: ~Copyable {
    /// `withLock`, but that the thread sanitizer, which knows nothing of Swift's locks, is told of it.
    @inlinable
    package borrowing func locked<Result: ~Copyable, E: Error>(
        _ body: (inout sending Value) throws(E) -> sending Result
    ) throws(E) -> sending Result {
        try withLock { (value: inout sending Value) throws(E) -> sending Result in
            withUnsafePointer(to: &value) { apus_ordering_after($0) }
            defer { withUnsafePointer(to: &value) { apus_ordering_before($0) } }
            return try body(&value)
        }
    }
}

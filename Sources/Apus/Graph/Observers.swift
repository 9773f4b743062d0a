import Synchronization

/// How many look at the operations that are called: tasks that trace, cast or search for NaN, and tensors of other devices
/// than the processor. Where there are none, that is all an operation has to ask.
enum Observers {
    private static let users = Atomic(0)

    @inline(__always)
    static var areNone: Bool { users.load(ordering: .relaxed) == 0 }

    /// Somebody who looks until `remove`: a tensor in another memory than the processor's.
    static func add() { users.add(1, ordering: .relaxed) }
    static func remove() { users.subtract(1, ordering: .relaxed) }

    static func during<R>(_ body: () throws -> R) rethrows -> R {
        users.add(1, ordering: .relaxed)
        defer { users.subtract(1, ordering: .relaxed) }
        return try body()
    }
}

import Synchronization

/// How many look at the operations that are called: tasks that trace, cast or search for NaN, and tensors of other devices
/// than the processor. Where there are none, that is all an operation has to ask.
enum Observers {
    private static let users = Atomic(0)

    @inline(__always)
    static var areNone: Bool { users.load(ordering: .relaxed) == 0 }

    /// Whether none looks at what the current task does in the processor's memory: others may be looked at.
    static var areNoneHere: Bool {
        areNone
            || (Trace.current == nil && Autocast.current == nil && !NaNCheck.isOn
                && CurrentDevice.value == .cpu)
    }

    /// Somebody who looks until `remove`: a tensor in another memory than the processor's.
    static func add() { users.add(1, ordering: .relaxed) }
    static func remove() { users.subtract(1, ordering: .relaxed) }

    static func during<R>(_ body: () throws -> R) rethrows -> R {
        users.add(1, ordering: .relaxed)
        defer { users.subtract(1, ordering: .relaxed) }
        return try body()
    }
}

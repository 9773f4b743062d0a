import Synchronization

/// How many tasks look at the operations that are called: by a trace, or for the first NaN. Where it is none, that is
/// all an operation has to ask.
enum Observers {
    private static let users = Atomic(0)

    @inline(__always)
    static var areNone: Bool { users.load(ordering: .relaxed) == 0 }

    static func during<R>(_ body: () throws -> R) rethrows -> R {
        users.add(1, ordering: .relaxed)
        defer { users.subtract(1, ordering: .relaxed) }
        return try body()
    }
}

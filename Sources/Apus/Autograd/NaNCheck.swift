import Synchronization

/// The mode that names the operation in which a NaN first appeared.
enum NaNCheck {
    @TaskLocal static var isOn = false
    /// How many tasks use the mode: spares every operation the task-local read where none does.
    static let users = Atomic(0)

    static func inspect(_ operation: String, _ result: Tensor) {
        guard users.load(ordering: .relaxed) > 0, isOn, result.dtype.isDifferentiable else { return }
        let hasNaN = NaNCheck.$isOn.withValue(false) { result.detach().isNaN().any().item(as: Bool.self) }
        if hasNaN {
            fail(operation, "a NaN first appeared in its result of shape \(result.shape), \(result.dtype)")
        }
    }
}

/// Runs `body` and traps at the first operation, forward or backward, whose result holds a NaN,
/// naming it. Slow: for finding the place, not for training.
public func detectingNaN<R>(_ body: () throws -> R) rethrows -> R {
    NaNCheck.users.add(1, ordering: .relaxed)
    defer { NaNCheck.users.subtract(1, ordering: .relaxed) }
    return try NaNCheck.$isOn.withValue(true, operation: body)
}

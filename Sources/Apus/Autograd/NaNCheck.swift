/// The mode that names the operation in which a NaN first appeared.
enum NaNCheck {
    @TaskLocal static var isOn = false

    /// Runs `body` without the check: what an operation calls to compute its values.
    @inline(__always)
    static func pausing<R>(_ body: () throws -> R) rethrows -> R {
        if Observers.areNone || !isOn { return try body() }
        return try NaNCheck.$isOn.withValue(false, operation: body)
    }

    static func inspect(_ operation: String, _ result: Tensor) {
        if Observers.areNone { return }
        guard isOn, result.dtype.isDifferentiable else { return }
        let hasNaN = pausing {
            Trace.pausing { result.detach().isNaN().any().item(as: Bool.self) }
        }
        if hasNaN {
            fail(operation, "a NaN first appeared in its result of shape \(result.shape), \(result.dtype)")
        }
    }
}

/// Runs `body` and traps at the first operation, forward or backward, whose result holds a NaN,
/// naming it. Slow: for finding the operation, not for training.
public func withNaNCheck<R>(_ body: () throws -> R) rethrows -> R {
    try Observers.during { try NaNCheck.$isOn.withValue(true, operation: body) }
}

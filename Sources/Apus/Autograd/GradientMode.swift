/// Whether operations record what gradients need, in the current task.
enum GradientMode: Sendable {
    case recording
    case off
    /// Off, and asking for gradients inside is a mistake.
    case inference

    @TaskLocal static var current = GradientMode.recording
}

/// Runs `body` without recording operations: its results have no history.
public func withoutGradient<R>(_ body: () throws -> R) rethrows -> R {
    try GradientMode.$current.withValue(.off, operation: body)
}

/// Runs `body` with recording on, inside `withoutGradient`.
public func withGradient<R>(_ body: () throws -> R) rethrows -> R {
    if GradientMode.current == .inference {
        fail("withGradient", "gradients cannot be recorded in inference mode")
    }
    return try GradientMode.$current.withValue(.recording, operation: body)
}

/// Runs `body` for its values only: nothing is recorded, and asking for a gradient inside traps.
public func withInferenceMode<R>(_ body: () throws -> R) rethrows -> R {
    try GradientMode.$current.withValue(.inference, operation: body)
}

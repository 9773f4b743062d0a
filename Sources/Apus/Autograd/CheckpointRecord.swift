import Synchronization

/// The random numbers that a checkpoint draws: written down the first time, and repeated the second.
package final class CheckpointRecord: Sendable {
    @TaskLocal package static var current: CheckpointRecord?

    /// Whether the current task computes something for the second time, which must not count twice.
    package static var isRepeating: Bool { current?.isSecondTime ?? false }

    private struct Progress {
        var states: [RandomGenerator.State]
        var next = 0
    }

    private let outer: CheckpointRecord?
    private let isRepeated: Bool
    private let progress: Mutex<Progress>

    /// - Parameter outer: the record of the checkpoint around this one.
    init(within outer: CheckpointRecord?) {
        self.outer = outer
        isRepeated = false
        progress = Mutex(Progress(states: []))
    }

    init(repeating states: [RandomGenerator.State]) {
        outer = nil
        isRepeated = true
        progress = Mutex(Progress(states: states))
    }

    /// Where each draw began, in turn.
    var states: [RandomGenerator.State] { progress.locked { $0.states } }

    private var isSecondTime: Bool { isRepeated || outer?.isSecondTime ?? false }

    /// Where a draw begins.
    ///
    /// - Parameter fresh: takes it from the generator.
    func state(_ fresh: () -> RandomGenerator.State) -> RandomGenerator.State {
        if isRepeated {
            return progress.locked { progress in
                if progress.next == progress.states.count {
                    fail("checkpoint", "more random numbers are drawn the second time")
                }
                defer { progress.next += 1 }
                return progress.states[progress.next]
            }
        }
        let state = outer?.state(fresh) ?? fresh()
        progress.locked { $0.states.append(state) }
        return state
    }
}

import Synchronization

/// The random numbers that a checkpoint draws: written down the first time, and repeated the second.
package final class CheckpointRecord: Sendable {
    @TaskLocal package static var current: CheckpointRecord?

    /// Whether the current task computes something for the second time, which must not count twice.
    package static var isRepeating: Bool { current?.isSecondTime ?? false }

    private struct Progress {
        var draws: [RandomStretch]
        var next = 0
    }

    private let outer: CheckpointRecord?
    private let isRepeated: Bool
    private let progress: Mutex<Progress>

    /// - Parameter outer: the record of the checkpoint around this one.
    init(within outer: CheckpointRecord?) {
        self.outer = outer
        isRepeated = false
        progress = Mutex(Progress(draws: []))
    }

    init(repeating draws: [RandomStretch]) {
        outer = nil
        isRepeated = true
        progress = Mutex(Progress(draws: draws))
    }

    /// What each draw took, in turn.
    var draws: [RandomStretch] { progress.locked { $0.draws } }

    private var isSecondTime: Bool { isRepeated || outer?.isSecondTime ?? false }

    /// What a draw takes.
    ///
    /// - Parameter fresh: takes it from the generator.
    func stretch(_ fresh: () -> RandomStretch) -> RandomStretch {
        if isRepeated {
            return progress.locked { progress in
                if progress.next == progress.draws.count {
                    fail("checkpoint", "more random numbers are drawn the second time")
                }
                defer { progress.next += 1 }
                return progress.draws[progress.next]
            }
        }
        let draw = outer?.stretch(fresh) ?? fresh()
        progress.locked { $0.draws.append(draw) }
        return draw
    }
}

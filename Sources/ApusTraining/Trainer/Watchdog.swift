import ApusDistributed
import Foundation
import Synchronization

/// Tells when one of several processes gets no further, and ends all of them where that lasts: each waits for the others, and would
/// for ever.
final class Watchdog: Sendable {
    private struct State {
        var since = ContinuousClock.now
        var place = "its beginning"
        var hasWarned = false
        var isOver = false
    }
    private let state = Mutex(State())

    /// - Parameters:
    ///   - warning: seconds without progress until a line says so.
    ///   - timeout: seconds until all processes end, with the status 124.
    init(_ group: any ProcessGroup, warning: Double = 60, timeout: Double) {
        let warning = min(warning, timeout)
        let thread = Thread { [weak self] in
            while true {
                Thread.sleep(forTimeInterval: min(1, warning / 4))
                guard let self, let (seconds, place) = self.standstill(warning, timeout) else {
                    if self?.isOver ?? true { return }
                    continue
                }
                let line = "process \(group.rank): no progress for \(Int(seconds)) s, since \(place)"
                StandardOutput.writeError("apus: \(line)")
                if seconds >= timeout { group.abort(code: 124) }
            }
        }
        thread.start()
    }

    deinit { end() }

    /// A step or a batch of an evaluation is done.
    func progress(_ place: @autoclosure () -> String) {
        state.locked { $0 = State(place: place()) }
    }

    /// There is nothing to wait for any more.
    func end() { state.locked { $0.isOver = true } }

    private var isOver: Bool { state.locked { $0.isOver } }

    /// How long there has been no progress since where, when that is to be said.
    private func standstill(_ warning: Double, _ timeout: Double) -> (Double, String)? {
        state.locked { state in
            let seconds = state.since.duration(to: .now) / .seconds(1)
            if state.isOver || seconds < warning || state.hasWarned && seconds < timeout { return nil }
            state.hasWarned = true
            return (seconds, state.place)
        }
    }
}

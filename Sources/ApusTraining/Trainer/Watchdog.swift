import ApusDistributed
import Foundation
import Synchronization

/// Tells when one of several processes gets no further, and ends all of them where that lasts: each waits for the others, and would
/// for ever.
///
/// Each process has one. Of those of a machine the first that waits for another says which; the others are silent, unless it does not
/// end them.
package final class Watchdog: Sendable {
    private struct State {
        var since = ContinuousClock.now
        var place: String
        var hasWarned = false
        var isOver = false
    }
    private let state: Mutex<State>
    private let rank: Int
    /// nil where processes do not know each other yet.
    private let group: (any ProcessGroup)?
    private let warning: Double
    private let timeout: Double

    /// What the line of a process ends with that ends all.
    package static let ending = "; all processes end (--timeout)"

    /// Seconds that a process which has nothing to say waits for one that has, until it ends all itself.
    private static let grace = 3.0

    /// Watches a group's processes.
    ///
    /// - Parameters:
    ///   - place: what they do first.
    ///   - warning: seconds without progress until a line says so.
    ///   - timeout: seconds until all processes end, with the status 124.
    convenience init(
        _ group: any ProcessGroup, at place: String, warning: Double = 60, timeout: Double
    ) {
        self.init(group.rank, group, place, warning, timeout)
    }

    /// Watches processes that are still to find each other.
    package convenience init(joining rank: Int, timeout: Double) {
        self.init(rank, nil, "the beginning: the processes have not found each other", 60, timeout)
    }

    private init(
        _ rank: Int, _ group: (any ProcessGroup)?, _ place: String, _ warning: Double, _ timeout: Double
    ) {
        (self.rank, self.group) = (rank, group)
        (self.warning, self.timeout) = (min(warning, timeout), timeout)
        state = Mutex(State(place: place))
        let pause = min(1, self.warning / 4)
        let thread = Thread { [weak self] in
            var last = ContinuousClock.now
            while true {
                Thread.sleep(forTimeInterval: pause)
                guard let self, !self.isOver else { return }
                let now = ContinuousClock.now
                // A process that was itself stopped, and goes on, cannot tell for how long others have been.
                if last.duration(to: now) > .seconds(pause + 1) { self.state.locked { $0.since = now } }
                last = now
                self.look()
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
    package func end() { state.locked { $0.isOver = true } }

    private var isOver: Bool { state.locked { $0.isOver } }

    private func look() {
        let (seconds, place, hasWarned) = state.locked {
            ($0.since.duration(to: .now) / .seconds(1), $0.place, $0.hasWarned)
        }
        if seconds < warning || isOver { return }
        let standstill = (group as? any TellsStandstill)?.standstill
        let who = (standstill?.late ?? []).map(String.init)
        let isSpeaker = rank == (who.isEmpty ? 0 : standstill!.speaker)
        // Who knows whom all wait for is to speak first, then the first process, then whoever is left.
        let patience = isSpeaker ? who.isEmpty ? Self.grace / 2 : 0 : Self.grace
        let whose = who.isEmpty ? "" : "process\(who.count > 1 ? "es" : "") \(who.joined(separator: ", ")): "
        let line = "apus: \(whose)no progress for \(Int(seconds)) s, since \(place)"
        if seconds >= timeout + patience {
            StandardOutput.writeError(line + Self.ending)
            if let group { group.abort(code: 124) }
            _exit(124)
        }
        if isSpeaker && !hasWarned && seconds < timeout {
            StandardOutput.writeError(line)
            state.locked { $0.hasWarned = true }
        }
    }
}

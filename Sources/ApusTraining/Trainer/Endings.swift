/// What asks a run to end after a step, of one process or of several together.
struct Endings {
    /// nil where none came.
    var signal: Int32?
    var isStopRequested: Bool
    var isTimeUp: Bool

    init(signal: Int32?, isStopRequested: Bool, isTimeUp: Bool) {
        (self.signal, self.isStopRequested, self.isTimeUp) = (signal, isStopRequested, isTimeUp)
    }

    /// Numbers that can be added up over processes.
    var flags: [Double] {
        [signal == nil ? 0 : 1, Double(signal ?? 0), isStopRequested ? 1 : 0, isTimeUp ? 1 : 0]
    }

    /// From such sums. Of different signals, whichever is their mean: one is as good as the other.
    init(flags: [Double]) {
        signal = flags[0] > 0 ? Int32(flags[1] / flags[0]) : nil
        (isStopRequested, isTimeUp) = (flags[2] > 0, flags[3] > 0)
    }

    /// nil where the run goes on.
    var outcome: TrainingOutcome? {
        if let signal { return .interrupted(signal: signal) }
        if isStopRequested { return .stopped }
        return isTimeUp ? .timeIsUp : nil
    }
}

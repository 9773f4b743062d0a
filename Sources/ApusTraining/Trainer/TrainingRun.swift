import ApusNN

/// A run of any model on any data: what `Trainer` is, whatever it trains.
public protocol TrainingRun: AnyObject {
    /// Where the run is kept; nil for one that is kept nowhere.
    var folder: RunFolder? { get }
    /// How the run goes through its data.
    var options: TrainingOptions { get }
    /// The model with its weights of the moment.
    var model: Module { get }
    /// Epochs finished, batches done in the one begun, and steps since the beginning.
    var position: TrainingPosition { get }
    /// What the evaluations so far came to, the oldest first.
    var records: [MetricsRecord] { get }
    /// Of `records`, the one that the best checkpoint is of; nil before the first.
    var best: MetricsRecord? { get }
    /// Trains to the end.
    func run() throws -> TrainingOutcome
    /// Ends the run after this step, saved so that it can go on.
    func requestStop()
}

/// Where a run is.
public struct TrainingPosition: Sendable, Equatable {
    /// Epochs finished.
    public var epoch = 0
    /// Batches done in the epoch after those.
    public var batch = 0
    /// Steps since the run's beginning.
    public var step = 0
}

/// How a run ended.
public enum TrainingOutcome: Sendable, Equatable {
    /// All epochs are done.
    case finished
    /// The run was over before; nothing was trained.
    case alreadyFinished
    /// `TrainingOptions.patience` was at its end: no evaluation was better than the one of this step.
    case stoppedEarly(bestStep: Int)
    /// The time budget was at its end; the run was saved, and can go on.
    case timeIsUp
    /// Somebody called `requestStop()`; the run was saved, and can go on.
    case stopped
    /// A signal asked for the end; the run was saved, and can go on.
    case interrupted(signal: Int32)
}

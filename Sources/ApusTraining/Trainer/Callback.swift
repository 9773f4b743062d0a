/// Is told what happens in a run, and may end it: for logs, pictures, and whatever else is done while a model learns.
///
/// A callback changes nothing of the run but by `requestStop()`, so a run goes on the same from a checkpoint, with or without
/// it. Each function does nothing unless it is written.
public protocol Callback: AnyObject {
    /// Before the first step, of a run that begins or goes on.
    func begins(_ run: any TrainingRun) throws
    /// After a step.
    ///
    /// - Parameter values: what the learner gave, `loss` among them.
    func stepEnded(_ values: Measurements, of run: any TrainingRun) throws
    /// After an evaluation.
    func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws
    /// The run has ended, in whichever way; not where an error ends it.
    func ends(_ outcome: TrainingOutcome, of run: any TrainingRun) throws
}

extension Callback {
    /// Does nothing.
    public func begins(_ run: any TrainingRun) throws {}
    /// Does nothing.
    public func stepEnded(_ values: Measurements, of run: any TrainingRun) throws {}
    /// Does nothing.
    public func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {}
    /// Does nothing.
    public func ends(_ outcome: TrainingOutcome, of run: any TrainingRun) throws {}
}

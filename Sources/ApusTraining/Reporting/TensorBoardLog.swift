import Apus
import ApusFormats
import ApusNN

/// Writes a run's numbers for TensorBoard, to the folder `tensorboard` in its own: `tensorboard --logdir runs` shows them.
///
/// Scalars are what evaluations measured, and the loss of single steps as `step/loss`. A run that goes on begins another file, as
/// TensorBoard expects.
public final class TensorBoardLog: Callback {
    private let everySteps: Int
    private let weights: Bool
    private var writer: TensorBoardWriter?

    /// - Parameters:
    ///   - everySteps: how often the loss of a step is written.
    ///   - weights: write a histogram of each parameter at each evaluation.
    public init(everySteps: Int = 50, weights: Bool = false) {
        if everySteps < 1 { fail("TensorBoardLog", "everySteps is \(everySteps); it must be 1 or more") }
        self.everySteps = everySteps
        self.weights = weights
    }

    /// Opens a file, and says in it what the run's options are.
    public func begins(_ run: any TrainingRun) throws {
        guard let folder = run.folder else { return }
        let writer = try TensorBoardWriter(folder: "\(folder.path)/tensorboard")
        let file = try MappedFile(folder.configuration)
        let text = withExtendedLifetime(file) { String(decoding: file.bytes, as: UTF8.self) }
        // Indented lines are shown as they are.
        let lines = text.split(separator: "\n").map { "    " + $0 }.joined(separator: "\n")
        try writer.text("settings", lines, step: run.position.step)
        self.writer = writer
    }

    /// Writes the loss of some of the steps.
    public func stepEnded(_ values: Measurements, of run: any TrainingRun) throws {
        guard run.position.step % everySteps == 0, let writer else { return }
        for (name, value) in values { try writer.scalar("step/\(name)", value, step: run.position.step) }
    }

    /// Writes what was measured.
    public func evaluated(_ record: MetricsRecord, isBest: Bool, of run: any TrainingRun) throws {
        guard let writer else { return }
        for (name, value) in record.values { try writer.scalar(name, value, step: record.step) }
        guard weights else { return }
        for (name, parameter) in run.model.namedParameters() where !parameter.value.dtype.isComplex {
            try writer.histogram("weights/\(name)", parameter.value, step: record.step)
        }
    }
}

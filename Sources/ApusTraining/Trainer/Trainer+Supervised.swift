import Apus
import ApusData
import ApusDistributed
import ApusNN
import ApusOptim
import Foundation

extension Trainer {
    /// Any learner, with batches of any kind.
    ///
    /// - Parameters:
    ///   - learner: what is trained, with all it takes.
    ///   - train: what it learns from.
    ///   - test: what it is evaluated on; nil is nothing.
    ///   - metrics: what is measured there besides the loss; the first one decides which checkpoint is the best, where
    ///     `TrainingOptions.monitor` names none.
    ///   - callbacks: are told what happens, in their order.
    ///   - folder: where the run is kept; nil keeps it nowhere.
    ///   - resuming: go on with the run that is in the folder, if there is one. false refuses a folder that holds a run.
    ///   - group: of the processes that train together, all of which make this trainer and run it: each does its share of every
    ///     batch. The first keeps the folder and speaks.
    /// - Throws: `TrainingError` for options that no run can have, a folder that is in use or holds another run; `FileError`
    ///   where the folder cannot be read or written.
    public convenience init(
        _ learner: L, train: BatchSource<L.Batch>, test: BatchSource<L.Batch>? = nil,
        options: TrainingOptions = TrainingOptions(), metrics: [any Metric] = [],
        callbacks: [any Callback] = [],
        in folder: String? = nil, resuming: Bool = false, progress: ProgressStyle = .auto,
        group: any ProcessGroup = SoloGroup()
    ) throws {
        let configuration = ModelConfiguration(model: learner.model.typeName, options: options)
        let session =
            try group.rank > 0
            ? nil : folder.map { try configuration.open(RunFolder($0), resuming: resuming) }
        try self.init(
            learner, train: train, test: test, options: options, metrics: metrics, callbacks: callbacks,
            session: session,
            metadata: ["apus.model": configuration.model], progress: progress, ranks: Ranks(group: group))
        // Weights that were drawn before the run began cannot be drawn again.
        try saveBeginning()
    }

    /// A model that learns from data sets by the gradient of a loss.
    ///
    /// - Parameters:
    ///   - model: what is trained.
    ///   - objective: from the model and a batch to the loss.
    ///   - train: the samples it learns from, in another order in each epoch.
    ///   - test: the samples it is evaluated on; nil is none.
    ///   - optimizer: of the model's parameters.
    ///   - schedule: of its learning rates, by steps; `TrainingOptions.stepCount` says how many there are.
    ///   - metrics: what is measured on the test samples besides the loss; the first one decides which checkpoint is the best,
    ///     where `TrainingOptions.monitor` names none.
    ///   - callbacks: are told what happens, in their order.
    ///   - folder: where the run is kept; nil keeps it nowhere.
    ///   - resuming: go on with the run that is in the folder, if there is one. false refuses a folder that holds a run.
    ///   - group: of the processes that train together, all of which make this trainer and run it: each does its share of every
    ///     batch. The first keeps the folder and speaks.
    /// - Throws: `TrainingError` for options that no run can have, a folder that is in use or holds another run; `FileError`
    ///   where the folder cannot be read or written.
    public convenience init<Model: Module, Train: Dataset, Test: Dataset>(
        _ model: Model, objective: Objective<Model, Train.Sample.Batch>, train: Train, test: Test?,
        optimizer: Optimizer, schedule: Schedule = .constant, options: TrainingOptions = TrainingOptions(),
        metrics: [any Metric] = [],
        callbacks: [any Callback] = [], in folder: String? = nil, resuming: Bool = false,
        progress: ProgressStyle = .auto, group: any ProcessGroup = SoloGroup()
    ) throws
    where
        L == SupervisedLearner<Model, Train.Sample.Batch>, Train.Sample: Collatable,
        Train.Sample.Batch: Batch,
        Test.Sample == Train.Sample
    {
        let test = test.map {
            BatchSource(
                DataLoader($0, batchSize: options.batchSize, sampler: .sequential)
                    as DataLoader<_, SampleError>)
        }
        try self.init(
            SupervisedLearner(model, objective, optimizer, schedule: schedule, options: options),
            train: BatchSource(
                DataLoader(train, batchSize: options.batchSize, seed: options.seed)
                    as DataLoader<_, SampleError>),
            test: test, options: options, metrics: metrics, callbacks: callbacks, in: folder,
            resuming: resuming,
            progress: progress, group: group)
    }
}

import Apus
import ApusData
import ApusFormats
import ApusNN
import ApusOptim
import Testing
import _ApusTestSupport

@testable import ApusTraining

@Suite struct CheckpointTests {
    let folder = TemporaryFolder()

    private func model() -> Sequential {
        Sequential(Linear(3, 2, using: RandomGenerator(seed: 1)), Linear(2, 1))
    }

    private func step(_ model: Sequential, _ optimizer: Optimizer) {
        optimizer.zeroGradients()
        model(.ones([2, 3])).square().sum().backward()
        optimizer.step()
    }

    private func learner(_ model: Sequential, _ optimizer: Optimizer) -> SupervisedLearner<
        Sequential, LabeledBatch
    > {
        SupervisedLearner(model, .classification, optimizer, options: TrainingOptions())
    }

    private func save(_ model: Sequential, _ optimizer: Optimizer, _ progress: RunProgress, to file: String)
        throws
    {
        try Checkpoint.save(
            model, learner(model, optimizer).stateDictionary(), progress, to: file, metadata: [:])
    }

    /// Adam's steps were one number for all parameters.
    @Test func checkpointsOfBeforeGoOnAlike() throws {
        let (model, file) = (model(), "\(folder.path)/last.safetensors")
        let adam = Adam(model.parameters(), learningRate: 0.1)
        for _ in 0..<3 { step(model, adam) }
        try save(model, adam, RunProgress(epoch: 1), to: file)
        let saved = try SafetensorsFile(file)
        var tensors = try Safetensors.load(file)
        #expect(tensors["training.optimizer.step"]?.array(of: Int.self) == [3, 3, 3, 3])
        tensors["training.optimizer.step"] = Tensor(3)
        try Safetensors.save(tensors, to: file, metadata: saved.metadata)
        for _ in 0..<3 { step(model, adam) }

        let resumed = self.model()
        let second = Adam(resumed.parameters(), learningRate: 0.1)
        #expect(try Checkpoint.load(file, into: learner(resumed, second)) == RunProgress(epoch: 1))
        for _ in 0..<3 { step(resumed, second) }
        let (found, expected) = (resumed.stateDictionary(), model.stateDictionary())
        #expect(
            found.mapValues { $0.array(of: Float.self) } == expected.mapValues { $0.array(of: Float.self) })
    }

    @Test func numbersOfStepsThatCannotBeAreOneLine() throws {
        let (model, file) = (model(), "\(folder.path)/bad.safetensors")
        let adam = Adam(model.parameters())
        step(model, adam)
        try save(model, adam, RunProgress(), to: file)
        let saved = try SafetensorsFile(file)
        for step in [
            Tensor(-1), Tensor(Int.max), Tensor(Float.nan), Tensor([1, 2]), .zeros([], dtype: .complex64),
        ] {
            var tensors = try Safetensors.load(file)
            tensors["training.optimizer.step"] = step
            try Safetensors.save(tensors, to: file, metadata: saved.metadata)
            let error = #expect(throws: TrainingError.self) {
                try Checkpoint.load(file, into: learner(model, adam))
            }
            #expect(error?.description.contains("step") == true && error?.description.contains("\n") == false)
        }
    }

    /// What no part of a learner would take is refused, and not passed over.
    @Test func namesThatNobodyAsksForAreRefused() throws {
        let (model, file) = (model(), "\(folder.path)/more.safetensors")
        let adam = Adam(model.parameters())
        step(model, adam)
        try save(model, adam, RunProgress(), to: file)
        let saved = try SafetensorsFile(file)
        for name in ["extra", "average.updates", "optimizer", "optimizer.extra", "schedule.best"] {
            var tensors = try Safetensors.load(file)
            tensors["training.\(name)"] = Tensor(1)
            try Safetensors.save(tensors, to: file + ".changed", metadata: saved.metadata)
            let error = #expect(throws: TrainingError.self, "\(name)") {
                try Checkpoint.load(file + ".changed", into: learner(model, adam))
            }
            #expect(error?.description.contains("unexpected") == true, "\(error.map { "\($0)" } ?? "")")
        }
        _ = try Checkpoint.load(file, into: learner(model, adam))
    }

    @Test func theBestWeightsAreFound() throws {
        let trained = model()
        let run = RunFolder("\(folder.path)/run")
        let trainer = try Trainer(
            learner(trained, SGD(trained.parameters(), learningRate: 0.1)),
            train: BatchSource(batchCount: 1, sampleCount: 2) { _, _ in
                { LabeledBatch(inputs: .ones([2, 3]), labels: Tensor([0, 0])) }
            }, options: TrainingOptions(epochs: 2), in: run.path, progress: .none)
        let other = model()
        // Before the first evaluation the last checkpoint is all there is.
        try run.loadBest(into: other)
        #expect(other.stateDictionary().keys == trained.stateDictionary().keys)
        try trainer.run()
        try run.loadBest(into: other)
        func values(_ model: Module) -> [String: [Float]] {
            model.stateDictionary().mapValues { $0.array(of: Float.self) }
        }
        #expect(values(other) == values(trained))
        #expect(throws: TrainingError.self) { try run.loadBest(into: Linear(3, 2)) }
        #expect(throws: FileError.self) { try RunFolder("\(folder.path)/none").loadBest(into: other) }

        try trained.save("\(folder.path)/weights.npz")
        let third = model()
        try third.load("\(folder.path)/weights.npz")
        #expect(values(third) == values(trained))
    }
}

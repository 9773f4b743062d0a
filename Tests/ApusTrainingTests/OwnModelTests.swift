import Apus
import ApusData
import ApusFormats
import ApusNN
import ApusOptim
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// Models, data and learners that are no recipe's.
@Suite(.serialized) struct OwnModelTests {
    let folder = TemporaryFolder()

    /// Points of a noisy line, one number in and one out.
    struct Line: Dataset {
        var count = 50
        func sample(_ index: Int) -> Example<Tensor, Tensor> {
            let x = Float(index) / 25 - 1
            return Example(input: Tensor([x]), target: Tensor([2 * x + 0.5 + 0.1 * Float(index % 3)]))
        }
    }

    typealias LineBatch = ExampleBatch<Tensor, Tensor>

    var objective: Objective<Sequential, LineBatch> {
        Objective { model, batch in
            let found = model(batch.inputs)
            let difference = found - batch.targets
            return BatchResult(
                loss: difference.square().mean(), predictions: found, targets: batch.targets,
                values: [("bias", difference.mean())])
        }
    }

    private func model() -> Sequential {
        let random = RandomGenerator(seed: 2)
        return Sequential(Linear(1, 8, using: random), Tanh(), Dropout(0.1), Linear(8, 1, using: random))
    }

    private func trainer(
        _ options: TrainingOptions, _ name: String? = nil, resuming: Bool = false,
        callbacks: [any Callback] = [],
        model: Sequential? = nil
    ) throws -> Trainer<SupervisedLearner<Sequential, LineBatch>> {
        let model = model ?? self.model()
        return try Trainer(
            model, objective: objective, train: Line(), test: Line(count: 20),
            optimizer: Adam(model.parameters(), learningRate: 0.02), options: options, callbacks: callbacks,
            in: name.map { "\(folder.path)/\($0)" }, resuming: resuming, progress: .none)
    }

    private func weights(_ model: Module) -> [String: [Float]] {
        model.stateDictionary().mapValues { $0.array(of: Float.self) }
    }

    /// Ends a run after so many of its steps.
    final class Stopper: Callback {
        var left: Int
        init(after steps: Int) { left = steps }
        func stepEnded(_ values: Measurements, of run: any TrainingRun) {
            left -= 1
            if left == 0 { run.requestStop() }
        }
    }

    @Test func itLearnsWithoutAFolder() throws {
        let trainer = try trainer(TrainingOptions(epochs: 30, batchSize: 10))
        #expect(try trainer.run() == .finished)
        #expect(trainer.records.count == 30)
        #expect(trainer.records[0].values.names == ["train_loss", "train_bias", "test_loss", "test_bias"])
        #expect(trainer.records[29]["test_loss"]! < trainer.records[0]["test_loss"]! / 10)
        #expect(trainer.best?["test_loss"] == trainer.records.compactMap { $0["test_loss"] }.min())
        #expect(try trainer.run() == .alreadyFinished)
    }

    /// Whatever step it is stopped at, alone or with accumulation and evaluations within the epoch.
    @Test(arguments: [1, 3], [nil, 2])
    func stoppedAnywhereItGoesOnAlike(_ accumulation: Int, _ every: Int?) throws {
        var options = TrainingOptions(epochs: 3, batchSize: 7, seed: 4)
        options.accumulation = accumulation
        options.evaluateEvery = every
        let whole = try trainer(options, "whole")
        #expect(try whole.run() == .finished)
        for steps in 1..<whole.position.step {
            let name = "stopped-\(steps)"
            let first = try trainer(options, name, callbacks: [Stopper(after: steps)])
            let outcome = try first.run()
            #expect(outcome == .stopped && first.position.step == steps)
            // Another model, whose weights are those of the checkpoint from now on.
            let other = Sequential(Linear(1, 8), Tanh(), Dropout(0.1), Linear(8, 1))
            let second = try trainer(options, name, resuming: true, model: other)
            #expect(second.position == first.position)
            #expect(try second.run() == .finished)
            #expect(weights(second.model) == weights(whole.model), "stopped after step \(steps)")
            #expect(second.records.map(\.values) == whole.records.map(\.values))
        }
    }

    @Test func accumulatedBatchesAreOneLargeBatch() throws {
        // Without dropout, which draws for each batch.
        func make() -> Sequential {
            Sequential(
                Linear(1, 8, using: RandomGenerator(seed: 1)), Tanh(),
                Linear(8, 1, using: RandomGenerator(seed: 2)))
        }
        var options = TrainingOptions(epochs: 2, batchSize: 10)
        options.accumulation = 5
        let parts = try trainer(options, model: make())
        try parts.run()
        let whole = try trainer(TrainingOptions(epochs: 2, batchSize: 50), model: make())
        try whole.run()
        #expect(parts.position.step == whole.position.step)
        for (name, values) in weights(parts.model) {
            for (a, b) in zip(values, weights(whole.model)[name]!) { #expect(abs(a - b) < 1e-5, "\(name)") }
        }
    }

    @Test func patienceEndsTheRun() throws {
        var options = TrainingOptions(epochs: 1000, batchSize: 50)
        options.patience = 3
        options.monitor = "test_bias"
        let stopped = try trainer(options, "patience")
        guard case .stoppedEarly(let best) = try stopped.run() else {
            Issue.record("not stopped early")
            return
        }
        #expect(stopped.best?.step == best && stopped.records.last?.step == best + 3)
        #expect(try trainer(options, "patience", resuming: true).run() == .alreadyFinished)
        options.monitor = "test_los"
        let error = #expect(throws: TrainingError.self) { try trainer(options).run() }
        #expect(error?.description.contains("did you mean 'test_loss'?") == true)
    }

    @Test func asManyCheckpointsStayAsAreToBeKept() throws {
        var options = TrainingOptions(epochs: 5, batchSize: 10)
        options.keep = 2
        try trainer(options, "kept").run()
        let names = try FileManager.default.contentsOfDirectory(atPath: "\(folder.path)/kept").sorted()
        #expect(
            names == [
                "best.safetensors", "config.json", "last.safetensors", "metrics.jsonl",
                "step-000020.safetensors",
                "step-000025.safetensors",
            ])
        #expect(
            try Data(contentsOf: URL(filePath: "\(folder.path)/kept/step-000025.safetensors"))
                == Data(contentsOf: URL(filePath: "\(folder.path)/kept/last.safetensors")))
    }

    @Test func aTimeBudgetEndsTheRunSaved() throws {
        var options = TrainingOptions(epochs: 2, batchSize: 10)
        options.timeBudget = 1e-9
        let first = try trainer(options, "time")
        #expect(try first.run() == .timeIsUp)
        #expect(first.position.step == 1)
        options.timeBudget = nil
        #expect(try trainer(options, "time", resuming: true).run() == .finished)
    }

    @Test func anotherRunInTheFolderIsRefused() throws {
        try trainer(TrainingOptions(epochs: 1), "first").run()
        #expect(throws: TrainingError.self) { try trainer(TrainingOptions(epochs: 1), "first") }
        let other = #expect(throws: TrainingError.self) {
            try trainer(TrainingOptions(epochs: 1, batchSize: 5, seed: 3), "first", resuming: true)
        }
        #expect(
            other?.description.contains("--batch-size 32, --seed 0, not --batch-size 5, --seed 3") == true)
        #expect(try trainer(TrainingOptions(epochs: 2), "first", resuming: true).run() == .finished)
    }

    /// A loss that is NaN in some steps.
    final class Doubtful: Learner {
        typealias Batch = LineBatch
        let model: Module = Sequential(Linear(1, 1, using: RandomGenerator(seed: 1)))
        var calls = 0
        let isBad: (Int) -> Bool
        init(isBad: @escaping (Int) -> Bool) { self.isBad = isBad }
        func train(on batches: [LineBatch]) throws -> Measurements {
            calls += 1
            return ["loss": isBad(calls) ? .nan : 1]
        }
        func stateDictionary() -> [String: Tensor] { ["calls": Tensor(calls)] }
        func load(_ state: [String: Tensor]) { calls = state["calls"]!.item() }
    }

    @Test func stepsThatAreNotFiniteAreLeftOutOrEndTheRun() throws {
        let batches = BatchSource(DataLoader(Line(), batchSize: 10))
        var options = TrainingOptions(epochs: 4)
        func run(_ isBad: @escaping (Int) -> Bool) throws -> Trainer<Doubtful> {
            let trainer = try Trainer(
                Doubtful(isBad: isBad), train: batches, options: options, progress: .none)
            try trainer.run()
            return trainer
        }
        let error = #expect(throws: TrainingError.self) { try run { $0 == 7 } }
        #expect(
            error?.description == "the loss became nan in epoch 2, step 2; no checkpoint had been written yet"
        )
        options.nonFinite = .skip
        let trainer = try run { $0 % 3 == 0 }
        #expect(trainer.skippedSteps == 6 && trainer.records.allSatisfy { $0["train_loss"] == 1 })
        options.epochs = 100
        #expect(throws: TrainingError.self) { try run { $0 > 5 } }
    }

    /// A line with points that cannot be had.
    struct Gaps: Dataset {
        struct Gap: Error {}
        let count = 50
        func sample(_ index: Int) throws -> Example<Tensor, Tensor> {
            if index % 20 == 7 { throw Gap() }
            return Line().sample(index)
        }
    }

    @Test func samplesThatAreLeftOutAreTold() throws {
        func run(_ policy: FailurePolicy, workers: Int) throws -> [Int] {
            var told: [Int] = []
            let model = model()
            let source = BatchSource(
                DataLoader(Gaps(), batchSize: 6, workers: workers, policy: policy),
                skipped: { told += $0.indices })
            let learner = SupervisedLearner(
                model, objective, SGD(model.parameters(), learningRate: 0.01), options: TrainingOptions())
            try Trainer(learner, train: source, options: TrainingOptions(epochs: 2), progress: .none).run()
            return told
        }
        for workers in [1, 3] {
            let told = try run(.skip, workers: workers)
            #expect(told.count == 6 && told.sorted() == [7, 7, 27, 27, 47, 47])
        }
        let error = #expect(throws: SampleError.self) { try run(.stop, workers: 2) }
        #expect([7, 27, 47].contains(error?.indices[0]))
    }
}

import Apus
import ApusData
import ApusDistributed
import ApusNN
import ApusOptim
import Foundation
import Synchronization
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// Runs of several processes, which are threads here: whatever their number, the same run.
@Suite(.serialized) struct RankTrainingTests {
    private let folder = TemporaryFolder()

    /// Points in two numbers, of three classes.
    private struct Points: Dataset {
        var count = 50
        func sample(_ index: Int) -> LabeledSample {
            let (x, y) = (Double(index % 7) / 7, Double(index % 5) / 5)
            return LabeledSample(input: Tensor([x, y], shape: [2], dtype: .float64), label: index % 3)
        }
    }

    private typealias Run = Trainer<SupervisedLearner<Sequential, LabeledBatch>>

    private func trainer(
        _ group: any ProcessGroup, _ options: TrainingOptions, _ name: String? = nil, resuming: Bool = false,
        seed: UInt64 = 2, count: Int = 50, callbacks: [any Callback] = []
    ) throws -> Run {
        let random = RandomGenerator(seed: seed)
        let model = Sequential(
            Linear(2, 8, bias: false, using: random), BatchNorm1d(8), Tanh(), Dropout(0.2),
            Linear(8, 3, using: random))
        for parameter in model.parameters() { parameter.value = parameter.value.to(.float64) }
        for (_, buffer) in model.namedBuffers() where buffer.value.dtype == .float32 {
            buffer.value = buffer.value.to(.float64)
        }
        return try Trainer(
            model, objective: .classification, train: Points(count: count), test: Points(count: 20),
            optimizer: Adam(model.parameters(), learningRate: 0.02), options: options, metrics: [Accuracy()],
            callbacks: callbacks, in: name.map { "\(folder.path)/\($0)" }, resuming: resuming,
            progress: .none,
            group: group)
    }

    private var options: TrainingOptions { options(isSharded: true) }

    private func options(isSharded: Bool) -> TrainingOptions {
        var options = TrainingOptions(epochs: 3, batchSize: 8, seed: 4)
        (options.accumulation, options.clipNorm, options.averageDecay) = (2, 0.5, 0.9)
        (options.synchronizeBatchNorms, options.shardOptimizer) = (true, isSharded)
        return options
    }

    private struct Came: Sendable {
        var weights: [[Double]]
        var records: [MetricsRecord]
        var step: Int
    }

    private func came(_ run: Run) -> Came {
        Came(
            weights: run.model.stateDictionary().sorted { $0.key < $1.key }.map {
                $0.value.to(.float64).array(of: Double.self)
            },
            records: run.records,
            step: run.position.step)
    }

    private func expectSame(_ found: Came, _ wanted: Came, _ comment: Comment) {
        #expect(found.step == wanted.step, comment)
        for (a, b) in zip(found.weights.joined(), wanted.weights.joined()) {
            #expect(abs(a - b) <= 1e-12 * max(1, abs(b)), comment)
        }
        #expect(found.records.count == wanted.records.count, comment)
        for (a, b) in zip(found.records, wanted.records) {
            #expect(a.values.names == b.values.names && a.step == b.step, comment)
            for (x, y) in zip(a.values, b.values) { #expect(abs(x.1 - y.1) < 1e-12, "\(x.0)") }
        }
    }

    /// The last batch has two samples, so that four processes have no share of it. Weights are the first process's.
    @Test(arguments: 1...4, [true, false])
    func severalAreAsOne(_ size: Int, isSharded: Bool) throws {
        let options = options(isSharded: isSharded)
        let alone = try trainer(SoloGroup(), options)
        try alone.run()
        let all = try ThreadGroup.run(size: size) { group in
            let run = try trainer(group, options, "run-\(size)-\(isSharded)", seed: group.rank == 0 ? 2 : 7)
            #expect(try run.run() == .finished)
            #expect((run.folder == nil) == (group.rank > 0))
            return came(run)
        }
        for found in all { expectSame(found, came(alone), "\(size) processes") }
    }

    /// Ends a run after so many of its steps.
    private final class Stopper: Callback {
        var left: Int
        init(after steps: Int) { left = steps }
        func stepEnded(_ values: Measurements, of run: any TrainingRun) {
            left -= 1
            if left == 0 { run.requestStop() }
        }
    }

    /// One process asks for the end, all end at the same step; the run goes on with another number of them.
    @Test func whatSeveralBeganOthersGoOnWith() throws {
        let alone = try trainer(SoloGroup(), options)
        try alone.run()
        for (number, (before, after)) in [(3, 2), (2, 1), (1, 4)].enumerated() {
            let name = "moved-\(number)"
            let stopped = try ThreadGroup.run(size: before) { group in
                let stopper = group.rank == before - 1 ? [Stopper(after: 4)] : []
                let run = try trainer(group, options, name, callbacks: stopper)
                #expect(try run.run() == .stopped)
                return run.position.step - (before == 1 ? -1 : 0)
            }
            #expect(stopped.allSatisfy { $0 == 5 })
            let all = try ThreadGroup.run(size: after) { group in
                let run = try trainer(
                    group, options, name, resuming: true, seed: group.rank == 0 ? 2 : 7)
                #expect(run.position.step == (before == 1 ? 4 : 5))
                try run.run()
                return came(run)
            }
            for found in all { expectSame(found, came(alone), "\(before) processes, then \(after)") }
        }
    }

    /// What is wrong in one process's share ends all of them at that step.
    @Test func lossesThatAreNotFiniteEndAll() throws {
        let options = TrainingOptions(epochs: 1, batchSize: 8)
        do {
            _ = try ThreadGroup.run(size: 2) { group in
                let run = try trainer(group, options)
                if group.rank == 1 { run.model.parameters()[0].registerBreakdown() }
                try run.run()
            }
            Issue.record("nothing was thrown")
        } catch let errors as RankErrors {
            #expect(errors.errors.count == 2)
            for error in errors.errors.values {
                guard case .lossNotFinite(_, _, let epoch, let step, _)? = error as? TrainingError else {
                    Issue.record("\(error)")
                    continue
                }
                #expect(epoch == 1 && step == 1)
            }
        }
    }

    @Test func batchesThatAreTooSmallAreRefused() {
        let options = TrainingOptions(epochs: 1, batchSize: 2)
        #expect {
            try ThreadGroup.run(size: 3) { group in _ = try trainer(group, options) }
        } throws: { error in
            "\(error)".contains("--batch-size is 2; it must be at least 3")
        }
    }

    @Test func processesWithOtherSettingsAreRefused() throws {
        let fine = Recipe.mnistMLP.configuration
        for (name, value, message) in [
            ("learning_rate", "0.5", "process 1 has learning_rate 0.5, process 0 0.001"),
            (
                "optimizer", "{name: sgd, momentum: 0.5}",
                "process 1 has optimizer.momentum 0.5, process 0 (none)"
            ),
            ("schedule", "cosine", #"process 1 has schedule "cosine", process 0 (none)"#),
        ] {
            var other = fine
            try other.apply([name: SettingsFile.value(value, of: name)], from: "test")
            #expect {
                try ThreadGroup.run(size: 3) { [other] group in
                    var configuration = group.rank == 1 ? other : fine
                    configuration.options.threads = 1
                    _ = try Recipe.begin(
                        configuration, in: RunFolder("\(folder.path)/other"), group: group)
                }
            } throws: { error in
                "\(error)".split(separator: "\n").count { $0.contains(message) } == 3
            }
        }
        #expect {
            try ThreadGroup.run(size: 2) { group in
                try Ranks(group: group).agree(on: ["version of Apus": "\(group.rank).1"])
            }
        } throws: { error in
            "\(error)".contains("process 1 has version of Apus 1.1, process 0 0.1")
        }
    }

    /// Pictures of the same names and sizes, on two machines.
    @Test func processesWithOtherFilesAreRefused() throws {
        for name in ["a", "b"] {
            for (label, shade) in [("dark", 10), ("light", 200)] {
                let path = "\(folder.path)/\(name)/\(label)"
                try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
                for number in 0..<4 {
                    let odd = name == "b" && label == "light" && number == 3
                    let pixels = [UInt8](repeating: UInt8(odd ? shade + 1 : shade), count: 16 * 16 * 3)
                    try (Data("P6 16 16 255\n".utf8) + Data(pixels)).write(
                        to: URL(filePath: "\(path)/\(number).ppm"))
                }
            }
        }
        #expect {
            try ThreadGroup.run(size: 2) { group in
                var configuration = Recipe.imageFolder.configuration
                configuration.options.threads = 1
                configuration.options.batchSize = 4
                configuration.data = "\(folder.path)/\(group.rank == 0 ? "a" : "b")"
                _ = try Recipe.begin(configuration, in: RunFolder("\(folder.path)/files"), group: group)
            }
        } throws: { error in
            let message = "process 1 has other files in \(folder.path)/b than process 0 in \(folder.path)/a"
            return "\(error)".contains(message)
        }
    }

    /// Shapes may differ, as those of boxes that are padded to the most that a picture has, and numbers need not be finite.
    @Test func evaluationsArePutTogetherPartByPart() throws {
        let all = try ThreadGroup.run(size: 3) { group in
            let count = group.rank + 1
            let own = BatchResult(
                loss: Tensor(group.rank == 2 ? Double.nan : 1.5), predictions: .full([count, count], 7),
                targets: .full([count], Double(group.rank), dtype: .int64), values: [("a", Tensor(2.0))])
            let parts = try Ranks(group: group).parts(group.rank == 1 ? nil : (count, own))
            return parts.map { part in
                "\(part.count) \(part.result.loss.item(as: Double.self)) \(part.result.predictions!.shape) "
                    + "\(part.result.targets!.array(of: Int.self)) \(part.result.targets!.dtype) \(part.result.values[0].name)"
            }
        }
        for parts in all {
            #expect(parts == ["1 1.5 [1, 1] [0] int64 a", "3 nan [3, 3] [2, 2, 2] int64 a"])
        }
    }

    /// A process that gets no further ends them all, also where that is to be soon.
    @Test func whoeverGetsNoFurtherIsTold() async throws {
        let ended = await #expect(processExitsWith: .exitCode(124), observing: [\.standardErrorContent]) {
            _ = try ThreadGroup.run(size: 1) { group in
                let watchdog = Watchdog(group, at: "the beginning", timeout: 0.4)
                watchdog.progress("step 3")
                Thread.sleep(forTimeInterval: 60)
                watchdog.end()
            }
        }
        let text = String(decoding: try #require(ended).standardErrorContent, as: UTF8.self)
        #expect(text.contains("process 0: no progress for 0 s, since step 3"))
    }

    /// Who waits says whom for, and who is waited for need not be able to say anything.
    @Test func whoIsWaitedForIsNamed() async throws {
        let ended = await #expect(processExitsWith: .exitCode(124), observing: [\.standardErrorContent]) {
            _ = try ThreadGroup.run(size: 3) { group in
                let watchdog = Watchdog(group, at: "step 3", timeout: 0.4)
                try group.barrier()
                if group.rank == 1 { Thread.sleep(forTimeInterval: 60) }
                try group.barrier()
                watchdog.end()
            }
        }
        let text = String(decoding: try #require(ended).standardErrorContent, as: UTF8.self)
        #expect(text == "apus: process 1: no progress for 0 s, since step 3; all processes end (--timeout)\n")
    }

    /// Two networks against each other learn in a way of their own.
    @Test func learnersOfAnotherKindAreRefused() {
        #expect {
            try ThreadGroup.run(size: 2) { group in
                var configuration = Recipe.dcgan.configuration
                configuration.options.threads = 1
                _ = try Recipe.begin(configuration, in: RunFolder("\(folder.path)/dcgan"), group: group)
            }
        } throws: { error in
            "\(error)".contains("takes one process")
        }
    }
}

extension Parameter {
    /// Weights that nothing finite comes from.
    fileprivate func registerBreakdown() { value = value * Double.infinity }
}

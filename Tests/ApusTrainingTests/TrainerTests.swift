import Apus
import ApusFormats
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusTraining

// Serialised: runs set the number of threads.
@Suite(.serialized) struct TrainerTests {
    let folder = TemporaryFolder()

    func configuration(epochs: Int = 1, threads: Int = 2, lr: Double = 1e-3) -> RunConfiguration {
        RunConfiguration(
            recipe: "mnist-mlp", data: nil, learningRate: lr,
            options: TrainingOptions(epochs: epochs, batchSize: 256, seed: 5, threads: threads))
    }

    func run(_ name: String, _ configuration: RunConfiguration) throws -> RunFolder {
        let run = RunFolder("\(folder.path)/\(name)")
        #expect(try Recipe.begin(configuration, in: run).run() == .finished)
        return run
    }

    /// The metrics without the one value that differs from run to run.
    func metrics(_ run: RunFolder) throws -> [String] {
        try String(contentsOfFile: run.metrics, encoding: .utf8).split(separator: "\n").map {
            String($0.prefix(upTo: $0.range(of: ", \"seconds\"")!.lowerBound))
        }
    }

    func weights(_ path: String) throws -> [String: [Float]] {
        try Safetensors.load(path).mapValues { $0.array(of: Float.self) }
    }

    @Test func theSameSeedGivesTheSameRunOnOneThreadAndOnTwo() throws {
        let two = try run("two", configuration(threads: 2))
        let one = try run("one", configuration(threads: 1))
        #expect(try metrics(one) == metrics(two))
        #expect(try weights(one.last) == weights(two.last))
    }

    @Test func itLearnsTheDigits() throws {
        let trainer = try Recipe.begin(configuration(epochs: 2), in: RunFolder("\(folder.path)/learns"))
        #expect(try trainer.run() == .finished)
        #expect(trainer.records.count == 2)
        #expect(trainer.records[1]["test_accuracy"]! > 0.9)
        #expect(trainer.records[1]["train_loss"]! < trainer.records[0]["train_loss"]!)
        let trained = try TrainedRun(trainer.folder!)
        let evaluation = Evaluation(of: trained.model, on: try RunData.test(nil))
        #expect(evaluation.accuracy == trainer.records.compactMap { $0["test_accuracy"] }.max())
    }

    @Test func aRunGoesOnAfterItsLastEpochAsIfNotStopped() throws {
        let whole = try run("whole", configuration(epochs: 2))
        let parts = try run("parts", configuration(epochs: 1))
        let resumed = try Recipe.resume(parts) { $0.options.epochs = 2 }
        #expect(resumed.position == TrainingPosition(epoch: 1, batch: 0, step: resumed.records[0].step))
        #expect(try resumed.run() == .finished)
        #expect(try metrics(parts) == metrics(whole))
        #expect(try weights(parts.last) == weights(whole.last))
        #expect(try weights(parts.best) == weights(whole.best))
    }

    @Test func metricsBeyondTheCheckpointAreWrittenAgain() throws {
        // As after kill -9 between the metrics of epoch 2 and its checkpoint.
        let whole = try run("whole", configuration(epochs: 2))
        let killed = try run("killed", configuration(epochs: 1))
        try FileManager.default.removeItem(atPath: killed.metrics)
        try FileManager.default.copyItem(atPath: whole.metrics, toPath: killed.metrics)
        #expect(try Recipe.resume(killed, changing: { $0.options.epochs = 2 }).run() == .finished)
        #expect(try metrics(killed) == metrics(whole))
        #expect(try weights(killed.last) == weights(whole.last))
    }

    @Test func aFinishedRunSaysSo() throws {
        let done = try run("done", configuration())
        #expect(try Recipe.resume(done).run() == .alreadyFinished)
    }

    @Test func otherSettingsAreRefused() throws {
        let done = try run("done", configuration())
        let error = #expect(throws: TrainingError.self) {
            try Recipe.resume(done) {
                $0.options.batchSize = 7
                $0.options.seed = 1
            }
        }
        #expect(error?.description.contains("--batch-size 256, --seed 5") == true)
        #expect(throws: TrainingError.occupied(folder: done.path)) {
            try Recipe.begin(configuration(), in: done)
        }
        #expect(throws: TrainingError.self) { try Recipe.resume(RunFolder("\(folder.path)/none")) }
    }

    @Test func aLossThatIsNotFiniteStopsTheRunAndKeepsTheCheckpoint() throws {
        let run = try run("nan", configuration())
        let good = try weights(run.last)
        let trainer = try Recipe.resume(run) { $0.options.epochs = 2 }
        trainer.model.parameters()[0].value = .full([400, 784], Float.nan)
        let error = #expect(throws: TrainingError.self) { try trainer.run() }
        #expect(
            error?.description
                == "the loss became nan in epoch 2, step 1; the last good checkpoint is \(run.last)")
        #expect(try weights(run.last) == good)
    }

    @Test func aCheckpointOfAnotherModelIsRefusedWithEveryName() throws {
        let run = try run("other", configuration())
        try Safetensors.save(
            ["layers.0.weight": .zeros([1, 2]), "conv.weight": .zeros([1])], to: run.last,
            metadata: [
                "apus.progress":
                    #"{"epoch":1,"batch":0,"step":40,"samples":0,"records":1,"sums":{},"counted":0,"names":[],"seconds":0,"skipped":0,"skippedNow":0,"random":{"seed":1,"offset":0}}"#
            ])
        let error = #expect(throws: TrainingError.self) { try Recipe.resume(run) { $0.options.epochs = 3 } }
        let text = error?.description ?? ""
        for name in [
            "layers.0.bias", "layers.4.weight", "conv.weight",
            "layers.0.weight is [1, 2], expected [400, 784]",
        ] {
            #expect(text.contains(name), "\(name)")
        }
        #expect(!text.contains("\n"))
    }
}

import Apus
import ApusOptim
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusTraining

@Suite(.serialized) struct RunFolderTests {
    let folder = TemporaryFolder()
    var run: RunFolder { RunFolder("\(folder.path)/run") }

    private func configuration(epochs: Int = 1, lr: Double = 1e-3) throws -> RunConfiguration {
        if !FileManager.default.fileExists(atPath: "\(folder.path)/data") {
            try TinyMNIST.write(to: "\(folder.path)/data")
        }
        return RunConfiguration(
            recipe: "mnist-mlp", data: "\(folder.path)/data", learningRate: lr,
            options: TrainingOptions(epochs: epochs, batchSize: 16, seed: 5, threads: 1))
    }

    @Test func oneTrainerAtATimeWritesToAFolder() throws {
        let first = try Recipe.begin(configuration(epochs: 2), in: run)
        for _ in 0..<2 {
            let second = #expect(throws: TrainingError.self) { try Recipe.begin(configuration(), in: run) }
            let third = #expect(throws: TrainingError.self) { try Recipe.resume(run) }
            for error in [second, third] {
                guard case .inUse(let path, let holder)? = error else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
                #expect(path == run.path)
                #expect(holder.hasPrefix("process \(getpid()) since 2"), "\(holder)")
            }
        }
        #expect(try first.run() == .finished)
        // It may be read meanwhile.
        _ = try TrainedRun(run)
        withExtendedLifetime(first) {}
    }

    @Test func theLockIsGoneWithTheTrainer() throws {
        func train() throws { #expect(try Recipe.begin(configuration(), in: run).run() == .finished) }
        try train()
        let names = try FileManager.default.contentsOfDirectory(atPath: run.path).sorted()
        #expect(names == ["best.safetensors", "config.json", "last.safetensors", "metrics.jsonl"])
        #expect(throws: TrainingError.occupied(folder: run.path)) {
            try Recipe.begin(configuration(), in: run)
        }
        #expect(try Recipe.resume(run).run() == .alreadyFinished)
    }

    @Test func whoAsksTogetherGetsDifferentFolders() async throws {
        // `runs` is in the current folder, which all tests share: names of our own.
        let name = "test-\(UUID().uuidString)"
        var made: Set<String> = []
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<16 { group.addTask { try RunFolder.makeNext(for: name).path } }
            for try await path in group { made.insert(path) }
        }
        defer { for path in made { rmdir(path) } }
        #expect(made == Set((1...16).map { "runs/\(name)-\($0)" }))
    }

    @Test func theNewestIsTheHighestNumberThatHoldsARun() throws {
        let name = "test-\(UUID().uuidString)"
        func make(_ suffix: String, withRun: Bool) throws -> String {
            let path = "runs/\(name)-\(suffix)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
            if withRun { try Data().write(to: URL(filePath: "\(path)/config.json")) }
            return path
        }
        var made: [String] = []
        defer { for path in made { try? FileManager.default.removeItem(atPath: path) } }
        #expect(RunFolder.newest(for: name) == nil)
        for (suffix, withRun) in [
            ("2", true), ("9", true), ("10", true), ("11", false), ("009", true), ("12x", true),
            ("99999999999999999999", true), ("-3", true), ("other-30", true),
        ] {
            made.append(try make(suffix, withRun: withRun))
        }
        #expect(RunFolder.newest(for: name)?.path == "runs/\(name)-10")
        let next = try RunFolder.makeNext(for: name).path
        made.append(next)
        #expect(next == "runs/\(name)-12")
    }

    @Test func dataMayMoveButNotChange() throws {
        let whole = RunFolder("\(folder.path)/whole")
        #expect(try Recipe.begin(configuration(epochs: 2), in: whole).run() == .finished)
        #expect(try Recipe.begin(configuration(), in: run).run() == .finished)
        let saved = try RunConfiguration.read(run.configuration)
        #expect(saved.data?.hasPrefix("/") == true && saved.data?.hasSuffix("/data") == true)
        #expect(saved.dataDigest?.hasPrefix("40-") == true)

        try FileManager.default.moveItem(atPath: "\(folder.path)/data", toPath: "\(folder.path)/moved")
        for error in [
            #expect(throws: TrainingError.self) { try Recipe.resume(run) { $0.options.epochs = 2 } },
            #expect(throws: TrainingError.self) { try TrainedRun(run).testSamples() },
        ] {
            #expect(error?.description.contains("pass --data") == true, "\(String(describing: error))")
        }
        try TinyMNIST.write(to: "\(folder.path)/other", seed: 1)
        let other = #expect(throws: TrainingError.self) {
            try Recipe.resume(run) {
                $0.options.epochs = 2
                $0.data = "\(folder.path)/other"
            }
        }
        #expect(other == .otherData(folder: run.path, data: "\(folder.path)/other"))
        func resume() throws {
            let trainer = try Recipe.resume(run) {
                $0.options.epochs = 2
                $0.data = "\(folder.path)/moved"
            }
            #expect(try trainer.run() == .finished)
        }
        try resume()
        #expect(
            try Data(contentsOf: URL(filePath: run.last)) == Data(contentsOf: URL(filePath: whole.last)))
        #expect(try RunConfiguration.read(run.configuration).data?.hasSuffix("/moved") == true)

        // Nor may the files change where they are.
        try TinyMNIST.write(to: "\(folder.path)/moved", seed: 2)
        let changed = #expect(throws: TrainingError.self) { try Recipe.resume(run) { $0.options.epochs = 3 } }
        #expect(changed?.description.contains("are not those that the run was begun with") == true)
    }

    @Test func aRunOfBeforeThereWereDigestsGoesOn() throws {
        #expect(try Recipe.begin(configuration(), in: run).run() == .finished)
        var old = try RunConfiguration.read(run.configuration)
        old.dataDigest = nil
        try old.json().write(toFile: run.configuration, atomically: true, encoding: .utf8)
        let other = #expect(throws: TrainingError.self) {
            try Recipe.resume(run) { $0.data = "\(folder.path)/elsewhere" }
        }
        #expect(other?.description.contains("--data") == true)
        #expect(try Recipe.resume(run) { $0.options.epochs = 2 }.run() == .finished)
        #expect(try RunConfiguration.read(run.configuration).dataDigest != nil)
    }

    @Test func weightsThatAreNotFiniteAreNeverSaved() throws {
        #expect(try Recipe.begin(configuration(), in: run).run() == .finished)
        let before = try [run.last, run.best, run.metrics].map { try Data(contentsOf: URL(filePath: $0)) }
        func resume(_ damage: (any TrainingRun) -> Void) throws -> TrainingError? {
            let trainer = try Recipe.resume(run) { $0.options.epochs = 2 }
            damage(trainer)
            return #expect(throws: TrainingError.self) { try trainer.run() }
        }
        // The loss does not see it: a weight of a pixel that is always dark.
        let hidden = try resume { trainer in
            let weight = trainer.model.parameters()[0]
            var value = weight.value
            value[0, 0] = Tensor(Float.infinity)
            weight.value = value
        }
        let text = hidden?.description ?? ""
        #expect(text.contains("layers.") || text.contains("the loss became"), "\(text)")
        #expect(text.hasSuffix("the last good checkpoint is \(run.last)"), "\(text)")
        #expect(
            try [run.last, run.best, run.metrics].map { try Data(contentsOf: URL(filePath: $0)) } == before)
        #expect(try Recipe.resume(run) { $0.options.epochs = 2 }.run() == .finished)
    }

    @Test func aLearningRateThatIsTooHighLeavesNoBadCheckpoint() throws {
        for lr in [1e300, 1e38, 1e30, 1e20] {
            let run = RunFolder("\(folder.path)/run-\(lr)")
            do {
                let trainer = try Recipe.begin(configuration(epochs: 3, lr: lr), in: run)
                _ = try trainer.run()
            } catch let error as TrainingError {
                if !error.description.contains("last good checkpoint") { continue }
            }
            // What is there is good: it can be used and resumed.
            _ = try TrainedRun(run)
            _ = try Recipe.resume(run)
        }
    }

    @Test func valuesThatAreNotFiniteAreNullInTheMetrics() throws {
        let record = MetricsRecord(
            epoch: 1, step: 7, values: ["train_loss": 1, "test_loss": .infinity, "test_accuracy": 0.5],
            seconds: 1)
        let line = record.line
        #expect(line.contains("\"test_loss\": null"))
        let read = try #require(MetricsRecord(line: line))
        #expect(read["test_loss"]!.isNaN && read["test_accuracy"] == 0.5 && read.step == 7)
        #expect(read.values.names == ["train_loss", "test_loss", "test_accuracy"])
    }
}

import Apus
import ApusData
import ApusFormats
import ApusModels
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// Recipes whose learners keep more than a model and an optimizer, at sizes of a second.
@Suite(.serialized) struct ExampleRecipeTests {
    let folder = TemporaryFolder()

    private func configuration(_ name: String) throws -> RunConfiguration {
        var configuration = try Recipe.named(name).configuration
        let settings: [String: [String: Setting]] = [
            "dqn-cartpole": [
                "epochs": 2, "episodes": 6, "hidden": 8, "memory": 100, "warm_up": 20, "batch_size": 8,
                "explore_steps": 50,
            ],
            "word2vec": ["epochs": 2, "sentences": 1000, "features": 8, "batch_size": 2000],
            "dcgan": ["epochs": 1, "channels": 2, "noise": 4, "batch_size": 2500],
            "char-lm": [
                "epochs": 2, "characters": 20_000, "channels": 8, "layers": 1, "heads": 2, "context": 32,
                "dropout": 0.1,
            ],
            "distill": ["epochs": 2, "teacher_epochs": 1, "samples": 20],
        ]
        try configuration.apply(settings[name]!, from: name)
        return configuration
    }

    /// Everything in the checkpoint, not the weights alone: what differs there differs later in the weights.
    @Test(arguments: ["dqn-cartpole", "word2vec", "dcgan", "char-lm"])
    func stoppedAnywhereItGoesOnAlike(_ name: String) throws {
        let configuration = try configuration(name)
        let whole = try Recipe.begin(configuration, in: RunFolder("\(folder.path)/\(name)"))
        #expect(try whole.run() == .finished)
        #expect(try ResumedRun.tensors(whole).values.contains { $0.contains { $0 != 0 } })
        try lookAtFiles(of: whole, name)
        // The digits are drawn anew for each run.
        for _ in 0..<(name == "dcgan" ? 1 : 3) {
            try ResumedRun.expectAlike(
                whole, configuration, stoppedAfter: Int.random(in: 1..<whole.position.step),
                in: RunFolder("\(folder.path)/\(name)-\(UUID().uuidString)"))
        }
    }

    private func lookAtFiles(of run: any TrainingRun, _ name: String) throws {
        let path = run.folder!.path
        switch name {
        case "word2vec":
            let text = try String(contentsOfFile: "\(path)/neighbours.txt", encoding: .utf8)
            let lines = text.split(separator: "\n")
            #expect(lines.count == 166 && lines.allSatisfy { $0.split(separator: ",").count == 5 })
            #expect(run.records.allSatisfy { (0...1).contains($0["test_precision_at_5"] ?? -1) })
        case "char-lm":
            let text = try String(contentsOfFile: "\(path)/sample.txt", encoding: .utf8)
            #expect(text.unicodeScalars.count > 400)
            let bits = run.records.map { $0["test_bits_per_character"]! }
            #expect(bits[1] < bits[0] && bits[1] < 8)
            let generator = try TextGenerator(TrainedRun(run.folder!))
            var stream = try generator("One ", count: 20, sampling: .greedy)
            var written = ""
            while let piece = try stream.next() { written += piece }
            #expect(!written.isEmpty)
        case "dcgan":
            let sheet = try PNG.read("\(path)/samples.png")
            #expect(sheet.width == 302 && sheet.height == 302)
            #expect(run.records.allSatisfy { (0...0.1).contains($0["least_digit_share"] ?? -1) })
            #expect(run.records.allSatisfy { (0.999...10.001).contains($0["inception_score"] ?? -1) })
        default:
            #expect(run.records.allSatisfy { $0["mean_return"]! >= 1 && $0["mean_return"]! <= 500 })
            #expect(run.best?["mean_return"] == run.records.compactMap { $0["mean_return"] }.max())
        }
    }

    @Test func aTextFileIsLearntFrom() throws {
        let path = "\(folder.path)/text.txt"
        let line = "The quick brown fox jumps over the lazy dog.\n"
        try String(repeating: line, count: 40).write(toFile: path, atomically: true, encoding: .utf8)
        var configuration = try configuration("word2vec")
        configuration.data = path
        let run = try Recipe.begin(configuration, in: RunFolder("\(folder.path)/file"))
        #expect(try run.run() == .finished)
        #expect(run.records[0].values.names == ["train_loss", "test_loss"])
        try "one".write(toFile: path, atomically: true, encoding: .utf8)
        let error = #expect(throws: FileError.self) {
            try Recipe.begin(configuration, in: RunFolder("\(folder.path)/short"))
        }
        #expect(error?.description.contains("at least 20 lines") == true)
    }

    @Test func settingsThatCannotBeAreRefused() throws {
        for (name, setting, value) in [
            ("dqn-cartpole", "discount", Setting.number(1.5)), ("dqn-cartpole", "memory", 0),
            ("dcgan", "channels", 0), ("word2vec", "window", 0), ("word2vec", "vocabulary", 1),
        ] {
            var configuration = try configuration(name)
            configuration.settings[setting] = value
            let error = #expect(throws: TrainingError.self) {
                try Recipe.begin(configuration, in: RunFolder("\(folder.path)/refused-\(setting)"))
            }
            #expect(error?.description.contains(setting) == true)
        }
    }

    @Test func optionsThatALearnerDoesNotHeedAreRefused() throws {
        let folder = RunFolder("\(folder.path)/refused")
        for name in ["dqn-cartpole", "dcgan"] {
            var configuration = try configuration(name)
            configuration.choices[.schedule] = "cosine"
            let error = #expect(throws: TrainingError.self) { try Recipe.begin(configuration, in: folder) }
            #expect(error?.description == "\(name) takes no schedule")
            configuration.choices[.schedule] = nil
            configuration.options.clipNorm = 1
            #expect(throws: TrainingError.self) { try Recipe.begin(configuration, in: folder) }
        }
    }

    /// A classifier of real digits sees all ten of them, equally often, and clearly.
    @Test func realDigitsAreReadAsSuch() throws {
        let digits = SyntheticDigits()
        let reader = try DigitReader(of: LabeledSamples(digits.dataset(.train, count: 8000)))
        let samples = LabeledSamples(digits.dataset(.test, count: 1000))
        let real = samples.batch(Array(0..<1000)[...])
        let all = reader.measure([real.inputs])
        #expect(all["least_digit_share"]! > 0.06)
        #expect(all["inception_score"]! > 6)
        let labels = real.labels.array(of: Int.self)
        let ones = samples.batch(labels.indices.filter { labels[$0] == 1 }[...])
        let few = reader.measure([ones.inputs])
        #expect(few["least_digit_share"] == 0)
        #expect(few["inception_score"]! < 2)
    }

    @Test func theMemoryForgetsTheOldest() throws {
        var memory = ReplayMemory(capacity: 3, width: 1, actionCount: 1000)
        for number in 0..<5 {
            memory.add([Float(number)], number, reward: 1, [Float(number + 1)], goesOn: number != 4)
        }
        #expect(memory.count == 3)
        var random = SystemRandomNumberGenerator()
        let batch = memory.sample(200, using: &random)
        let (states, actions) = (batch.states.array(of: Int.self), batch.actions.array(of: Int.self))
        #expect(Set(actions) == [2, 3, 4] && states == actions)
        #expect(batch.nextStates.array(of: Int.self) == actions.map { $0 + 1 })
        #expect(batch.goesOn.array(of: Int.self) == actions.map { $0 == 4 ? 0 : 1 })
        var other = ReplayMemory(capacity: 3, width: 1, actionCount: 1000)
        try other.load(memory.stateDictionary())
        memory.add([9], 9, reward: 1, [9], goesOn: true)
        other.add([9], 9, reward: 1, [9], goesOn: true)
        #expect(
            memory.stateDictionary().mapValues { $0.array(of: Double.self) }
                == other.stateDictionary().mapValues { $0.array(of: Double.self) })
        var small = ReplayMemory(capacity: 2, width: 1, actionCount: 1000)
        #expect(throws: (any Error).self) { try small.load(memory.stateDictionary()) }
    }

    /// Learners of their own take no more and no less than they have saved.
    @Test(arguments: ["dqn-cartpole", "word2vec", "dcgan", "distill"])
    func aCheckpointWithMoreIsRefused(_ name: String) throws {
        let configuration = try configuration(name)
        let folder = RunFolder("\(folder.path)/\(name)-more")
        let run = try Recipe.begin(configuration, in: folder, callbacks: [OwnModelTests.Stopper(after: 1)])
        #expect(try run.run() == .stopped)
        let saved = try SafetensorsFile(folder.last)
        var changes = [
            "training.extra", "training.optimizer.extra", "training.student.extra", "training.a.b",
        ].map {
            ($0, Tensor(1) as Tensor?)
        }
        if name == "dqn-cartpole" || name == "distill" {
            changes += [
                ("training.steps", nil), ("training.steps", Tensor(-1)), ("training.steps", Tensor([1, 2])),
                ("training.steps", Tensor(0.5)),
            ]
        }
        if name == "dqn-cartpole" {
            let count = saved.tensors["training.memory.actions"]!.count
            changes.append(("training.memory.actions", .full([count], 2, dtype: .int64)))
        }
        for (key, value) in changes {
            var tensors = saved.tensors
            tensors[key] = value
            try Safetensors.save(tensors, to: folder.last, metadata: saved.metadata)
            let error = #expect(throws: TrainingError.self, "\(key)") { try Recipe.resume(folder) }
            guard case .badCheckpoint? = error else {
                Issue.record("\(key): \(error.map { "\($0)" } ?? "accepted")")
                continue
            }
        }
        try Safetensors.save(saved.tensors, to: folder.last, metadata: saved.metadata)
        _ = try Recipe.resume(folder)
    }
}

import Apus
import ApusFormats
import ApusNN
import ApusOptim
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// Settings files, and what they name.
@Suite struct SettingsTests {
    let folder = TemporaryFolder()

    private func read(_ text: String) throws -> [String: Setting] {
        let path = "\(folder.path)/settings.yaml"
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        return try SettingsFile.read(path)
    }

    private func applied(_ text: String) throws -> RunConfiguration {
        var configuration = try Recipe.named("mnist-mlp").configuration
        try configuration.apply(read(text), from: "settings.yaml")
        try configuration.validate()
        return configuration
    }

    @Test func yamlBecomesSettings() throws {
        let settings = try read(
            """
            # A comment.
            epochs: 3
            learning_rate: 1e-3
            clip_norm: .5
            monitor: test_loss
            quoted: "12"
            yes_or_no: true
            list: [1, 2.5, three]
            optimizer: {name: adamw, betas: [0.9, 0.95]}
            """)
        #expect(
            settings == [
                "epochs": 3, "learning_rate": 1e-3, "clip_norm": 0.5, "monitor": "test_loss", "quoted": "12",
                "yes_or_no": true, "list": [1, 2.5, "three"],
                "optimizer": ["name": "adamw", "betas": [0.9, 0.95]],
            ])
        #expect(try read("") == [:] && read("# nothing\n") == [:])
        #expect(try read("{\"epochs\": 2}") == ["epochs": 2])
        #expect(try SettingsFile.value("{name: lion}", of: "--set optimizer") == ["name": "lion"])
    }

    @Test func theFileDecides() throws {
        let configuration = try applied(
            """
            epochs: 7
            batch_size: 32
            learning_rate: 0.01
            accumulation: 2
            average_decay: 0.99
            non_finite: skip
            optimizer: {name: sgd, momentum: 0.9, nesterov: true}
            schedule: {name: cosine, warm_up: 1}
            """)
        #expect(configuration.options.epochs == 7 && configuration.options.accumulation == 2)
        #expect(configuration.options.averageDecay == 0.99 && configuration.options.nonFinite == .skip)
        let again = try JSONDecoder().decode(
            RunConfiguration.self, from: Data(configuration.json().utf8))
        #expect(again == configuration)
    }

    @Test(arguments: [
        ("epoch: 3", "there is no setting 'epoch'; did you mean 'epochs'?"),
        ("epochs: many", "epochs is many; it must be a whole number"),
        ("epochs: 0", "--epochs is 0; it must be at least 1"),
        ("learning_rate: -1", "--lr is -1.0; it must be a positive number"),
        ("seed: -1", "seed is -1; it must be at least 0"),
        ("recipe: mnist-conv", "is for the recipe mnist-conv, not for mnist-mlp"),
        ("optimizer: adamv", "there is no optimizer 'adamv'"),
        ("optimizer: {weight_decay: 1}", "optimizer: it has no name"),
        ("optimizer: 3", "optimizer is 3; it must be a name, or a group with a name"),
        ("schedule: cosin", "did you mean 'cosine'?"), ("non_finite: maybe", "it must be stop or skip"),
        ("average_decay: 1", "--average-decay is 1.0; it must be at least 0 and below 1"),
        (
            "loss: hubr",
            "there is no loss 'hubr'; there are: cross-entropy, multi-margin, mse, l1, smooth-l1, huber, bce, dice; did you "
                + "mean 'huber'?"
        ),
        (
            "loss: huber",
            "the loss huber is not for mnist-mlp, which has classes; there are: cross-entropy, multi-margin"
        ),
        (
            "loss: {name: cross-entropy, label_smoothing: 2}",
            "loss cross-entropy: label_smoothing is 2.0; it must be at least 0 and at most 1"
        ),
        (
            "loss: {name: cross-entropy, smoothing: 0.1}",
            "loss cross-entropy: there is no setting 'smoothing'; did you mean 'label_smoothing'?"
        ),
        ("metrics: acuracy", "did you mean 'accuracy'?"),
        ("metrics: [accuracy, psnr]", "the metric psnr is not for mnist-mlp, which has classes"),
        ("metrics: [accuracy, {name: accuracy, top: 1}]", "metrics: accuracy is there twice"),
        ("metrics: {name: f1, averaging: makro}", "did you mean 'macro'?"),
        ("initializer: ortogonal", "did you mean 'orthogonal'?"),
        ("initializer: {name: uniform, range: [1, 0]}", "the lower number first"),
        ("augment: [random-crop, random-rotate]", "did you mean 'random-rotation'?"),
        ("augment: {name: gaussian-blur, size: 4}", "transform gaussian-blur: size is 4; it must be odd"),
        ("augment: 3", "augment is 3; it must be a name, or a group with a name"),
        (
            "schedule: {name: cosine, growth: 2}",
            "schedule cosine: there is no setting 'growth'; there are: warm_up, to"
        ),
        ("[1, 2]", "expected names with values"),
        ("a: [", "is no YAML"), ("3", "expected names with values"),
    ])
    func whatIsWrongIsSaid(_ text: String, _ reason: String) {
        do {
            _ = try applied(text)
            Issue.record("accepted")
        } catch {
            #expect("\(error)".contains(reason), "\(error)")
            #expect(!"\(error)".contains("\n"), "\(error)")
        }
    }

    private static let optimizers = NamedOptimizer.all.map(\.name)

    @Test(arguments: optimizers)
    func everyOptimizerStepsByItsName(_ name: String) throws {
        let parameter = Parameter(.ones([3, 2]))
        let optimizer = try NamedOptimizer.named(name).make([:], [parameter], learningRate: 0.1)
        (parameter.value * Tensor([1, 2])).sum().backward()
        optimizer.step()
        #expect(parameter.value.array(of: Float.self) != [1, 1, 1, 1, 1, 1])
        for settings in [
            ["weight_deacy": 0.1], ["weight_decay": -1], ["weight_decay": "much"], ["epsilon": [1]],
            ["betas": [0.9]],
            ["betas": [0.9, 1]], ["momentum": 1],
        ] as [[String: Setting]] {
            let error = #expect(throws: TrainingError.self, "\(settings)") {
                _ = try NamedOptimizer.named(name).make(settings, [parameter], learningRate: 0.1)
            }
            #expect(
                error?.description.hasPrefix("optimizer \(name): ") == true, "\(String(describing: error))")
        }
    }

    /// No value that a file can hold stops the program.
    @Test func schedulesByTheirNames() throws {
        let numbers: [Setting] = [0, -1, 1, 0.5, 1e300, .number(.infinity), .number(.nan), "x", [1], true]
        for schedule in NamedSchedule.all {
            let needs: [String: Setting] =
                schedule.name == "multi-step"
                ? ["at": [1, 2]] : schedule.name == "cyclic" ? ["to": 0.1] : [:]
            let made = try schedule.make(needs, epochs: 3, stepsOfEpoch: 10)
            #expect(made.needsMetric || made.learningRate(at: 5, base: 0.1).isFinite, "\(schedule.name)")
            for name in [
                "every", "factor", "at", "from", "to", "power", "growth", "up", "peak", "rise", "patience",
                "warm_up",
            ] {
                for value in numbers {
                    let settings = needs.merging([name: value]) { $1 }
                    guard let made = try? schedule.make(settings, epochs: 3, stepsOfEpoch: 10) else {
                        continue
                    }
                    if !made.needsMetric { _ = made.learningRate(at: 5, base: 0.1) }
                }
            }
        }
        let warm = try NamedSchedule.named("cosine").make(["warm_up": 1], epochs: 3, stepsOfEpoch: 10)
        #expect(warm.learningRate(at: 0, base: 1) < 0.2 && warm.learningRate(at: 10, base: 1) == 1)
        #expect(warm.learningRate(at: 29, base: 1) < 0.02 && warm.learningRate(at: 30, base: 1) < 1e-12)
    }

    @Test func namesAreGivenOnce() throws {
        for catalog in Catalog.all {
            #expect(Set(catalog.entries.map(\.name)).count == catalog.entries.count, "\(catalog.kind)")
            let all = catalog.entries + catalog.codeEntries
            #expect(all.allSatisfy { !$0.about.isEmpty && !$0.about.contains("\n") })
            #expect(Set(all.compactMap(\.code)).count == all.compactMap(\.code).count, "\(catalog.kind)")
            let isInCode = !["recipes", "models"].contains(catalog.kind)
            #expect(all.allSatisfy { ($0.code != nil) == isInCode }, "\(catalog.kind)")
        }
        let error = #expect(throws: TrainingError.self) { try Catalog.of("optimizer") }
        #expect(error?.description.contains("did you mean 'optimizers'?") == true)
    }

    /// Bytes of sound files exchanged, left out and doubled.
    @Test func damagedFilesAreRefusedOrSound() throws {
        let sound = Array(
            """
            epochs: 7
            optimizer: {name: sgd, momentum: 0.9}
            list: [1, 2.5, "three", true]
            deep: {a: {b: {c: [[[1]]]}}}
            text: |
              two
              lines
            """.utf8)
        let path = "\(folder.path)/damaged.yaml"
        var random = SystemRandomNumberGenerator()
        var refused = 0
        for _ in 0..<4000 {
            var bytes = sound
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let place = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
                case 1: bytes.remove(at: place)
                case 2:
                    bytes.insert(
                        Array("{}[]&*:-|>\"'%@!#\t\n".utf8).randomElement(using: &random)!, at: place)
                default: bytes.insert(contentsOf: bytes[place..<min(place + 9, bytes.count)], at: place)
                }
            }
            try Data(bytes).write(to: URL(filePath: path))
            do { _ = try SettingsFile.read(path) } catch {
                refused += 1
                #expect(!error.description.contains("\n"), "\(error)")
            }
        }
        #expect(refused > 500)
        // Each level names the one before ten times.
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            bomb +=
                "a\(level): &a\(level) [\((0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", "))]\n"
        }
        for text in [
            bomb, String(repeating: "[", count: 5000), String(repeating: "a: ", count: 5000), "x: \u{0}",
        ] {
            #expect(throws: FileError.self) { try read(text) }
        }
        #expect(throws: FileError.self) { try read("x: " + String(repeating: "y", count: 2 << 20)) }
    }
}

import Apus
import ApusData
import ApusFormats
import ApusModels
import ApusNN
import Testing
import _ApusTestSupport

@testable import ApusTraining

/// What stands in the place of a recipe's own: losses, metrics, initializers and transforms by their names.
@Suite struct ChoiceTests {
    private let folder = TemporaryFolder()

    /// Values of all kinds for each setting, of which those that cannot be are refused; no value that a file can hold
    /// stops the program.
    private func tryAll<Made>(
        _ settings: [String], _ make: ([String: Setting]) throws -> Made, _ use: (Made) -> Void
    ) throws {
        use(try make([:]))
        let values: [Setting] = [
            0, -1, 1, 2, 3, 0.5, 1e-300, 1e300, .number(.infinity), .number(.nan), "x", [1], [0, 1], [1, 0],
            [0.2, 0.3], [-5, 5], [.number(.nan), 1], true,
        ]
        for name in settings {
            #expect(throws: TrainingError.self) { _ = try make([name: "nothing that is there"]) }
            for value in values { if let made = try? make([name: value]) { use(made) } }
        }
        #expect(throws: TrainingError.self) { _ = try make(["nothing": 1]) }
    }

    private func isFinite(_ x: Tensor) -> Bool { x.isFinite().all().item() }

    @Test(arguments: NamedLoss.all.map(\.name))
    func losses(_ name: String) throws {
        let named = try NamedLoss.named(name)
        let random = RandomGenerator(seed: 1)
        let x = Tensor.uniform([4, 3], low: 0.1, high: 0.9, using: random)
        let targets = named.targets == .classes ? Tensor([0, 2, 1, 1]) : .uniform([4, 3], using: random)
        try tryAll(named.settings, { try named.make($0) }) { loss in
            let value = loss.forward(x, targets)
            #expect(value.shape == [])
        }
        let loss = try named.make()
        #expect(isFinite(loss.forward(x, targets)))
    }

    @Test(arguments: NamedMetric.all.map(\.name))
    func metrics(_ name: String) throws {
        let named = try NamedMetric.named(name)
        let x = Tensor.uniform([6, 3], using: RandomGenerator(seed: 1))
        let targets = named.targets == .classes ? Tensor([0, 2, 1, 1, 0, 2]) : x * 0.9
        try tryAll(named.settings, { try named.make($0) }) { metric in
            var metric = metric
            metric.update(BatchResult(loss: Tensor(0.5), predictions: x, targets: targets), samples: 6)
            #expect(metric.value.isFinite && metric.name.contains(name), "\(metric.name)")
        }
    }

    @Test(arguments: NamedInitializer.all.map(\.name))
    func initializers(_ name: String) throws {
        let named = try NamedInitializer.named(name)
        let shape = name == "dirac" ? [4, 4, 3, 3] : [6, 4]
        try tryAll(named.settings, { try named.make($0) }) { initializer in
            #expect(initializer(shape).shape == shape)
        }
        #expect(isFinite(try named.make()(shape)))
    }

    @Test(arguments: NamedTransform.all.map(\.name))
    func transforms(_ name: String) throws {
        let named = try NamedTransform.named(name)
        for format in [Image.Format.gray, .rgb] {
            let pixels = (0..<12 * 9 * format.channels).map { UInt8($0 * 7 % 256) }
            let picture = Image(width: 12, height: 9, format: format, pixels: pixels)
            try tryAll(named.settings, { try named.make($0, width: 12, height: 9) }) { transform in
                var random = SampleGenerator(RandomGenerator(seed: 3))
                for _ in 0..<3 {
                    let made = transform.callAsFunction(picture, using: &random)
                    #expect(made.width == 12 && made.height == 9 && made.format == format)
                }
            }
        }
    }

    @Test func initializersDrawWeightsAlone() throws {
        let named = try NamedInitializer.named("orthogonal")
        let model = MLP(.init(widths: [4, 3, 2]))
        try named.draw(.orthogonal(), for: model)
        let weights = model.namedParameters().filter { $0.name.hasSuffix("weight") }.map(\.parameter.value)
        for weight in weights {
            let product = weight.matmul(weight.transpose())
            #expect((product - .eye(weight.shape[0])).abs().max().item(as: Double.self) < 1e-5)
        }
        for (name, parameter) in model.namedParameters() where name.hasSuffix("bias") {
            #expect(parameter.value.abs().max().item(as: Double.self) == 0)
        }
        let error = #expect(throws: TrainingError.self) {
            try NamedInitializer.named("dirac").draw(.dirac(), for: model)
        }
        #expect(
            error?.description.contains(
                "initializer dirac is not for layers.0.weight, float32 of shape [3, 4]") == true)
        // A complex network has real weights of several axes too, those of its normalisations.
        let complex = ComplexNet(.mnist)
        let norms = { complex.namedParameters().filter { !$0.parameter.value.dtype.isComplex } }
        let before = norms().map { $0.parameter.value.array(of: Float.self) }
        try NamedInitializer.named("unitary").draw(.unitary(.he), for: complex)
        #expect(norms().map { $0.parameter.value.array(of: Float.self) } == before && !before.isEmpty)
        #expect(throws: TrainingError.self) { try named.draw(.orthogonal(), for: complex) }
        #expect(throws: TrainingError.self) {
            try NamedInitializer.named("unitary").draw(.unitary(.he), for: model)
        }
    }

    @Test func recipesRefuseWhatTheyDoNotTake() throws {
        let settings: [RunChoice: Setting] = [
            .optimizer: "adam", .schedule: "cosine", .loss: "cross-entropy", .metrics: "accuracy",
            .initializer: "he-normal", .augment: "random-crop",
        ]
        for recipe in Recipe.all {
            for choice in RunChoice.allCases where !recipe.takes.contains(choice) {
                var configuration = recipe.configuration
                configuration.choices[choice] = settings[choice]
                let error = #expect(throws: TrainingError.self) { try configuration.validate() }
                #expect(error?.description == "\(recipe.name) takes no \(choice)")
            }
        }
        #expect(!Recipe.dcgan.takes.contains(.schedule) && !Recipe.audioReal.takes.contains(.augment))
    }

    private func run(_ recipe: Recipe, _ name: String, _ choices: [RunChoice: Setting]) throws
        -> any TrainingRun
    {
        var configuration = recipe.configuration
        if recipe.source == .digits {
            try TinyMNIST.write(to: "\(folder.path)/data", train: 50)
            configuration.data = "\(folder.path)/data"
        }
        configuration.options.epochs = 1
        configuration.choices = choices
        let run = try Recipe.begin(configuration, in: RunFolder("\(folder.path)/\(name)"))
        _ = try run.run()
        return run
    }

    @Test func choicesDecideWhatARunComputes() throws {
        func names(_ run: any TrainingRun) -> Set<String> { Set(run.records.last?.values.names ?? []) }
        func loss(_ run: any TrainingRun) -> Double? { run.records.last?["train_loss"] }
        let own = try run(.mnistMLP, "own", [:])
        #expect(names(own).contains("test_accuracy"))
        let measured = try run(.mnistMLP, "metrics", [.metrics: ["f1", ["name": "accuracy", "top": 3]]])
        #expect(names(measured).isSuperset(of: ["test_f1", "test_top3_accuracy"]))
        #expect(!names(measured).contains("test_accuracy") && loss(measured) == loss(own))
        for (choice, setting): (RunChoice, Setting) in [
            (.loss, ["name": "cross-entropy", "label_smoothing": 0.5]), (.initializer, "orthogonal"),
            (.augment, ["random-rotation", "random-crop"]),
        ] {
            let other = try run(.mnistMLP, "\(choice)", [choice: setting])
            #expect(loss(other) != loss(own) && loss(other)?.isFinite == true, "\(choice)")
        }
        let restored = try run(.autoencoder, "restored", [.loss: "l1", .metrics: ["psnr", "mae"]])
        #expect(names(restored).isSuperset(of: ["test_psnr", "test_mae"]))
        // Of the mean absolute error both the loss and the metric are the same.
        let (mae, l1) = (restored.records.last?["test_mae"], restored.records.last?["test_loss"])
        #expect(abs((mae ?? 0) - (l1 ?? 1)) < 1e-5)
    }
}

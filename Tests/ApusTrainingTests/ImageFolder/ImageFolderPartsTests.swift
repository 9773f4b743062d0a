import Apus
import ApusData
import ApusModels
import ApusNN
import Testing

@testable import ApusTraining

/// What `image-folder` is made of.
@Suite struct ImageFolderPartsTests {
    @Test func aPartOfEachClassIsForValidation() {
        let labels = Array(repeating: 0, count: 20) + [1, 1, 2] + Array(repeating: 3, count: 7)
        let (train, validation) = ImageFolderData.split(labels, 0.2)
        #expect((train + validation).sorted() == Array(labels.indices))
        func counts(_ part: [Int]) -> [Int] { (0..<4).map { label in part.count { labels[$0] == label } } }
        #expect(counts(validation) == [4, 1, 0, 1] && counts(train) == [16, 1, 1, 6])
        #expect(ImageFolderData.split(labels, 0.2).validation == validation)
        #expect(validation.prefix(4) != [0, 1, 2, 3])
        #expect(counts(ImageFolderData.split(labels, 0.9).train) == [2, 1, 1, 1])
    }

    @Test func ratesFallFromTheLastLayerToTheFirstAndNormsDoNotDecay() throws {
        let model = ResNet(.init(block: .basic, depths: [1, 2, 1, 1], width: 3, classes: 4))
        try model.freeze(["layer2.1", "bn1"])
        let groups = model.parameterGroups(input: [1, 3, 32, 32], learningRate: 0.1, layerDecay: 0.5)
        var found: [String: (rate: Double, decay: Double?)] = [:]
        for (name, parameter) in model.namedParameters() {
            let own = groups.filter { $0.parameters.contains { $0 === parameter } }
            #expect(own.count == (parameter.isTrainable ? 1 : 0), "\(name)")
            found[name] = own.first.map { ($0.learningRate!, $0.weightDecay) }
        }
        // conv1, five blocks, fc.
        let rates: KeyValuePairs<String, Double> = [
            "fc.weight": 0.1, "fc.bias": 0.1, "layer4.0.bn2.weight": 0.05,
            "layer4.0.downsample.0.weight": 0.05, "layer3.0.conv1.weight": 0.025,
            "layer2.0.conv2.weight": 0.1 / 16, "layer1.0.conv1.weight": 0.1 / 32, "conv1.weight": 0.1 / 64,
        ]
        for (name, rate) in rates {
            let (own, decay) = try #require(found[name])
            #expect(abs(own - rate) < 1e-12, "\(name)")
            #expect(decay == (name.contains("bn") || name.hasSuffix("bias") ? 0 : nil), "\(name)")
        }
        #expect(found["layer2.1.conv1.weight"] == nil && found["bn1.bias"] == nil)
        let alike = ResNet(.init(block: .basic, depths: [1, 1, 1, 1], width: 3, classes: 4))
        let two = alike.parameterGroups(input: [1, 3, 32, 32], learningRate: 0.1, layerDecay: 1)
        #expect(two.count == 2 && two.allSatisfy { $0.learningRate == 0.1 })
        #expect(two.flatMap(\.parameters).count == alike.parameters().count)
    }

    @Test func whatIsFrozenIsInEvaluationMode() throws {
        let model = ResNet(.init(block: .basic, depths: [1, 1, 1, 1], width: 3, classes: 4))
        try model.freeze(["layer1"])
        for (name, module) in model.namedModules() {
            let isFrozen = name == "layer1" || name.hasPrefix("layer1.")
            #expect(module.isTraining == !isFrozen, "\(name)")
        }
        #expect(
            model.namedParameters().allSatisfy { $0.parameter.isTrainable == !$0.name.hasPrefix("layer1.") })
    }

    @Test func stochasticDepthKeepsItsProportions() throws {
        func probabilities(_ model: Module) -> [Double] {
            model.namedModules().compactMap { ($0.module as? StochasticDepth)?.p }
        }
        let models: [any Layer] = [
            HorNet(.digits), EfficientNet(.digits),
            ConvNeXt(.init(width: 4, depths: [1, 1, 2, 1], stochasticDepth: 0.2, classes: 3)),
        ]
        for model in models {
            let before = probabilities(model)
            try model.setStochasticDepth(0.4)
            let after = probabilities(model)
            #expect(abs(after.max()! - 0.4) < 1e-12 && before.count > 1)
            for (old, new) in zip(before, after) { #expect(abs(new - old * 0.4 / before.max()!) < 1e-12) }
        }
    }

    @Test func statisticsFollowATenthOfABatch() throws {
        let model = MobileNetV3(.small)
        let norms = { model.namedModules().compactMap { ($0.module as? BatchNorm2d)?.momentum } }
        #expect(Set(norms()) == [0.01])
        model.followStatistics()
        #expect(Set(norms()) == [0.1] && norms().count > 30)
    }

    @Test func batchesAreMixed() {
        let batch = LabeledBatch(
            inputs: .uniform([4, 3, 8, 8], using: RandomGenerator(seed: 1)), labels: Tensor([0, 1, 2, 0]))
        #expect(BatchMixing(mixUp: 0, cutMix: 0)(batch, classes: 3) == nil)
        withRandomGenerator(RandomGenerator(seed: 5)) {
            var kinds = Set<Bool>()
            for _ in 0..<20 {
                let (inputs, targets) = BatchMixing(mixUp: 1, cutMix: 1)(batch, classes: 3)!
                #expect(targets.shape == [4, 3])
                #expect((targets.sum(axis: 1) - 1).abs().max().item(as: Float.self) < 1e-5)
                // CutMix leaves pixels as they are, in one of two pictures; mixup leaves none.
                kinds.insert((inputs .== batch.inputs).any().item(as: Bool.self))
            }
            #expect(kinds == [true, false])
        }
    }
}

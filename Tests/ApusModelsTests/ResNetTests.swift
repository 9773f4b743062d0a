import Apus
import ApusModels
import ApusNN
import ApusOptim
import Testing
import _ApusTestSupport

@Suite struct ResNetTests {
    private static let small = ResNet.Configuration(
        block: .basic, depths: [1, 2, 1, 1], width: 3, classes: 4)
    private static let smallBottleneck = ResNet.Configuration(
        block: .bottleneck, depths: [1, 2, 1, 1], width: 3, classes: 4)

    /// (sin(1.3·i + p) + offset)·scale, as in Scripts/resnet_reference.py.
    private func formula(_ shape: Shape, _ phase: Double, _ offset: Double, _ scale: Double) -> Tensor {
        let count = Tensor((0..<shape.elementCount).map(Double.init), shape: shape, dtype: .float64)
        return ((count * 1.3 + phase).sin() + offset) * scale
    }

    @Test func sizesAndNamesAreTorchvisions() {
        let expected: [(ResNet.Configuration, Int, Int)] = [
            (.resNet18, 11_689_512, 122), (.resNet34, 21_797_672, 218), (.resNet50, 25_557_032, 320),
        ]
        for (configuration, parameters, entries) in expected {
            let model = ResNet(configuration)
            #expect(model.parameterCount == parameters)
            #expect(model.stateDictionary().count == entries)
        }
        let state = ResNet(.resNet18).stateDictionary().mapValues(\.shape)
        #expect(state["conv1.weight"] == [64, 3, 7, 7])
        #expect(state["bn1.running_mean"] == [64] && state["bn1.num_batches_tracked"] == [])
        #expect(state["layer1.0.conv1.weight"] == [64, 64, 3, 3])
        #expect(state["layer1.0.downsample.0.weight"] == nil && state["conv1.bias"] == nil)
        #expect(state["layer2.0.downsample.0.weight"] == [128, 64, 1, 1])
        #expect(state["layer4.1.bn2.running_var"] == [512])
        #expect(state["fc.weight"] == [1000, 512] && state["fc.bias"] == [1000])
        let wide = ResNet(.resNet50).stateDictionary().mapValues(\.shape)
        #expect(wide["layer1.0.downsample.0.weight"] == [256, 64, 1, 1])
        #expect(wide["layer3.5.conv3.weight"] == [1024, 256, 1, 1])
        #expect(wide["layer4.2.bn3.weight"] == [2048] && wide["fc.weight"] == [1000, 2048])
    }

    @Test func convolutionsStartByTheirOutputs() {
        let weight = ResNet(.resNet18).layer3.stateDictionary()["0.conv1.weight"]!
        #expect(abs(weight.square().mean().item(as: Double.self) * Double(256 * 9) / 2 - 1) < 0.02)
    }

    @Test func resultsAreThoseOfPyTorch() throws {
        let expected: [(ResNet.Configuration, [Double])] = [
            (
                ResNetTests.small,
                [
                    1.7859782047, 3.3036778439, 4.65363255166, 4.96362608418, 2.00471654644, 3.58915063873,
                    4.99258147287, 5.340309192,
                ]
            ),
            (
                ResNetTests.smallBottleneck,
                [
                    -27.272468407, -26.0818666514, -6.62207141661, 17.0343092263, -27.5336122078,
                    -26.1262175542, -6.41855046603, 17.3430844476,
                ]
            ),
        ]
        let x = formula([2, 3, 37, 41], 0.5, 0, 1)
        for (configuration, values) in expected {
            let values = Tensor(values, shape: [2, 4], dtype: .float64)
            let model = ResNet(configuration).scattered()
            let names = model.stateDictionary().keys.filter { !$0.hasSuffix("num_batches_tracked") }.sorted()
            var state: [String: Tensor] = [:]
            for (number, name) in names.enumerated() {
                state[name] = formula(
                    model.stateDictionary()[name]!.shape, Double(number),
                    name.hasSuffix("running_var") ? 1.5 : 0, 0.6)
            }
            try model.load(state, strict: false)
            model.evaluate()
            #expect(difference(model(x), values, relative: 1e-10, absolute: 1e-10) == nil)
            let fused = model.graph(input: x.shape, dtype: .float64).fused()
            let found = try fused.run([x])[0]
            #expect(difference(found, values, relative: 1e-10, absolute: 1e-10) == nil)
        }
    }

    @Test func trainingLowersTheLoss() {
        let model = ResNet(ResNetTests.small, using: RandomGenerator(seed: 1))
        let x = Tensor.normal([4, 3, 33, 32], using: RandomGenerator(seed: 2))
        let labels = Tensor([0, 1, 2, 3], shape: [4])
        let optimizer = Adam(model.parameters(), learningRate: 0.01)
        let before = model(x).softmaxCrossEntropy(labels).item(as: Double.self)
        for _ in 0..<5 {
            model.zeroGradients()
            model(x).softmaxCrossEntropy(labels).backward()
            optimizer.step()
        }
        #expect(model(x).softmaxCrossEntropy(labels).item(as: Double.self) < 0.8 * before)
        #expect(model.bn1.batchesTracked!.value.item(as: Int.self) == 7)
    }
}

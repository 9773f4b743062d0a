import Apus
import ApusModels
import ApusNN
import ApusOptim
import Testing
import _ApusTestSupport

@Suite struct ResNetTests {
    private static let small = ResNet.Configuration(
        block: .basic, depths: [1, 2, 1, 1], width: 3, classes: 4)

    @Test func sizesAndNamesAreTorchvisions() {
        let expected: [(ResNet.Configuration, Int, Int)] = [
            (.resNet18, 11_689_512, 122), (.resNet34, 21_797_672, 218), (.resNet50, 25_557_032, 320),
            (.resNeXt50_32x4d, 25_028_904, 320),
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

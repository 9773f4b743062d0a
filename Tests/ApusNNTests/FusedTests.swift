import Apus
import ApusModels
import ApusNN
import Testing

/// `fused()`: models with batch normalisations folded into the layers before them give what they gave.
@Suite struct FusedTests {
    private static func stack(_ index: Int) -> (model: Sequential, shape: Shape) {
        let stacks: [(Sequential, Shape)] = [
            (
                Sequential(
                    Conv2d(3, 8, kernel: 3, padding: 1, bias: false), BatchNorm2d(8), ReLU(),
                    Conv2d(8, 6, kernel: 3, stride: 2, groups: 2),
                    BatchNorm2d(6, epsilon: 1e-2, affine: false), ReLU(),
                    DepthwiseConv2d(6, multiplier: 2, kernel: 3), BatchNorm2d(12), Dropout2d(0.5),
                    TrueConv2d(12, 4, kernel: [1, 2]), BatchNorm2d(4)
                ), [2, 3, 12, 13]
            ),
            (
                Sequential(
                    ConvTranspose2d(4, 6, kernel: [3, 2], stride: 2, outputPadding: 1, groups: 2),
                    BatchNorm2d(6), ReLU(),
                    ConvTranspose2d(6, 3, kernel: 2, bias: false), BatchNorm2d(3)
                ), [2, 4, 4, 3]
            ),
            (
                Sequential(
                    DepthwiseSeparableConv2d(4, 6, kernel: 3), BatchNorm2d(6), ReLU(),
                    ResizeConv2d(6, 3, kernel: 3), BatchNorm2d(3), Flatten(), Linear(3 * 8 * 6, 5),
                    BatchNorm1d(5)
                ), [2, 4, 6, 5]
            ),
            (
                Sequential(
                    Conv1d(2, 4, kernel: 3), BatchNorm1d(4),
                    Sequential(ConvTranspose1d(4, 3, kernel: 2), BatchNorm1d(3))
                ), [2, 2, 7]
            ),
            (
                Sequential(
                    Conv3d(2, 4, kernel: 2), BatchNorm3d(4), ReLU(),
                    ConvTranspose3d(4, 4, kernel: 2, groups: 4),
                    BatchNorm3d(4)
                ), [2, 2, 3, 4, 3]
            ),
            (
                Sequential(
                    SpatiallySeparableConv2d(2, 4, kernel: 3), BatchNorm2d(4), ReLU(),
                    FlattenedConv2d(4, 6, kernel: 3, bias: false), BatchNorm2d(6),
                    ShuffledGroupedConv2d(6, 4, kernel: 1, groups: 2), BatchNorm2d(4),
                    ShuffleNetUnit(4, 8, groups: 2, stride: 2), PointwiseGroupedConv2d(8, 4, groups: 4),
                    BatchNorm2d(4)
                ), [2, 2, 9, 8]
            ),
        ]
        return stacks[index]
    }

    @Test(arguments: 0..<6)
    func foldedNormalisationsGiveTheSame(_ index: Int) {
        let (model, shape) = FusedTests.stack(index)
        _ = model.scattered()
        model.evaluate()
        let x = Tensor.normal(shape, dtype: .float64, using: RandomGenerator(seed: 4))
        let fused = model.fused()
        let expected = model(x)
        expectClose(fused(x), expected)
        #expect(!fused.namedModules().contains { $0.module is BatchNorm })
        #expect(fused.namedModules().allSatisfy { !$0.module.isTraining })
        let again = fused.fused()
        #expect(again(x).array(of: Double.self) == fused(x).array(of: Double.self))
        expectClose(model(x), expected, "the model itself has changed")

        for parameter in model.parameters() { parameter.value = parameter.value.detach().to(.float32) }
        for (_, buffer) in model.namedBuffers() where buffer.value.dtype == .float64 {
            buffer.value = buffer.value.to(.float32)
        }
        let single = x.to(.float32)
        let largest = model(single).abs().max().item(as: Double.self)
        let difference = (model.fused()(single) - model(single)).abs().max().item(as: Double.self)
        #expect(difference <= 1e-5 * largest)
        #expect(model.fused().parameters().allSatisfy { $0.value.dtype == .float32 })
    }

    @Test func namesStayWhereTheyWere() {
        let model = FusedTests.stack(0).model
        model.evaluate()
        #expect(
            model.fused().namedParameters().map(\.name) == [
                "0.weight", "0.bias", "3.weight", "3.bias", "6.weight", "6.bias", "9.weight", "9.bias",
            ])
        #expect(model.fused().layers.count == model.layers.count && model.fused()[1] is Identity)
        #expect(model.fused().namedBuffers().isEmpty)
    }

    @Test func whatCannotBeFoldedStays() {
        let norm = BatchNorm2d(3, trackRunningStatistics: false)
        let model = Sequential(
            Conv2d(2, 3, kernel: 1), norm, BatchNorm2d(3), ReLU(), BatchNorm2d(3), MaxPool2d(2)
        ).scattered()
        model.evaluate()
        let x = Tensor.normal([2, 2, 4, 4], dtype: .float64, using: RandomGenerator(seed: 5))
        let fused = model.fused()
        expectClose(fused(x), model(x))
        #expect(fused[1] === norm && fused.namedModules().filter { $0.module is BatchNorm }.count == 3)
        let rows = Sequential(Linear(3, 4), BatchNorm1d(2)).scattered()
        rows.evaluate()
        let y = Tensor.normal([5, 2, 3], dtype: .float64, using: RandomGenerator(seed: 6))
        expectClose(rows.fused()(y), rows(y))
    }

    @Test func aParametrizedWeightBecomesAnOrdinaryOne() {
        let layer = Conv2d(2, 3, kernel: 2).scattered().weightNorm()
        let model = Sequential(layer, BatchNorm2d(3).scattered(seed: 8))
        model.evaluate()
        let x = Tensor.normal([1, 2, 4, 4], dtype: .float64, using: RandomGenerator(seed: 7))
        expectClose(model.fused()(x), model(x))
        #expect(model.fused().namedParameters().map(\.name) == ["0.weight", "0.bias"])
    }

    @Test(arguments: [
        ResNet.Configuration(block: .basic, depths: [1, 2, 1, 1], width: 4, classes: 3),
        ResNet.Configuration(block: .bottleneck, depths: [1, 1, 1, 2], width: 2, classes: 3),
    ])
    func aResNetLosesItsNormalisations(_ configuration: ResNet.Configuration) {
        let model = ResNet(configuration, using: RandomGenerator(seed: 9)).scattered()
        model.evaluate()
        let fused = model.fused()
        let x = Tensor.normal([2, 3, 33, 40], dtype: .float64, using: RandomGenerator(seed: 10))
        expectClose(fused(x), model(x))
        #expect(!fused.namedModules().contains { $0.module is BatchNorm })
        let names = fused.namedParameters().map(\.name)
        #expect(
            names.prefix(4) == ["conv1.weight", "conv1.bias", "layer1.0.conv1.weight", "layer1.0.conv1.bias"])
        #expect(names.contains("layer2.0.downsample.0.bias") && names.suffix(2) == ["fc.weight", "fc.bias"])
        #expect(fused.namedModules().allSatisfy { !$0.module.isTraining })
    }

    @Test func aModelInTrainingIsRefused() async {
        var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Sequential(Conv2d(1, 1, kernel: 1), BatchNorm2d(1)).fused()
        }
        #expect(message(result).contains("fused: Sequential is in training; call evaluate() first"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ResNet(.init(block: .basic, depths: [1, 1, 1, 1], width: 1)).fused()
        }
        #expect(message(result).contains("is in training; call evaluate() first"))
    }
}

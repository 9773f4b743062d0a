import Apus
import ApusModels
import ApusNN
import Foundation
import Testing

// The default generator is other tests' too, which run at the same time.
private let generator = RandomGenerator(seed: 1)

@Suite struct SummaryTests {
    @Test func linesOfASmallNetwork() {
        let summary = ConvNet(.mnist, using: generator).summary(input: [1, 1, 28, 28])
        // Each ReLU is a part of its linear layer, or of the pooling before which it stands.
        #expect(
            summary.layers.map(\.name) == [
                "layers.0", "maxPool2d", "layers.3", "maxPool2d", "layers.7", "layers.9",
            ])
        #expect(
            summary.layers.map(\.kind) == [
                "Conv2d", "maxPool2d", "Conv2d", "maxPool2d", "Linear", "Linear",
            ])
        #expect(
            summary.layers.map(\.output) == [
                [1, 8, 28, 28], [1, 8, 14, 14], [1, 16, 14, 14], [1, 16, 7, 7], [1, 128], [1, 10],
            ])
        #expect(summary.layers.map(\.parameters) == [80, 0, 1168, 0, 100_480, 1290])
        #expect(summary.layers.map(\.multiplyAdds) == [56_448, 0, 225_792, 0, 100_352, 1280])
        #expect(summary.parameters == 103_018 && summary.multiplyAdds == 383_872)
        let fields = summary.layers.map(\.receptiveField)
        let expected: [(Int, Double?, Double)] = [
            (3, 1, 0), (4, 2, 0.5), (8, 2, 0.5), (10, 4, 1.5), (28, nil, 13.5), (28, nil, 13.5),
        ]
        for (field, (size, jump, center)) in zip(fields, expected) {
            let one = ReceptiveField(size: size, jump: jump, center: center)
            #expect(field == [one, one])
        }
    }

    @Test func tableAndJSON() throws {
        let summary = ConvNet(.mnist, using: generator).summary(input: [1, 1, 28, 28])
        let lines = summary.description.split(separator: "\n")
        #expect(lines.count == 9)
        #expect(lines[0] == "ConvNet, input 1×1×28×28")
        #expect(
            lines[4].split(separator: " ") == [
                "layers.3", "Conv2d", "1×16×14×14", "1,168", "225,792", "8", "2", "0.5",
            ])
        #expect(lines[7].hasSuffix("whole     -    13.5"))
        #expect(lines[8] == "total: 103,018 parameters, 383,872 multiply-adds")
        let bytes = try JSONEncoder().encode(summary)
        #expect(try JSONDecoder().decode(Summary.self, from: bytes) == summary)
        #expect(String(decoding: bytes, as: UTF8.self).contains("\"jump\":null"))
    }

    @Test func modelIsLeftAsItWas() {
        let model = Sequential(
            Conv2d(1, 2, kernel: 3, using: generator), BatchNorm2d(2), ReLU(), Dropout(0.5))
        model.layers[1].evaluate()
        let weight = model.parameters()[0]
        weight.isTrainable = false
        let statistics = model.namedBuffers().map { $0.buffer.value }
        let summary = model.summary(input: [2, 1, 5, 5])
        #expect(summary.layers.map(\.name) == ["0", "1", "relu"])
        #expect(summary.layers.map(\.parameters) == [20, 4, 0])
        #expect(model.isTraining && !model.layers[1].isTraining && model.layers[3].isTraining)
        #expect(!weight.isTrainable && !weight.value.requiresGradient)
        for (before, after) in zip(statistics, model.namedBuffers()) {
            #expect((before .== after.buffer.value).all().item(as: Bool.self))
        }
    }

    @Test func functionsAndSurroundingModes() {
        let weight = Tensor.ones([4, 3, 3, 3]).requiringGradient()
        let summary = withInferenceMode {
            Summary(input: [1, 3, 9, 9]) { $0.conv2d(weight, stride: 2).relu().mean(axes: [2, 3]) }
        }
        #expect(summary.layers.map(\.name) == ["conv2d", "relu", "mean"])
        #expect(summary.parameters == 108 && summary.multiplyAdds == 4 * 16 * 27)
        #expect(summary.layers[1].receptiveField == summary.layers[0].receptiveField)
        #expect(summary.layers[2].receptiveField.allSatisfy { $0.isWhole })
    }

    @Test func sharedAndComputedWeights() {
        final class Tied: Module, Layer {
            let first = Conv1d(2, 2, kernel: 3, padding: 1, bias: false, using: generator)
            let scaled = Conv1d(2, 2, kernel: 3, padding: 1, using: generator)
            func forward(_ x: Tensor) -> Tensor { scaled(first(first(x))) }
        }
        let model = Tied()
        model.scaled.weightNorm()
        let summary = model.summary(input: [1, 2, 8])
        #expect(summary.layers.map(\.name) == ["first", "first", "scaled"])
        #expect(summary.layers.map(\.parameters) == [12, 0, 12 + 2 + 2])
        #expect(summary.parameters == 28 && summary.parameters == model.parameterCount)
        #expect(summary.layers.map { $0.receptiveField[0].size } == [3, 5, 7])
    }

    @Test func productsOfAttention() {
        let layer = Linear(8, 8, using: generator)
        let summary = Summary(of: layer, input: [1, 8, 4, 4]) { x in
            let tokens = layer(x.flatten(from: 2, to: -1).transpose(1, 2))
            return tokens.matmul(tokens.transpose(1, 2)).softmax(axis: -1).matmul(tokens)
        }
        #expect(summary.layers.map(\.kind) == ["linear", "matmul", "softmax", "matmul"])
        #expect(summary.layers.map(\.multiplyAdds) == [16 * 64, 16 * 16 * 8, 0, 16 * 16 * 8])
        #expect(summary.layers[0].output == [1, 16, 8])
        #expect(summary.layers[0].receptiveField.map(\.size) == [1, 1])
        #expect(summary.layers[1].receptiveField.allSatisfy { $0.isWhole })
    }

    @Test func biasOfATransposedConvolutionHasNoLineOfItsOwn() {
        let summary = Sequential(ConvTranspose2d(3, 2, kernel: 4, stride: 2, padding: 1, using: generator))
            .summary(
                input: [1, 3, 5, 5])
        #expect(summary.layers.count == 1)
        #expect(summary.layers[0].parameters == 3 * 2 * 16 + 2 && summary.layers[0].output == [1, 2, 10, 10])
        #expect(summary.multiplyAdds == 3 * 2 * 16 * 25)
        #expect(summary.layers[0].receptiveField[0].jump == 0.5)
    }

    @Test func integersAsInput() {
        let table = Tensor.ones([10, 4]).requiringGradient()
        let layer = Linear(4, 3, using: generator)
        let summary = Summary(of: layer, input: [5], dtype: .int64) {
            layer(table.indexSelect(axis: 0, index: $0))
        }
        #expect(summary.layers.map(\.kind) == ["indexSelect", "linear"])
        #expect(summary.layers.map(\.parameters) == [40, 15] && summary.multiplyAdds == 60)
        #expect(summary.layers.allSatisfy { $0.receptiveField.isEmpty })
    }

    @Test func residualNetwork() throws {
        let summary = ResNet(.resNet18, using: generator).summary(input: [1, 3, 224, 224])
        #expect(summary.parameters == 11_689_512)
        #expect(summary.layers.reduce(0) { $0 + $1.parameters } == summary.parameters)
        #expect(summary.multiplyAdds == 1_814_073_344)
        #expect(summary.layers.count == 59)
        let pool = try #require(summary.layers.firstIndex { $0.kind == "adaptiveAvgPool2d" })
        let before = summary.layers[pool - 1]
        #expect(before.kind == "relu" && before.output == [1, 512, 7, 7])
        #expect(
            before.receptiveField
                == [ReceptiveField](repeating: .init(size: 435, jump: 32, center: 0), count: 2))
        #expect(summary.layers[pool].receptiveField.map(\.size) == [224, 224])
        let branch = try #require(summary.layers.first { $0.name == "layer2.0.downsample.0" })
        #expect(branch.multiplyAdds == 64 * 128 * 28 * 28 && branch.receptiveField[0].size == 43)
        #expect(summary.layers.last?.name == "fc" && summary.layers.last?.output == [1, 1000])
    }

    @Test func severalInputsAndResults() {
        let layer = Linear(4, 3, using: generator)
        let table = Parameter(.ones([10, 4]))
        let inputs = [Tensor.zeros([2], dtype: .int64), Tensor.zeros([2, 3])]
        let summary = Summary(of: layer, inputs: inputs) { inputs in
            let y = layer(table.value.indexSelect(axis: 0, index: inputs[0])) + inputs[1]
            return [y, y.argmax(axis: 1)]
        }
        #expect(summary.inputs == [[2], [2, 3]])
        #expect(summary.layers.map(\.kind) == ["indexSelect", "linear", "add", "argmax"])
        #expect(summary.description.hasPrefix("Linear, inputs 2, 2×3\n"))
    }

    /// Each kind's formula is what the summary counts on a layer of that kind.
    @Test func costsAgree() {
        func check(_ layer: any Layer, _ input: Shape, _ cost: ConvolutionCost) {
            let summary = layer.summary(input: input)
            #expect(summary.parameters == cost.weights && summary.multiplyAdds == cost.multiplications)
        }
        check(
            Conv2d(3, 128, kernel: 3, bias: false, using: generator), [1, 3, 7, 7],
            .standard(inputs: 3, outputs: 128, kernel: 3, output: 5))
        check(
            Conv2d(8, 12, kernel: [3, 5], stride: 2, groups: 4, bias: false, using: generator),
            [1, 8, 9, 11],
            .grouped(inputs: 8, outputs: 12, groups: 4, kernel: [3, 5], output: 4))
        check(
            DepthwiseConv2d(6, multiplier: 2, kernel: 3, bias: false, using: generator), [1, 6, 7, 7],
            .depthwise(channels: 6, multiplier: 2, kernel: 3, output: 5))
        check(
            DepthwiseSeparableConv2d(3, 128, kernel: 3, bias: false, using: generator), [1, 3, 7, 7],
            .depthwiseSeparable(inputs: 3, outputs: 128, kernel: 3, output: 5))
        check(
            SpatiallySeparableConv2d(1, 1, kernel: 3, bias: false, using: generator), [1, 1, 5, 5],
            .spatiallySeparable(inputs: 1, outputs: 1, kernel: 3, width: 5, output: 3))
        check(
            FlattenedConv2d(6, 4, kernel: 3, bias: false, using: generator), [1, 6, 8, 9],
            .flattened(inputs: 6, outputs: 4, kernel: 3, input: [8, 9], output: [6, 7]))
        check(
            SpatiallySeparableConv2d(2, 3, kernel: [3, 5], bias: false, using: generator), [1, 2, 9, 9],
            .spatiallySeparable(inputs: 2, outputs: 3, kernel: [3, 5], width: 9, output: [7, 5]))
        check(
            ShuffledGroupedConv2d(6, 12, kernel: 3, groups: 3, padding: 1, bias: false, using: generator),
            [1, 6, 7, 7],
            .shuffledGrouped(inputs: 6, outputs: 12, groups: 3, kernel: 3, output: 7))
        check(
            PointwiseGroupedConv2d(6, 12, groups: 3, bias: false, using: generator), [1, 6, 7, 7],
            .pointwiseGrouped(inputs: 6, outputs: 12, groups: 3, output: 7))
        check(
            ConvTranspose2d(4, 6, kernel: 3, stride: 2, groups: 2, bias: false, using: generator),
            [1, 4, 5, 5],
            .transposed(inputs: 4, outputs: 6, groups: 2, kernel: 3, input: 5))
        check(
            Conv1d(4, 6, kernel: 3, dilation: 2, bias: false, using: generator), [1, 4, 12],
            .dilated(inputs: 4, outputs: 6, kernel: 3, output: 8, axes: 1))
    }
}

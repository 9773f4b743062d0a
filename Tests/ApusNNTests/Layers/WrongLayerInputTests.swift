import Apus
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

/// Every layer with inputs and parameters of wrong shapes, ranks and types: it gives a result, or stops with a message
/// that names an operation.
@Suite struct WrongLayerInputTests {
    struct Case: Sendable {
        let name: String
        let shape: Shape
        let dtype: DType
        let make: @Sendable () -> any Layer

        init(
            _ name: String, _ shape: Shape, _ dtype: DType = .float32,
            _ make: @escaping @Sendable () -> any Layer
        ) {
            self.name = name
            self.shape = shape
            self.dtype = dtype
            self.make = make
        }
    }

    static let cases: [Case] = [
        Case("Linear", [2, 4]) { Linear(4, 3) }, Case("Conv1d", [2, 4, 6]) { Conv1d(4, 2, kernel: 3) },
        Case("Conv2d", [2, 4, 5, 6]) { Conv2d(4, 2, kernel: 3, padding: 1, groups: 2) },
        Case("Conv3d", [1, 2, 3, 3, 3]) { Conv3d(2, 2, kernel: 2) },
        Case("ConvTranspose2d", [2, 4, 3, 3]) { ConvTranspose2d(4, 2, kernel: 3, stride: 2) },
        Case("DepthwiseConv2d", [2, 4, 5, 5]) { DepthwiseConv2d(4, kernel: 3) },
        Case("DepthwiseSeparableConv2d", [2, 4, 5, 5]) { DepthwiseSeparableConv2d(4, 3, kernel: 3) },
        Case("FlattenedConv2d", [2, 4, 5, 5]) { FlattenedConv2d(4, 3, kernel: 3) },
        Case("SpatiallySeparableConv2d", [2, 4, 5, 5]) { SpatiallySeparableConv2d(4, 3, kernel: 3) },
        Case("TrueConv2d", [2, 4, 5, 5]) { TrueConv2d(4, 3, kernel: 3) },
        Case("PointwiseGroupedConv2d", [2, 4, 3, 3]) { PointwiseGroupedConv2d(4, 6, groups: 2) },
        Case("ShuffledGroupedConv2d", [2, 4, 5, 5]) { ShuffledGroupedConv2d(4, 4, kernel: 3, groups: 2) },
        Case("ShuffleNetUnit", [2, 8, 5, 5]) { ShuffleNetUnit(8, 8, groups: 2) },
        Case("ResizeConv2d", [2, 4, 3, 3]) { ResizeConv2d(4, 3, kernel: 3) },
        Case("BatchNorm1d", [4, 3]) { BatchNorm1d(3) }, Case("BatchNorm2d", [2, 3, 4, 4]) { BatchNorm2d(3) },
        Case("BatchNorm3d", [2, 3, 2, 2, 2]) { BatchNorm3d(3) },
        Case("InstanceNorm1d", [2, 3, 4]) { InstanceNorm1d(3, affine: true, trackRunningStatistics: true) },
        Case("InstanceNorm2d", [2, 3, 4, 4]) { InstanceNorm2d(3) },
        Case("LayerNorm", [2, 3, 4]) { LayerNorm([3, 4]) },
        Case("RMSNorm", [2, 3, 4]) { RMSNorm([4]) },
        Case("GroupNorm", [2, 4, 5]) { GroupNorm(groups: 2, 4) },
        Case("ChannelLayerNorm", [2, 4, 5]) { ChannelLayerNorm(4) },
        Case("LocalResponseNorm", [2, 4, 5]) { LocalResponseNorm(3) }, Case("PReLU", [2, 3, 4]) { PReLU(3) },
        Case("MaxPool2d", [2, 3, 6, 6]) { MaxPool2d(2) }, Case("AvgPool2d", [2, 3, 6, 6]) { AvgPool2d(2) },
        Case("LPPool2d", [2, 3, 6, 6]) { LPPool2d(2, 2) },
        Case("AdaptiveAvgPool2d", [2, 3, 6, 6]) { AdaptiveAvgPool2d(2) },
        Case("AdaptiveMaxPool2d", [2, 3, 6, 6]) { AdaptiveMaxPool2d(2) },
        Case("Flatten", [2, 3, 4]) { Flatten() },
        Case("Unfold", [2, 3, 5, 5]) { Unfold(2) }, Case("Fold", [2, 8, 9]) { Fold(4, 2) },
        Case("PixelShuffle", [2, 8, 3, 3]) { PixelShuffle(2) },
        Case("PixelUnshuffle", [2, 2, 4, 4]) { PixelUnshuffle(2) },
        Case("ChannelShuffle", [2, 8, 3, 3]) { ChannelShuffle(groups: 2) },
        Case("Upsample", [2, 3, 4, 4]) { Upsample(scale: 2, mode: .bilinear) },
        Case("GLU", [2, 4]) { GLU() },
        Case("Softmax", [2, 4]) { Softmax() }, Case("Softmax2d", [2, 3, 4, 4]) { Softmax2d() },
        Case("Dropout2d", [2, 3, 4, 4]) { Dropout2d(0.5) }, Case("Dropout", [2, 3]) { Dropout() },
        Case("StochasticDepth", [2, 3]) { StochasticDepth(0.5) }, Case("RReLU", [2, 3]) { RReLU() },
        Case("ComplexBatchNorm1d", [4, 3], .complex64) { ComplexBatchNorm1d(3) },
        Case("ComplexBatchNorm2d", [2, 3, 4, 4], .complex64) { ComplexBatchNorm2d(3) },
        Case("NaiveComplexBatchNorm2d", [2, 3, 4, 4], .complex64) { NaiveComplexBatchNorm2d(3) },
        Case("ComplexLayerNorm", [2, 3, 4], .complex64) { ComplexLayerNorm([3, 4]) },
        Case("ComplexGroupNorm", [2, 4, 5], .complex64) { ComplexGroupNorm(groups: 2, 4) },
        Case("ComplexMaxPool2d", [2, 3, 6, 6], .complex64) { ComplexMaxPool2d(2) },
        Case("ModReLU", [2, 3, 4], .complex64) { ModReLU(3) },
        Case("SplitPReLU", [2, 3, 4], .complex64) { SplitPReLU(3) },
        Case("CReLU", [2, 3], .complex64) { CReLU() }, Case("Modulus", [2, 3], .complex64) { Modulus() },
        Case("LearnedImaginaryPart", [2, 3, 4, 4]) { LearnedImaginaryPart(3) },
        Case("complex Linear", [2, 4], .complex64) { Linear(4, 3, dtype: .complex64) },
        Case("complex Conv2d", [2, 4, 5, 6], .complex64) { Conv2d(4, 2, kernel: 3, dtype: .complex64) },
    ]

    /// Shapes that most layers do not take, and those next to the right one.
    static func shapes(_ shape: Shape) -> [Shape] {
        var list: [Shape] = [
            [], [0], [1], [3], [2, 3], [0, 3], [2, 0, 3], [2, 3, 4, 5], [1, 2, 1, 2, 1, 2, 1],
            [1] + shape, shape + [2], Array(shape.dropFirst()), Array(shape.dropLast()), shape.reversed(),
            [Int](repeating: 1, count: 64 - shape.count) + shape,
        ]
        for axis in shape.indices {
            for extent in [0, 1, shape[axis] - 1, shape[axis] + 1] {
                list.append(Array(shape[..<axis]) + [extent] + Array(shape[(axis + 1)...]))
            }
        }
        return list
    }

    @Test func layersStopWithTheirNames() async {
        let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
            var trials: [(name: String, run: () -> Void)] = []
            func attempt(_ layer: any Layer, _ x: Tensor) {
                let x = GuardedMemory.copy(x)
                let result = layer(x.dtype.isDifferentiable ? x.requiringGradient() : x)
                if result.requiresGradient { result.backward(.ones(like: result)) }
                layer.evaluate()
                _ = layer(x).description
            }
            for test in WrongLayerInputTests.cases {
                for shape in WrongLayerInputTests.shapes(test.shape) {
                    trials.append(
                        (
                            "\(test.name) of \(shape)",
                            { attempt(test.make(), .ones(shape, dtype: test.dtype)) }
                        ))
                }
                for dtype in DType.allCases {
                    trials.append(
                        (
                            "\(test.name) of \(dtype)",
                            { attempt(test.make(), .ones(test.shape, dtype: dtype)) }
                        ))
                }
                for (name, parameter) in test.make().namedParameters() {
                    let others = WrongLayerInputTests.shapes(parameter.shape).map {
                        Tensor.ones($0, dtype: parameter.value.dtype)
                    }
                    let types = DType.allCases.filter(\.isDifferentiable).map {
                        Tensor.ones(parameter.shape, dtype: $0)
                    }
                    for value in others + types {
                        trials.append(
                            (
                                "\(test.name) with \(name) of \(value.dtype) \(value.shape)",
                                {
                                    let layer = test.make()
                                    layer.namedParameters().first { $0.name == name }!.parameter.value =
                                        GuardedMemory.copy(value)
                                    attempt(layer, .ones(test.shape, dtype: test.dtype))
                                }
                            ))
                    }
                }
            }
            let outcomes = Trials.run(trials.count) { trials[$0].run() }
            for line in Trials.problems(trials.map(\.name), outcomes) {
                FileHandle.standardError.write(Data((line + "\n").utf8))
            }
        }
        let lines = message(result)
        #expect(lines.isEmpty, "\(lines)")
    }
}

import Apus
import ApusNN
import Testing

/// The kinds of convolution as layers: each is one dense convolution, or a composition, written out here.
@Suite struct ConvolutionKindTests {
    private func numbers(_ shape: Shape, _ seed: UInt64 = 2) -> Tensor {
        .normal(shape, dtype: .float64, using: RandomGenerator(seed: seed))
    }

    @Test func aDepthwiseConvolutionFiltersEachChannelForItself() {
        let layer = DepthwiseConv2d(3, multiplier: 2, kernel: [3, 2], stride: 2, padding: 1).scattered()
        #expect(layer.namedParameters().map(\.name) == ["weight", "bias"])
        #expect(layer.weight.shape == [6, 1, 3, 2])
        let x = numbers([2, 3, 6, 5])
        let alone = (0..<6).map { output in
            x[.all, (output / 2)..<(output / 2 + 1)].conv2d(
                layer.weight.value[output..<(output + 1)], bias: layer.bias!.value[output..<(output + 1)],
                stride: 2, padding: 1)
        }
        expectClose(layer(x), .cat(alone, axis: 1))
        let line = DepthwiseConv1d(4, kernel: 3, padding: .same).scattered()
        expectClose(
            line(numbers([4, 9])),
            numbers([4, 9]).conv1d(line.weight.value, bias: line.bias!.value, padding: 1, groups: 4))
        #expect(
            DepthwiseConv3d(2, multiplier: 3, kernel: 2)(.zeros([1, 2, 3, 4, 5])).shape == [1, 6, 2, 3, 4])
    }

    @Test func aDepthwiseSeparableConvolutionIsOneOfAComposedKernel() {
        let layer = DepthwiseSeparableConv2d(
            3, 4, kernel: 3, stride: [2, 1], padding: 2, dilation: [1, 2], multiplier: 2
        ).scattered()
        #expect(
            layer.namedParameters().map(\.name) == ["depthwise.weight", "pointwise.weight", "pointwise.bias"])
        let kernel = einsum(
            "ocm,cmij->ocij", layer.pointwise.weight.value.reshape([4, 3, 2]),
            layer.depthwise.weight.value.reshape([3, 2, 3, 3]))
        let x = numbers([2, 3, 7, 6])
        let expected = x.conv2d(
            kernel, bias: layer.pointwise.bias!.value, stride: [2, 1], padding: 2, dilation: [1, 2])
        expectClose(layer(x), expected)
        expectClose(
            x.depthwiseSeparableConv2d(
                layer.depthwise.weight.value, layer.pointwise.weight.value, bias: layer.pointwise.bias!.value,
                stride: [2, 1], padding: 2, dilation: [1, 2]), expected)
        expectClose(Sequential(layer, ReLU())(x), expected.relu())
    }

    @Test func aSpatiallySeparableConvolutionIsOneOfAnOuterProduct() {
        let layer = SpatiallySeparableConv2d(1, 1, kernel: [3, 2], stride: [1, 2], padding: [1, 0])
            .scattered()
        #expect(
            layer.namedParameters().map(\.name) == [
                "vertical.weight", "horizontal.weight", "horizontal.bias",
            ])
        let kernel = layer.vertical.weight.value.reshape([3]).outer(
            layer.horizontal.weight.value.reshape([2]))
        let x = numbers([2, 1, 6, 7])
        expectClose(
            layer(x),
            x.conv2d(
                kernel.reshape([1, 1, 3, 2]), bias: layer.horizontal.bias!.value, stride: [1, 2],
                padding: [1, 0]))
        let sobel = Tensor([1.0, 2, 1], shape: [1, 1, 3, 1]),
            slope = Tensor([-1.0, 0, 1], shape: [1, 1, 1, 3])
        expectClose(
            x.spatiallySeparableConv2d(sobel, slope),
            x.conv2d(Tensor([-1.0, 0, 1, -2, 0, 2, -1, 0, 1], shape: [1, 1, 3, 3])))
        let wide = SpatiallySeparableConv2d(2, 3, kernel: 3, padding: .explicit([(1, 0), (2, 1)])).scattered()
        let dense = einsum(
            "omj,mci->ocij", wide.horizontal.weight.value.squeeze(axis: 2),
            wide.vertical.weight.value.squeeze(axis: 3))
        let y = numbers([1, 2, 5, 5])
        expectClose(
            wide(y),
            y.conv2d(dense, bias: wide.horizontal.bias!.value, padding: .explicit([(1, 0), (2, 1)])))
    }

    @Test func aFlattenedConvolutionIsOneOfKernelsOfRankOne() {
        let layer = FlattenedConv2d(3, 4, kernel: [3, 5], stride: [2, 1], padding: .same).scattered()
        #expect(
            layer.namedParameters().map(\.name) == [
                "lateral.weight", "vertical.weight", "horizontal.weight", "horizontal.bias",
            ])
        let (lateral, vertical) = (layer.lateral.weight.value, layer.vertical.weight.value)
        let horizontal = layer.horizontal.weight.value
        let x = numbers([2, 3, 8, 6])
        let expected = x.conv2d(
            lateral * vertical * horizontal, bias: layer.horizontal.bias!.value, stride: [2, 1],
            padding: .same)
        expectClose(layer(x), expected)
        expectClose(
            x.flattenedConv2d(
                lateral: lateral, vertical: vertical, horizontal: horizontal,
                bias: layer.horizontal.bias!.value, stride: [2, 1], padding: .same), expected)
    }

    @Test func aShuffleDealsTheChannelsOutAndItsOppositeCollectsThem() {
        let x = Tensor((0..<6).map(Double.init), shape: [1, 6, 1])
        #expect(ChannelShuffle(groups: 2)(x).array(of: Int.self) == [0, 3, 1, 4, 2, 5])
        #expect(x.channelShuffle(groups: 3).array(of: Int.self) == [0, 2, 4, 1, 3, 5])
        let image = numbers([2, 12, 3, 4])
        for groups in [1, 2, 3, 4, 6, 12] {
            let back = image.channelShuffle(groups: groups).channelShuffle(groups: 12 / groups)
            #expect(back.array(of: Double.self) == image.array(of: Double.self))
        }
    }

    @Test func aPointwiseGroupedConvolutionIsABlockDiagonalMatrix() {
        let layer = PointwiseGroupedConv2d(4, 6, groups: 2).scattered()
        let x = numbers([2, 4, 3, 5])
        let weight = layer.weight.value.reshape([6, 2])
        let none = Tensor.zeros([3, 2], dtype: .float64)
        let matrix = Tensor.cat(
            [.cat([weight[0..<3], none], axis: 1), .cat([none, weight[3..<6]], axis: 1)], axis: 0)
        expectClose(layer(x), x.conv2d(matrix.reshape([6, 4, 1, 1]), bias: layer.bias!.value))
        expectClose(
            x.pointwiseGroupedConv2d(layer.weight.value, bias: layer.bias!.value, groups: 2), layer(x))
    }

    @Test func afterAShuffleEveryOutputSeesEveryInput() {
        let layer = ShuffledGroupedConv2d(6, 9, kernel: 3, groups: 3, stride: 2, padding: 1).scattered()
        #expect(layer.namedParameters().map(\.name) == ["first.weight", "second.weight", "second.bias"])
        let x = numbers([1, 6, 7, 6]).requiringGradient()
        let between = x.conv2d(layer.first.weight.value, stride: 2, padding: 1, groups: 3)
        expectClose(
            layer(x),
            between.channelShuffle(groups: 3).conv2d(
                layer.second.weight.value, bias: layer.second.bias!.value, padding: 1, groups: 3))
        func inputs(of output: Int, _ y: Tensor) -> Int {
            gradient(of: y[0, output].sum(), at: [x])[0].abs().sum(axes: [0, 2, 3]).array(of: Double.self)
                .filter { $0 > 0 }.count
        }
        for output in 0..<9 {
            #expect(inputs(of: output, layer(x)) == 6)
            let unmixed = x.conv2d(layer.first.weight.value, stride: 2, padding: 1, groups: 3)
                .conv2d(layer.second.weight.value, padding: 1, groups: 3)
            #expect(inputs(of: output, unmixed) == 2)
        }
        expectClose(layer(x.squeeze(axis: 0)), layer(x).squeeze(axis: 0))
    }

    @Test func aTrueConvolutionMultipliesPolynomials() {
        func polynomial(_ coefficients: [Double]) -> Tensor {
            Tensor(coefficients, shape: [1, 1, coefficients.count], dtype: .float64)
        }
        let (a, b) = (polynomial([1, 2, 3]), polynomial([4, 5]))
        // (1 + 2x + 3x²)(4 + 5x)
        #expect(a.trueConv1d(b, padding: 1).array(of: Double.self) == [4, 13, 22, 15])
        #expect(b.trueConv1d(a, padding: 2).array(of: Double.self) == [4, 13, 22, 15])
        #expect(a.conv1d(b, padding: 1).array(of: Double.self) == [5, 14, 23, 12])
        let (plane, kernel) = (numbers([1, 1, 4, 5]), numbers([1, 1, 2, 3], 4))
        expectClose(
            plane.trueConv2d(kernel, padding: [1, 2]), kernel.trueConv2d(plane, padding: [3, 4]))
    }

    @Test func trueConvolutionsTurnTheKernelAndNothingElse() {
        let layer = TrueConv2d(4, 6, kernel: [2, 3], stride: 2, padding: 1, groups: 2).scattered()
        let twin = Conv2d(4, 6, kernel: [2, 3], stride: 2, padding: 1, groups: 2)
        twin.weight.value = layer.weight.value.detach().flip(axes: [2, 3])
        twin.bias!.value = layer.bias!.value.detach()
        let x = numbers([2, 4, 5, 6])
        expectClose(layer(x), twin(x))
        layer(x).square().sum().backward()
        twin(x).square().sum().backward()
        expectClose(layer.weight.grad!, twin.weight.grad!.flip(axes: [2, 3]))
        let line = TrueConv1d(2, 3, kernel: 3).scattered()
        expectClose(
            line(numbers([2, 2, 7])),
            numbers([2, 2, 7]).trueConv1d(line.weight.value, bias: line.bias!.value))
        let volume = TrueConv3d(2, 3, kernel: [1, 2, 3], paddingMode: .constant(0)).scattered()
        expectClose(
            volume(numbers([2, 2, 3, 4, 5])),
            numbers([2, 2, 3, 4, 5]).trueConv3d(volume.weight.value, bias: volume.bias!.value))
    }

    @Test func resizingComesBeforeTheConvolution() {
        let x = numbers([2, 2, 3, 4])
        for mode in [Interpolation.nearest, .bilinear] {
            let layer = ResizeConv2d(2, 3, kernel: 3, mode: mode).scattered()
            #expect(layer.namedParameters().map(\.name) == ["conv.weight", "conv.bias"])
            let large = x.interpolate(scale: 2, mode: mode)
            let expected = large.conv2d(layer.conv.weight.value, bias: layer.conv.bias!.value, padding: 1)
            #expect(expected.shape == [2, 3, 6, 8])
            expectClose(layer(x), expected)
            expectClose(
                x.resizeConv2d(layer.conv.weight.value, bias: layer.conv.bias!.value, mode: mode), expected)
            expectClose(layer(x[0]), expected[0])
        }
    }

    @Test func misfitsAreNamed() async {
        var result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 3, 5, 5]).depthwiseConv2d(.zeros([4, 1, 3, 3]))
        }
        #expect(
            message(result).contains("depthwiseConv2d: a weight of shape [4, 1, 3, 3] for the 3 channels"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 3, 5, 5]).depthwiseSeparableConv2d(
                .zeros([3, 1, 3, 3]), .zeros([4, 3, 3, 3]))
        }
        #expect(
            message(result).contains(
                "depthwiseSeparableConv2d: a pointwise weight of shape [4, 3, 3, 3]: [outputs, inputs, 1, 1] is wanted"
            ))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 3, 5, 5]).spatiallySeparableConv2d(
                .zeros([3, 3, 1, 3]), .zeros([4, 3, 1, 3]))
        }
        #expect(
            message(result).contains("a vertical weight of shape [3, 3, 1, 3]: [outputs, inputs, any, 1]"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 6, 5, 5]).channelShuffle(groups: 4)
        }
        #expect(message(result).contains("channelShuffle: shape [1, 6, 5, 5] in 4 groups"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = PointwiseGroupedConv2d(4, 6, groups: 4)
        }
        #expect(message(result).contains("4 input and 6 output channels do not divide into 4 groups"))
        result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.zeros([1, 4, 5, 5]).trueConv2d(.zeros([4, 4, 3, 3]), groups: 2)
        }
        #expect(message(result).contains("trueConv2d: an input of shape [1, 4, 5, 5] has 4 channels"))
    }
}

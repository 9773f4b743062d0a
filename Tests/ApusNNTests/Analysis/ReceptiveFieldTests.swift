import Apus
import ApusNN
import Testing

// The default generator is other tests' too, which run at the same time.
private let generator = RandomGenerator(seed: 1)

@Suite struct ReceptiveFieldTests {
    private static func conv(
        _ kernel: Extents = 3, stride: Extents = 1, padding: ConvolutionPadding = 0, dilation: Extents = 1
    ) -> Conv2d {
        Conv2d(2, 2, kernel: kernel, stride: stride, padding: padding, dilation: dilation, using: generator)
    }

    private static func fields(_ model: any Layer, _ input: Shape) -> [[ReceptiveField]] {
        model.summary(input: input).layers.map(\.receptiveField)
    }

    @Test func formulas() {
        // 7×7/2, pool 3×3/2, 3×3 as a residual network begins.
        let model = Sequential(
            Self.conv(7, stride: 2, padding: 3), MaxPool2d(3, stride: 2, padding: 1), Self.conv(padding: 1))
        let fields = Self.fields(model, [1, 2, 64, 64]).map { $0[0] }
        #expect(fields.map(\.size) == [7, 11, 19])
        #expect(fields.map(\.jump) == [2, 4, 4])
        #expect(fields.map(\.center) == [0, 0, 0])
        #expect(Self.fields(Sequential(Self.conv(5, padding: 1)), [1, 2, 9, 9])[0][0].center == 1)
    }

    /// Yu & Koltun 2016: rates 1, 2, 4 with no more weights.
    @Test func dilations() {
        let model = Sequential(
            Self.conv(padding: 1), Self.conv(padding: 2, dilation: 2), Self.conv(padding: 4, dilation: 4))
        #expect(Self.fields(model, [1, 2, 32, 32]).map { $0[1].size } == [3, 7, 15])
        #expect(Set(model.summary(input: [1, 2, 32, 32]).layers.map(\.parameters)) == [38])
    }

    private static let stacks: [(name: String, make: @Sendable () -> Sequential)] = [
        ("3×3 stack", { Sequential(conv(), conv(), conv()) }),
        ("strides", { Sequential(conv(stride: 2), conv([5, 1], stride: [1, 2]), conv(padding: 1)) }),
        (
            "dilations",
            { Sequential(conv(padding: 1), conv(padding: 2, dilation: 2), conv(padding: 4, dilation: 4)) }
        ),
        ("average pooling", { Sequential(conv(), AvgPool2d(2), conv(), AvgPool2d(3, stride: 2)) }),
        ("max pooling", { Sequential(conv(padding: 1), ReLU(), MaxPool2d(2), conv(padding: 1)) }),
        ("LP pooling", { Sequential(conv(), LPPool2d(2, 2), conv()) }),
        ("adaptive pooling", { Sequential(conv(padding: 1), AdaptiveAvgPool2d(12), conv()) }),
        ("uneven adaptive pooling", { Sequential(conv(padding: 1), AdaptiveAvgPool2d(15), conv()) }),
        (
            "transposed 4/2",
            {
                Sequential(
                    conv(), ConvTranspose2d(2, 2, kernel: 4, stride: 2, padding: 1, using: generator), conv())
            }
        ),
        (
            "transposed 3/2",
            { Sequential(ConvTranspose2d(2, 2, kernel: 3, stride: 2, padding: 1, using: generator), conv(2)) }
        ),
        (
            "transposed 2/3, with holes",
            { Sequential(ConvTranspose2d(2, 2, kernel: 2, stride: 3, bias: false, using: generator), conv()) }
        ),
        (
            "transposed, dilated",
            { Sequential(ConvTranspose2d(2, 2, kernel: 3, stride: 2, dilation: 3, using: generator), conv()) }
        ),
        (
            "down and up",
            {
                Sequential(
                    conv(stride: 2), ConvTranspose2d(2, 2, kernel: 2, stride: 2, using: generator), conv())
            }
        ),
        ("nearest", { Sequential(Upsample(scale: 2), conv()) }),
        ("bilinear", { Sequential(conv(), Upsample(scale: 2, mode: .bilinear), conv()) }),
        ("pixel shuffle", { Sequential(Conv2d(2, 8, kernel: 3, using: generator), PixelShuffle(2), conv()) }),
        (
            "pixel unshuffle",
            { Sequential(PixelUnshuffle(2), Conv2d(8, 2, kernel: 3, using: generator), conv()) }
        ),
        (
            "reflected padding",
            {
                Sequential(
                    Conv2d(2, 2, kernel: 3, padding: 1, paddingMode: .reflect, using: generator), conv())
            }
        ),
        (
            "separable kinds",
            {
                Sequential(
                    DepthwiseSeparableConv2d(2, 2, kernel: 5, using: generator),
                    FlattenedConv2d(2, 2, kernel: 3, using: generator))
            }
        ),
        (
            "shuffled groups",
            { Sequential(ShuffledGroupedConv2d(2, 2, kernel: 3, groups: 2, using: generator), conv()) }
        ),
        ("true convolution", { Sequential(TrueConv2d(2, 2, kernel: [2, 4], using: generator), conv()) }),
        (
            "resize, then convolve",
            { Sequential(conv(), ResizeConv2d(2, 2, kernel: 3, scale: 2, using: generator)) }
        ),
        (
            "ShuffleNet",
            {
                Sequential(
                    Conv2d(2, 8, kernel: 3, using: generator),
                    ShuffleNetUnit(8, 16, groups: 2, stride: 2, using: generator),
                    Conv2d(16, 2, kernel: 3, using: generator))
            }
        ),
    ]

    /// The most positions that any of the positions from the middle on sees is the computed size.
    @Test(arguments: stacks.indices)
    func measuredIsComputed(_ number: Int) {
        let (name, make) = Self.stacks[number]
        let (model, input) = (make(), [1, 2, 36, 36])
        let summary = model.summary(input: input)
        let (computed, result) = (summary.layers.last!.receptiveField, summary.layers.last!.output)
        var largest = [0, 0]
        for step in 0..<6 {
            let position = result[2...].map { min($0 / 2 + step, $0 - 1) }
            let seen = model.measuredReceptiveField(input: input, at: position)
            for axis in 0..<2 { largest[axis] = max(largest[axis], seen[axis]?.count ?? 0) }
        }
        #expect(largest == computed.map(\.size), "\(name)")
    }

    @Test func measuredPlaceIsComputed() {
        let model = Sequential(Self.conv(stride: 2, padding: 1), Self.conv([3, 5], padding: [1, 0]))
        let fields = Self.fields(model, [1, 2, 40, 40])[1]
        let seen = model.measuredReceptiveField(input: [1, 2, 40, 40], at: [7, 6])
        for (axis, position) in [7, 6].enumerated() {
            let middle = fields[axis].center + Double(position) * fields[axis].jump!
            #expect(Double(seen[axis]!.lowerBound + seen[axis]!.upperBound) / 2 == middle)
        }
        // At the edge less is seen.
        #expect(model.measuredReceptiveField(input: [1, 2, 40, 40], at: [0, 0])[0] == 0...3)
    }

    @Test func oneAxis() {
        let model = Sequential(
            Conv1d(2, 3, kernel: 5, stride: 2, using: generator), AvgPool1d(2),
            Conv1d(3, 1, kernel: 3, using: generator))
        let field = Self.fields(model, [1, 2, 60]).last![0]
        #expect(field == ReceptiveField(size: 15, jump: 4, center: 7))
        #expect(model.measuredReceptiveField(input: [1, 2, 60])[0]!.count == 15)
    }

    @Test func branchesTakeTheLargest() {
        let (wide, narrow) = (Self.conv(5, padding: 2), Self.conv(padding: 1))
        let model = Sequential(wide, narrow)
        func forward(_ x: Tensor) -> Tensor {
            narrow(Tensor.cat([wide(x), narrow(x)], axis: 1).narrow(axis: 1, start: 1, count: 2) + x)
        }
        let computed = Summary(of: model, input: [1, 2, 20, 20], forward).layers.last!.receptiveField
        #expect(
            computed == [ReceptiveField](repeating: ReceptiveField(size: 7, jump: 1, center: 0), count: 2))
        let measured = measuredReceptiveField(of: model, input: [1, 2, 20, 20], forward)
        #expect(measured.map { $0!.count } == [7, 7])
    }

    @Test func scaledByTheWholeImageSeesAll() {
        let conv = Self.conv(padding: 1)
        let summary = Summary(of: conv, input: [1, 2, 12, 9]) { x in
            let y = conv(x)
            return y * y.globalAvgPool().sigmoid()
        }
        #expect(summary.layers.last!.receptiveField.map(\.isWhole) == [true, true])
        #expect(summary.layers.last!.receptiveField.map(\.size) == [12, 9])
        let means = Summary(of: conv, input: [1, 2, 12, 9]) { conv($0).mean(axis: 1, keepDims: true) }
        #expect(means.layers.last!.receptiveField.map(\.size) == [3, 3])
    }

    @Test func unfoldedImagesAndShuffledChannels() {
        let weight = Tensor.ones([1, 18])
        let byHand = Summary(input: [1, 2, 10, 10]) {
            weight.matmul($0.unfoldImage(3)).reshape(1, 1, 8, 8).avgPool2d(2)
        }
        #expect(byHand.layers.last!.receptiveField.map(\.size) == [4, 4])
        let conv = Self.conv()
        let shuffled = Summary(of: conv, input: [3, 2, 10, 12]) { x in
            conv(conv(x).reshape(3, 2, 1, 8, 10).transpose(1, 2).reshape(3, 2, 8, 10))
        }
        #expect(shuffled.layers.last!.receptiveField.map(\.size) == [5, 5])
    }

    @Test func axesAreFoundAgain() {
        let widening = Conv2d(2, 8, kernel: 3, using: generator)
        func field(_ forward: (Tensor) -> Tensor) -> [Int] {
            Summary(of: widening, input: [3, 2, 12, 10]) { forward(widening($0)).avgPool2d(2) }
                .layers.last!.receptiveField.map(\.size)
        }
        #expect(field { $0.channelShuffle(groups: 4) } == [4, 4])
        #expect(
            field { $0.narrow(axis: 1, start: 0, count: 4).reshape(3, 2, 2, 10, 8).sum(axis: 1) } == [4, 4])
        #expect(
            field { $0.narrow(axis: 0, start: 1, count: 2).flatten(from: 0, to: 1).unsqueeze(0) } == [4, 4])
        // By way of tokens, each of which a linear layer takes by itself.
        let tokens: (Tensor) -> Tensor = { x in
            x.flatten(from: 2).transpose(1, 2).linear(.ones([5, 8])).transpose(1, 2).reshape(3, 5, 10, 8)
        }
        #expect(field(tokens) == [4, 4])
        // Part of an axis, a moved edge, and what is not followed.
        #expect(field { $0.narrow(axis: 2, start: 1, count: 6) } == [4, 4])
        #expect(field { $0.tensorSplit(3, axis: 2)[1] } == [4, 4])
        #expect(field { .stack($0.unbind(axis: 1), axis: 1) } == [4, 4])
        #expect(field { .hstack($0.tensorSplit(at: [2], axis: 1)) } == [4, 4])
        #expect(field { $0.reshape(3, 8, 2, 40).reshape(3, 8, 10, 8) } == [12, 4])
        #expect(field { $0.rot90(axes: (2, 3)) } == [12, 10])
        #expect(field { $0.flip(axis: 2) } == [12, 10])
        #expect(field { $0.softmax(axis: 1) } == [4, 4])
        #expect(field { $0.softmax(axis: 2) } == [12, 4])
    }

    @Test func whatIsNotFollowedSeesAll() {
        let conv = Self.conv(padding: 1)
        func field(_ forward: (Tensor) -> Tensor) -> [Bool] {
            Summary(of: conv, input: [1, 2, 12, 8]) { forward(conv($0)) }.layers.last!.receptiveField.map(
                \.isWhole)
        }
        #expect(field { $0.fft().real } == [true, true])
        #expect(field { $0.rfft().irfft() } == [true, true])
        #expect(field { $0.cumulativeMax(axis: 2).values } == [true, true])
        #expect(field { $0.sort().values } == [true, true])
        #expect(field { $0[.all, .all, (0...).by(-1)] } == [true, true])
        #expect(field { $0[.all, .all, [1, 0, 5]] } == [true, true])
        #expect(
            field { x in
                var y = x
                y[.all, .all, 0] = x[.all, .all, 11]
                return y
            } == [true, true])
        #expect(
            field { differentiable("own", [$0], forward: { $0[0] }, backward: { [$0.gradient] }) } == [
                true, true,
            ])
        #expect(field { $0.gelu().dropout(0.5).clamp(min: 0).elu() * 2 - 1 } == [false, false])
        #expect(field { $0.layerNorm().sum(axis: 1, keepDims: true) } == [false, false])
        #expect(field { $0.to(.complex64).viewAsReal().viewAsComplex().real } == [false, false])
        #expect(field { $0.to(.complex64).splitPReLU(weight: .ones([2])).imaginary } == [false, false])
        #expect(field { $0.channelShuffle(groups: 2).tril() } == [false, false])
    }

    @Test func partsOfImages() {
        let conv = Self.conv(padding: 1)
        func field(_ forward: (Tensor) -> Tensor) -> ReceptiveField {
            Summary(of: conv, input: [1, 2, 12, 8]) { forward(conv($0)) }.layers.last!.receptiveField[0]
        }
        let every = field { $0[.all, .all, (2..<10).by(3)] }
        #expect(every == ReceptiveField(size: 3, jump: 3, center: 2))
        #expect(field { $0[.all, 1, 2...] } == ReceptiveField(size: 3, jump: 1, center: 2))
        #expect(field { $0[.all, .all, .all, 3] } == ReceptiveField(size: 3, jump: 1, center: 0))
        #expect(
            field { $0.unfold(axis: 2, size: 4, step: 2) } == ReceptiveField(size: 6, jump: 2, center: 1.5))
    }

    @Test func parametersComeBack() {
        let conv = Self.conv()
        conv(Tensor.ones([1, 2, 4, 4])).sum().backward()
        let (before, gradient) = (conv.weight.value.detach(), conv.weight.grad!)
        _ = Sequential(conv).measuredReceptiveField(input: [1, 2, 8, 8])
        #expect((conv.weight.value .== before).all().item(as: Bool.self))
        #expect((conv.weight.grad! .== gradient).all().item(as: Bool.self))
        #expect(conv.weight.value.dtype == .float32 && conv.isTraining)
    }
}

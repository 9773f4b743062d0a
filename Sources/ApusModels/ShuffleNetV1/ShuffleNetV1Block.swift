import Apus
import ApusNN

/// The unit of ShuffleNet as its authors' code has it (Zhang et al. 2017, figure 2): a grouped 1×1
/// convolution, a 3×3 one of each channel by itself, a channel shuffle and a grouped 1×1 convolution, each
/// with batch normalisation.
///
/// `ShuffleNetUnit` is the paper's, which shuffles before the 3×3 convolution. That gives the same functions;
/// but here channels are dealt out the other way round, and with stride 2 ReLU is applied before the result
/// is joined to the input's average pooling.
///
/// State: `branch_main_1.0.weight`, `branch_main_1.1.…`, `branch_main_1.3.weight`, `branch_main_1.4.…`,
/// `branch_main_2.0.weight`, `branch_main_2.1.…`.
public final class ShuffleNetV1Block: Module, Layer {
    /// 1, or 2, which halves height and width.
    public let stride: Int
    /// The 1×1 convolution to a quarter of the outputs and the 3×3 one.
    public let reduction: Sequential
    /// Between the two.
    public let shuffle: ChannelShuffle
    /// The 1×1 convolution to what is added or joined to the input.
    public let expansion: Sequential

    /// Convolutions start normally distributed with a deviation of 1/inputs of a group, biases of
    /// normalisations at 0.0001.
    ///
    /// - Parameters:
    ///   - stride: 1, with as many outputs as inputs, or 2, with more.
    ///   - groupsFirst: false has the first convolution mix all channels, for inputs of few.
    public init(
        _ inputs: Int, _ outputs: Int, groups: Int, stride: Int = 1, groupsFirst: Bool = true,
        using generator: RandomGenerator = .default
    ) {
        let (between, own) = (outputs / 4, stride == 1 ? outputs : outputs - inputs)
        if stride == 1 ? inputs != outputs : stride != 2 || inputs >= outputs {
            fail(
                "ShuffleNetV1Block",
                "\(inputs) input and \(outputs) output channels with stride \(stride): with stride 1 their "
                    + "number is kept, with stride 2 it grows")
        }
        if groups < 1 || outputs % 4 != 0 || between % groups != 0 || own % groups != 0 {
            fail(
                "ShuffleNetV1Block",
                "a quarter of \(outputs) outputs and \(own) results of the last convolution do not divide "
                    + "into \(groups) groups")
        }
        func norm(_ channels: Int, _ activation: FusedActivation) -> BatchNorm2d {
            let norm = BatchNorm2d(channels, activation: activation)
            norm.bias!.value = .full([channels], 0.0001)
            return norm
        }
        func start(_ layer: Conv2d) -> Conv2d {
            layer.initialized(.normal(mean: 0, std: 1 / Double(layer.weight.shape[1])), using: generator)
        }
        self.stride = stride
        reduction = Sequential(
            start(
                Conv2d(
                    inputs, between, kernel: 1, groups: groupsFirst ? groups : 1, bias: false,
                    using: generator)),
            norm(between, .relu), Identity(),
            start(
                DepthwiseConv2d(
                    between, kernel: 3, stride: Extents(stride), padding: 1, bias: false, using: generator)),
            norm(between, .none))
        shuffle = ChannelShuffle(groups: between / groups)
        expansion = Sequential(
            start(Conv2d(between, own, kernel: 1, groups: groups, bias: false, using: generator)),
            norm(own, stride == 1 ? .none : .relu))
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("branch_main_1", .module(reduction)), ("shuffle", .module(shuffle)),
            ("branch_main_2", .module(expansion)),
        ]
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        let y = expansion(shuffle(reduction(x)))
        if stride == 1 { return (x + y).relu() }
        return joinedChannels([x.avgPool2d(3, stride: 2, padding: 1), y])
    }
}

/// Images one after the other along the channels, which stay last in memory.
private func joinedChannels(_ images: [Tensor]) -> Tensor {
    Tensor.cat(images.map { $0.permute([0, 2, 3, 1]) }, axis: -1).permute([0, 3, 1, 2])
}

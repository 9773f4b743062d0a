import Apus

/// The residual unit of ShuffleNet (Zhang et al. 2017, figure 2): a pointwise grouped convolution to a quarter of the
/// outputs, a channel shuffle, a depthwise 3×3 and a pointwise grouped convolution, each with batch normalisation.
///
/// With stride 1 the result is added to the input, which has as many channels. With stride 2 it is joined to the
/// input's 3×3 average pooling: [batch, inputs, height, width] to [batch, outputs, ⌈height / 2⌉, ⌈width / 2⌉].
///
/// State: `conv1.weight`, `bn1.…`, `conv2.weight`, `bn2.…`, `conv3.weight`, `bn3.…`.
public final class ShuffleNetUnit: Module, Layer {
    /// 1, or 2, which halves height and width.
    public let stride: Int
    /// 1×1 to a quarter of the outputs, in groups unless `groupsFirst` was false.
    public let conv1: Conv2d
    /// Of the first convolution.
    public let bn1: BatchNorm2d
    /// Between the first two convolutions.
    public let shuffle: ChannelShuffle
    /// 3×3 in each channel, with the stride of the unit.
    public let conv2: DepthwiseConv2d
    /// Of the second convolution.
    public let bn2: BatchNorm2d
    /// 1×1, in groups, to what is added or joined to the input.
    public let conv3: Conv2d
    /// Of the third convolution.
    public let bn3: BatchNorm2d

    /// - Parameters:
    ///   - stride: 1 or 2.
    ///   - groupsFirst: false has the first convolution mix all channels, for inputs of few.
    public init(
        _ inputs: Int, _ outputs: Int, groups: Int, stride: Int = 1, groupsFirst: Bool = true,
        using generator: RandomGenerator = .default
    ) {
        let name = "ShuffleNetUnit"
        if stride != 1 && stride != 2 { fail(name, "a stride of \(stride): it is 1 or 2") }
        if inputs < 1 { fail(name, "\(inputs) input channels make no layer") }
        if stride == 1 ? inputs != outputs : inputs >= outputs {
            fail(
                name,
                "\(inputs) input and \(outputs) output channels with stride \(stride): the unit "
                    + (stride == 1 ? "keeps their number" : "adds channels to the input's"))
        }
        let (between, own) = (outputs / 4, stride == 1 ? outputs : outputs - inputs)
        if outputs % 4 != 0 || groups < 1 || between % groups != 0 || own % groups != 0
            || (groupsFirst && inputs % groups != 0)
        {
            fail(
                name,
                "\(inputs) input channels, a quarter of \(outputs) outputs and \(own) results of the last convolution "
                    + "do not divide into \(groups) groups")
        }
        self.stride = stride
        conv1 = Conv2d(
            inputs, between, kernel: 1, groups: groupsFirst ? groups : 1, bias: false, using: generator)
        bn1 = BatchNorm2d(between, activation: .relu)
        shuffle = ChannelShuffle(groups: groups)
        conv2 = DepthwiseConv2d(
            between, kernel: 3, stride: Extents(stride), padding: 1, bias: false, using: generator)
        bn2 = BatchNorm2d(between)
        conv3 = Conv2d(between, own, kernel: 1, groups: groups, bias: false, using: generator)
        bn3 = BatchNorm2d(own)
    }

    /// [batch, inputs, height, width] to [batch, outputs, ⌈height / stride⌉, ⌈width / stride⌉].
    public func forward(_ x: Tensor) -> Tensor {
        let shuffled = shuffle(bn1(conv1(x)))
        let y = bn3(conv3(bn2(conv2(shuffled))))
        if stride == 1 { return (x + y).relu() }
        return Tensor.cat([x.avgPool2d(3, stride: 2, padding: 1), y], axis: 1).relu()
    }
}

import Apus
import ApusNN

/// A depthwise 7×7 convolution, layer normalisation, a linear layer to four times as many channels, GELU and a linear
/// layer back, scaled and added to the input (Liu et al. 2022).
///
/// State: `layer_scale`, `block.0.…` of the convolution, `block.2.…` of the normalisation, `block.3.…` and `block.5.…`
/// of the linear layers.
final class ConvNeXtBlock: Module, Layer {
    /// 7×7 in each channel.
    let depthwise: DepthwiseConv2d
    /// Of the channels of each position.
    let norm: LayerNorm
    /// To four times as many channels.
    let widen: Linear
    /// Back to the channels.
    let narrow: Linear
    /// What each channel of the result is multiplied with, [channels, 1, 1]; 10⁻⁶ at the start.
    let layerScale: Parameter
    /// The probability that a sample goes past the block in training.
    let stochasticDepth: StochasticDepth

    init(_ channels: Int, stochasticDepth: Double, using generator: RandomGenerator) {
        depthwise = DepthwiseConv2d(channels, kernel: 7, padding: 3, using: generator)
            .initialized(.narrowNormal, using: generator)
        norm = LayerNorm(channels, epsilon: 1e-6)
        widen = Linear(channels, 4 * channels, using: generator)
            .initialized(.narrowNormal, using: generator)
        narrow = Linear(4 * channels, channels, using: generator)
            .initialized(.narrowNormal, using: generator)
        layerScale = Parameter(.full([channels, 1, 1], 1e-6, dtype: .float32))
        self.stochasticDepth = StochasticDepth(stochasticDepth)
    }

    override var members: [(name: String, member: Member)] {
        [
            ("layer_scale", .parameter(layerScale)), ("block.0", .module(depthwise)),
            ("block.2", .module(norm)), ("block.3", .module(widen)), ("block.5", .module(narrow)),
            ("stochastic_depth", .module(stochasticDepth)),
        ]
    }

    /// [batch, channels, height, width], in the same shape.
    func forward(_ x: Tensor) -> Tensor {
        // Channels are last in memory: the permutation moves nothing.
        let y = widen(norm(depthwise(x).permute(0, 2, 3, 1))).gelu()
        let scale = layerScale.value.flatten()
        if isTraining {
            // One factor for each channel of each sample, and one pass for both.
            let kept = Tensor.ones([x.shape[0], 1, 1, 1], dtype: y.dtype).stochasticDepth(stochasticDepth.p)
            return x + (narrow(y) * (kept * scale)).permute(0, 3, 1, 2)
        }
        // A frozen model has the scales in the weights.
        let result = y.linear(narrow.weight.value * scale.unsqueeze(1), bias: narrow.bias!.value * scale)
        return x + result.permute(0, 3, 1, 2)
    }
}

import Apus
import ApusNN

/// Images in patches of 4×4 pixels, normalised: [batch, 3, height, width] to [batch, ⌊height / 4⌋, ⌊width / 4⌋,
/// channels]. State: `0.…` of the convolution, `2.…` of the normalisation.
final class SwinPatches: Module, Layer {
    /// 4×4 with stride 4.
    let convolution: Conv2d
    /// Of the channels of each patch.
    let norm: LayerNorm

    init(_ channels: Int, using generator: RandomGenerator) {
        convolution = Conv2d(3, channels, kernel: 4, stride: 4, using: generator)
        norm = LayerNorm(channels)
    }

    override var members: [(name: String, member: Member)] {
        [("0", .module(convolution)), ("2", .module(norm))]
    }

    func forward(_ x: Tensor) -> Tensor { norm(convolution(x).permute(0, 2, 3, 1)) }
}

/// Each 2×2 patches joined into one of twice as many channels: [batch, height, width, channels] to [batch,
/// ⌈height / 2⌉, ⌈width / 2⌉, 2 · channels] (Liu et al. 2021, section 3.1).
///
/// State: `reduction.weight`, `norm.…`.
final class SwinPatchMerging: Module, Layer {
    /// From the channels of four patches to half of them.
    let reduction: Linear
    /// Of the channels of four patches.
    let norm: LayerNorm

    init(_ channels: Int, using generator: RandomGenerator) {
        reduction = Linear(4 * channels, 2 * channels, bias: false, using: generator)
            .initialized(.narrowNormal, using: generator)
        norm = LayerNorm(4 * channels)
    }

    func forward(_ x: Tensor) -> Tensor {
        let (batch, height, width, channels) = (x.shape[0], x.shape[1], x.shape[2], x.shape[3])
        let (rows, columns) = ((height + 1) / 2, (width + 1) / 2)
        let isEven = height % 2 == 0 && width % 2 == 0
        let even = isEven ? x : x.pad([(0, height % 2), (0, width % 2), (0, 0)])
        // The patch below comes before the one to the right.
        let joined = even.reshape(batch, rows, 2, columns, 2, channels).permute(0, 1, 3, 4, 2, 5)
        return reduction(norm(joined.reshape(batch, rows, columns, 4 * channels)))
    }
}

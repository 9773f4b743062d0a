import Apus
import ApusNN

/// A filter as large as the image for one half of the channels, a 3×3 convolution for the other (Rao et al. 2022,
/// section 3.2; the global filter is that of GFNet, Rao et al. 2021).
///
/// The global half is multiplied with learned complex weights in the frequency domain. For images of another size
/// these are resized bilinearly. State: `dw.weight`, `complex_weight`, `pre_norm.…`, `post_norm.…`.
public final class GlobalLocalFilter: Module, Layer {
    /// 3×3 in each channel of the first half, without bias.
    public let dw: DepthwiseConv2d
    /// [channels / 2, size, size / 2 + 1, 2]: real and imaginary parts for each frequency of the second half.
    public let complexWeight: Parameter
    /// Over the channels, before.
    public let preNorm: ChannelLayerNorm
    /// Over the channels, after.
    public let postNorm: ChannelLayerNorm

    /// - Parameters:
    ///   - channels: an even number.
    ///   - size: height and width of the images that the weights are for.
    public init(_ channels: Int, size: Int, using generator: RandomGenerator = .default) {
        if channels < 2 || channels % 2 != 0 || size < 1 {
            fail(
                "GlobalLocalFilter",
                "\(channels) channels of images of \(size)×\(size): an even number of channels is halved")
        }
        dw = DepthwiseConv2d(channels / 2, kernel: 3, padding: 1, bias: false, using: generator).initialized(
            .narrowNormal, using: generator)
        complexWeight = Parameter(
            Initializer.narrowNormal([channels / 2, size, size / 2 + 1, 2], using: generator))
        preNorm = ChannelLayerNorm(channels, epsilon: 1e-6)
        postNorm = ChannelLayerNorm(channels, epsilon: 1e-6)
    }

    public override var members: [(name: String, member: Member)] {
        [
            ("dw", .module(dw)), ("complex_weight", .parameter(complexWeight)),
            ("pre_norm", .module(preNorm)), ("post_norm", .module(postNorm)),
        ]
    }

    /// [batch, channels, height, width], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        let halves = preNorm(x).chunk(2, axis: 1)
        let image = Array(x.shape.suffix(2))
        let spectrum = halves[1].rfft2(norm: .ortho)
        let global = (spectrum * weight(for: spectrum.shape)).irfft2(s: image, norm: .ortho)
        return postNorm(.interleavedChannels(dw(halves[0]), global))
    }

    /// Complex, [channels / 2, rows, columns] as the spectrum has them.
    private func weight(for spectrum: Shape) -> Tensor {
        let (own, wanted) = (complexWeight.shape, Array(spectrum.suffix(2)))
        if [own[1], own[2]] == wanted { return complexWeight.value.viewAsComplex() }
        let resized = complexWeight.value.permute(3, 0, 1, 2)
            .interpolate(size: [wanted[0], wanted[1]], mode: .bilinear, alignCorners: true)
        return resized.permute(1, 2, 3, 0).contiguous().viewAsComplex()
    }
}

import Apus

/// Vectors scaled to the length g·√channels, with one learned number g (Nguyen and Salazar 2019, "Transformers without Tears",
/// section 3.2): x / max(‖x‖/√channels, 10⁻⁵) · g over the last axis.
///
/// State: `g` [1], 1 at first.
public final class ScaleNorm: Module, Layer {
    /// g, [1].
    public let scale: Parameter
    /// The extent of the last axis.
    public let channels: Int

    /// - Parameter channels: the extent of the last axis.
    public init(_ channels: Int) {
        if channels < 1 { fail("ScaleNorm", "\(channels) channels make no vector") }
        self.channels = channels
        scale = Parameter(.ones([1]), name: "g")
    }

    /// [.., channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank < 1 || x.shape.last != channels {
            fail("ScaleNorm", "an input of shape \(x.shape): it takes [.., \(channels)]")
        }
        if scale.shape != [1] { fail("ScaleNorm", "g of shape \(scale.shape), where [1] is wanted") }
        let lengths = x.norm(2, axis: -1, keepDims: true) * (1 / Double(channels).squareRoot())
        return x / lengths.clamp(min: 1e-5) * scale.value
    }
}

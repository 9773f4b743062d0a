import Apus

/// In training sets each element with probability `p` to that of SELU at −∞, and keeps mean 0 and variance 1; in evaluation
/// does nothing (Klambauer et al. 2017). For networks of `SELU`.
public final class AlphaDropout: Module, Layer {
    /// The probability with which an element is dropped.
    public let p: Double

    /// The program stops where `p` is not in 0...1.
    public init(_ p: Double = 0.5) {
        checkProbability(p, "AlphaDropout")
        self.p = p
    }

    /// In the shape of `x`; real floating-point numbers.
    public func forward(_ x: Tensor) -> Tensor { isTraining ? x.alphaDropout(p) : x }
}

/// `AlphaDropout` of whole channels of [N, C, …].
public final class FeatureAlphaDropout: Module, Layer {
    /// The probability with which a channel is dropped.
    public let p: Double

    /// The program stops where `p` is not in 0...1.
    public init(_ p: Double = 0.5) {
        checkProbability(p, "FeatureAlphaDropout")
        self.p = p
    }

    /// In the shape of `x`; real floating-point numbers.
    public func forward(_ x: Tensor) -> Tensor { isTraining ? x.featureAlphaDropout(p) : x }
}

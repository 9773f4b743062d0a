import Apus

/// In training drops whole samples, or the whole batch, of what a residual branch adds (Huang et al. 2016).
public final class StochasticDepth: Module, Layer {
    /// The probability of zero, for a sample or for the whole batch.
    public var p: Double { didSet { checkProbability(p, "StochasticDepth") } }
    /// Whether samples, along axis 0, are dropped each by itself or all together.
    public let mode: StochasticDepthMode

    /// The program stops where `p` is not in 0...1.
    public init(_ p: Double, mode: StochasticDepthMode = .row) {
        checkProbability(p, "StochasticDepth")
        self.p = p
        self.mode = mode
    }

    /// In the shape of `x`; floating-point or complex.
    public func forward(_ x: Tensor) -> Tensor { isTraining ? x.stochasticDepth(p, mode: mode) : x }
}

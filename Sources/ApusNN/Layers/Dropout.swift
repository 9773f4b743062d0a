import Apus

/// In training sets each element to zero with probability `p` and scales the rest by 1/(1 − p);
/// in evaluation does nothing (Srivastava et al. 2014).
public final class Dropout: Module, Layer {
    /// The probability of zero.
    public let p: Double

    /// The program stops where `p` is not in 0...1.
    public init(_ p: Double = 0.5) {
        checkProbability(p, "Dropout")
        self.p = p
    }

    /// In the shape of `x`; floating-point or complex.
    public func forward(_ x: Tensor) -> Tensor { isTraining ? x.dropout(p) : x }
}

/// Drops whole channels of [N, C, L], or of [C, L], in training.
public final class Dropout1d: Module, Layer {
    /// The probability that a channel is zero.
    public let p: Double

    /// The program stops where `p` is not in 0...1.
    public init(_ p: Double = 0.5) {
        checkProbability(p, "Dropout1d")
        self.p = p
    }

    /// In the shape of `x`; the program stops where that has neither two nor three axes.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank != 2 && x.rank != 3 { fail("dropout1d", "takes [N, C, L] or [C, L], not shape \(x.shape)") }
        return isTraining ? x.channelDropout(p, isBatched: x.rank == 3) : x
    }
}

/// Drops whole channels of images, [N, C, H, W], in training; three axes are [N, C, L], as in PyTorch.
public final class Dropout2d: Module, Layer {
    /// The probability that a channel is zero.
    public let p: Double

    /// The program stops where `p` is not in 0...1.
    public init(_ p: Double = 0.5) {
        checkProbability(p, "Dropout2d")
        self.p = p
    }

    /// In the shape of `x`; the program stops where that has neither three nor four axes.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank != 3 && x.rank != 4 {
            fail("dropout2d", "takes [N, C, H, W] or [N, C, L], not shape \(x.shape)")
        }
        return isTraining ? x.channelDropout(p) : x
    }
}

/// Drops whole channels of volumes, [N, C, D, H, W] or [C, D, H, W], in training.
public final class Dropout3d: Module, Layer {
    /// The probability that a channel is zero.
    public let p: Double

    /// The program stops where `p` is not in 0...1.
    public init(_ p: Double = 0.5) {
        checkProbability(p, "Dropout3d")
        self.p = p
    }

    /// In the shape of `x`; the program stops where that has neither four nor five axes.
    public func forward(_ x: Tensor) -> Tensor {
        if x.rank != 4 && x.rank != 5 {
            fail("dropout3d", "takes [N, C, D, H, W] or [C, D, H, W], not shape \(x.shape)")
        }
        return isTraining ? x.channelDropout(p, isBatched: x.rank == 5) : x
    }
}

func checkProbability(_ p: Double, _ name: String) {
    if !(0...1).contains(p) { fail(name, "a probability lies in 0...1, not \(p)") }
}

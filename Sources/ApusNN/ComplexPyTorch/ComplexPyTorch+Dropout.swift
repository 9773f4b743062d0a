import Apus

extension ComplexPyTorch {
    /// Dropout as complexPyTorch has it: in training there is one mask for both parts, and elements that are kept are
    /// scaled by 1/(1 − p)². What preserves the expectation is 1/(1 − p), the factor of `ApusNN.Dropout`. In evaluation
    /// it does nothing.
    public final class Dropout: Module, Layer {
        /// The probability of zero, in 0..<1.
        public let p: Double

        /// - Parameter p: the probability of zero, in 0..<1.
        public init(_ p: Double = 0.5) {
            checkScale(p, "ComplexPyTorch.Dropout")
            self.p = p
        }

        /// Zeros with probability p and `x` / (1 − p)² elsewhere in training, `x` itself in evaluation.
        public func forward(_ x: Tensor) -> Tensor { isTraining ? x.dropout(p) / (1 - p) : x }
    }

    /// The same dropping whole channels of [N, C, H, W] or [N, C, L]; of [N, C] it drops single elements.
    public final class Dropout2d: Module, Layer {
        /// The probability that a channel is zero, in 0..<1.
        public let p: Double

        /// - Parameter p: the probability of zero, in 0..<1.
        public init(_ p: Double = 0.5) {
            checkScale(p, "ComplexPyTorch.Dropout2d")
            self.p = p
        }

        /// Zeros with probability p and `x` / (1 − p)² elsewhere in training, `x` itself in evaluation. The program
        /// stops for other than two to four axes.
        public func forward(_ x: Tensor) -> Tensor {
            if !(2...4).contains(x.rank) {
                fail(
                    "ComplexPyTorch.Dropout2d",
                    "takes [N, C, H, W], [N, C, L] or [N, C], not shape \(x.shape)")
            }
            if !isTraining { return x }
            return (x.rank == 2 ? x.dropout(p) : x.channelDropout(p)) / (1 - p)
        }
    }
}

private func checkScale(_ p: Double, _ name: String) {
    if !(0..<1).contains(p) { fail(name, "a probability to scale by 1/(1 - p)² lies in 0..<1, not \(p)") }
}

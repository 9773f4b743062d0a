import Apus

/// In training sets each element to zero with probability `p` and scales the rest by 1/(1 − p);
/// in evaluation does nothing (Srivastava et al. 2014).
public final class Dropout: Module, Layer {
    public let p: Double

    public init(_ p: Double = 0.5) {
        if !(0...1).contains(p) { fail("Dropout", "a probability lies in 0...1, not \(p)") }
        self.p = p
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { isTraining ? x.dropout(p) : x }
}

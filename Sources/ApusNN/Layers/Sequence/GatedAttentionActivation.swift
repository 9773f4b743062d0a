import Apus
import Glibc

/// What gated attention units make of scores in place of softmax.
public enum GatedAttentionActivation: String, CaseIterable, Sendable {
    /// max(x, 0)² (Hua et al. 2022, section 2.2).
    case squaredReLU
    /// ½·(1 + erf((x − √½)/(σ·√2))) with σ = √(1/4π), which is like it around 0 but bounded (Ma et al. 2022, "Mega", section
    /// 3.3).
    case laplace

    func callAsFunction(_ x: Tensor) -> Tensor {
        switch self {
        case .squaredReLU: x.relu().square()
        // σ·√2 is √(1/2π).
        case .laplace: (((x - 0.5.squareRoot()) * (2 * Double.pi).squareRoot()).erf() + 1) * 0.5
        }
    }
}

import Apus

/// The eigenvalues with which a diagonal state space starts (Gu et al. 2022, "On the Parameterization and Initialization of
/// Diagonal State Space Models"), for n from 0 to N/2 − 1; each stands for itself and its conjugate.
public enum S4DInitialization: String, CaseIterable, Sendable {
    /// −½ + iπn: Fourier series.
    case lin
    /// −½ + i(N/π)(N/(2n + 1) − 1): near those of LegS for a large N.
    case inv
    /// −½ + i·eig: the normal part of HiPPO's LegS.
    case legS
    /// −(n + 1): no oscillation, each a plain decay.
    case real

    /// The real and imaginary parts of N/2 eigenvalues.
    func eigenvalues(states: Int) -> (real: [Double], imaginary: [Double]) {
        let (half, count) = (states / 2, Double(states))
        let indices = (0..<half).map(Double.init)
        let decay = [Double](repeating: -0.5, count: half)
        switch self {
        case .lin: return (decay, indices.map { .pi * $0 })
        case .inv: return (decay, indices.map { count / .pi * (count / (2 * $0 + 1) - 1) })
        case .legS: return (decay, HiPPONormalPart(states: states).frequencies.array(of: Double.self))
        case .real: return (indices.map { -($0 + 1) }, [Double](repeating: 0, count: half))
        }
    }
}

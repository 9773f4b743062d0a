/// Where a pair of Fourier transforms carries the factor 1/n that makes them inverses of each other, n the
/// number of points.
public enum FourierNorm: Sendable {
    /// On the inverse transform.
    case backward
    /// 1/√n on both, which makes them unitary.
    case ortho
    /// On the forward transform.
    case forward

    /// The factor for a transform of `count` points.
    func scale(_ count: Double, isInverse: Bool) -> Double {
        switch self {
        case .backward: isInverse ? 1 / count : 1
        case .ortho: 1 / count.squareRoot()
        case .forward: isInverse ? 1 : 1 / count
        }
    }
}

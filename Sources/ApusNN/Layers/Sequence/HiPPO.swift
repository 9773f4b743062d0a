import Apus

/// The best memory that N numbers can be (Gu et al. 2020, "HiPPO: Recurrent Memory with Optimal Polynomial Projections").
///
/// A state c holds the coefficients of the polynomial of a degree below N that is nearest to all that a signal u was so far,
/// under a measure that says how much each moment counts. It follows ċ = A·c + B·u; for LegS, which has no timescale,
/// ċ = (A·c + B·u)/t.
///
/// ```swift
/// let memory = HiPPO(.legS, size: 64)
/// let coefficients = memory.coefficients(of: signal)                          // [batch, time] to [batch, 64]
/// let again = memory.reconstruction(coefficients, at: [0.25, 0.5, 1])         // [batch, 3]
/// ```
public struct HiPPO: Sendable {
    /// Which moments of the past count, and how much.
    public enum Measure: String, CaseIterable, Sendable {
        /// All that was, from the first moment to now, alike: scaled Legendre polynomials.
        case legS
        /// A window of the last moments, alike: translated Legendre polynomials, normalized.
        case legT
        /// The same window with Legendre polynomials as they are, as in Legendre memory units (Voelker et al. 2019).
        case lmu
        /// The past with an exponential decay: translated Laguerre polynomials.
        case lagT
    }

    /// Which moments count.
    public let measure: Measure
    /// N.
    public let size: Int

    /// - Parameter size: N, the numbers of the state; 1 or more.
    public init(
        _ measure: Measure, size: Int, file: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(file: file, line: line)
        if size < 1 { fail("HiPPO", "a state of \(size) numbers: it has 1 or more", at: site) }
        Tensor.checkShape([2, size, size], "HiPPO", site)
        (self.measure, self.size) = (measure, size)
    }

    /// A, float64 [N, N]; for LegT and LMU in units of the window.
    public var a: Tensor {
        let roots = roots
        var elements: [Double] = []
        elements.reserveCapacity(size * size)
        for n in 0..<size {
            for k in 0..<size {
                let sign = (n - k).isMultiple(of: 2) ? 1.0 : -1.0
                switch measure {
                case .legS: elements.append(n > k ? -roots[n] * roots[k] : n == k ? -Double(n + 1) : 0)
                case .legT: elements.append(-roots[n] * roots[k] * (n >= k ? 1 : sign))
                case .lmu: elements.append(Double(2 * n + 1) * (n >= k ? -sign : -1))
                case .lagT: elements.append(n > k ? -1 : n == k ? -0.5 : 0)
                }
            }
        }
        return Tensor(elements, shape: [size, size], dtype: .float64)
    }

    /// B, float64 [N]; for LegT and LMU in units of the window.
    public var b: Tensor {
        let elements =
            switch measure {
            case .legS, .legT: roots
            case .lmu: (0..<size).map { Double(2 * $0 + 1) * ($0.isMultiple(of: 2) ? 1 : -1) }
            case .lagT: [Double](repeating: 1, count: size)
            }
        return Tensor(elements, shape: [size], dtype: .float64)
    }

    /// √(2n + 1), by which Legendre's polynomials on 0...1 have the norm 1.
    var roots: [Double] { (0..<size).map { Double(2 * $0 + 1).squareRoot() } }

    /// What a signal leaves in the memory after its last sample.
    ///
    /// - Parameters:
    ///   - signal: [.., time], samples at equal distances.
    ///   - window: its length in samples for LegT and LMU, the samples of a decay by e for LagT; nil for LegS.
    ///   - method: how a step is taken; for LegS `zeroOrderHold` is exact.
    /// - Returns: [.., N].
    public func coefficients(
        of signal: Tensor, window: Double? = nil, by method: Discretization = .bilinear,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        if signal.rank < 1 {
            fail("HiPPO", "a signal without an axis of time", at: CallSite(file: file, line: line))
        }
        var memory = withDevice(signal.device) {
            HiPPOMemory(
                self, shape: signal.shape.dropLast(), window: window, by: method, dtype: signal.dtype,
                file: file,
                line: line)
        }
        for sample in signal.unbind(axis: signal.rank - 1) { memory.remember(sample, file: file, line: line) }
        return memory.coefficients
    }

    /// The values of the polynomial that coefficients stand for, at points of what is remembered: 0 is its oldest moment, 1 is now.
    ///
    /// LegS and LegT: Σ cₙ √(2n + 1) Pₙ(2x − 1); LMU: Σ cₙ Pₙ(1 − 2x). LagT has no oldest moment, and is refused.
    ///
    /// - Parameter coefficients: [.., N].
    /// - Returns: [.., points], in the type of the coefficients.
    public func reconstruction(
        _ coefficients: Tensor, at points: [Double], file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if coefficients.rank < 1 || coefficients.shape[coefficients.rank - 1] != size {
            fail(
                "HiPPO", "coefficients of shape \(coefficients.shape), where [.., \(size)] is wanted",
                at: site)
        }
        if measure == .lagT {
            fail("HiPPO", "lagT remembers no interval whose points could be told", at: site)
        }
        let roots = roots
        let rows = points.flatMap { point in
            measure == .lmu
                ? Legendre.values(size, at: 1 - 2 * point)
                : zip(roots, Legendre.values(size, at: 2 * point - 1)).map { $0 * $1 }
        }
        let basis = withDevice(coefficients.device) {
            Tensor(rows, shape: [points.count, size], dtype: .float64).to(coefficients.dtype)
        }
        return coefficients.linear(basis)
    }
}

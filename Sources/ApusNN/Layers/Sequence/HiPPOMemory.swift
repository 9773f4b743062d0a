import Apus

/// A memory of signals that takes a sample after the other, in the same space and time for each.
///
/// A step of LegS, the k-th, is one with Δ = 1/k. It multiplies no matrices but for the exact one: A·x and (I − αA)⁻¹·x are
/// running sums, of N steps. The others multiply by one [N, N] matrix that is made once.
public struct HiPPOMemory {
    /// What is remembered.
    public let hippo: HiPPO
    /// How a step is taken.
    public let method: Discretization
    /// c, [.., N]; zeros before the first sample.
    public private(set) var coefficients: Tensor
    /// How many samples were taken.
    public private(set) var samples = 0
    /// Āᵀ and B̄; nil for LegS.
    private let step: (a: Tensor, b: Tensor)?
    /// What LegS needs of the indices.
    private let legS: LegSSteps?

    /// - Parameters:
    ///   - shape: that of a sample: how many signals are remembered side by side.
    ///   - window: its length in samples for LegT and LMU, the samples of a decay by e for LagT; nil for LegS.
    ///   - method: how a step is taken; for LegS `zeroOrderHold` is exact: the signal keeps its value for a step.
    ///   - dtype: of the coefficients, real.
    public init(
        _ hippo: HiPPO, shape: Shape = [], window: Double? = nil, by method: Discretization = .bilinear,
        dtype: DType = .float32, file: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(file: file, line: line)
        if !dtype.isDifferentiable || dtype.isComplex {
            fail("HiPPOMemory", "coefficients of \(dtype): they are real floating-point numbers", at: site)
        }
        (self.hippo, self.method) = (hippo, method)
        coefficients = .zeros(shape + [hippo.size], dtype: dtype)
        if hippo.measure == .legS {
            if window != nil { fail("HiPPOMemory", "legS remembers all, and has no window", at: site) }
            (step, legS) = (nil, LegSSteps(hippo, method, dtype))
        } else {
            guard let window, window > 0, window.isFinite else {
                fail(
                    "HiPPOMemory",
                    "\(hippo.measure) with a window of \(window.map { "\($0)" } ?? "nil"): name its samples",
                    at: site)
            }
            let (a, b) = method.matrices(hippo.a, hippo.b, step: 1 / window, file: file, line: line)
            (step, legS) = ((a.to(dtype), b.to(dtype)), nil)
        }
    }

    /// Takes a sample, or the next one of each signal.
    public mutating func remember(_ sample: Tensor, file: StaticString = #fileID, line: UInt = #line) {
        let wanted = Array(coefficients.shape.dropLast())
        if sample.shape != wanted {
            fail(
                "HiPPOMemory", "a sample of shape \(sample.shape), where \(wanted) is wanted",
                at: CallSite(file: file, line: line))
        }
        samples += 1
        let u = sample.to(coefficients.dtype).unsqueeze(-1)
        if let legS {
            coefficients = legS.step(coefficients, u, number: samples)
        } else if let step {
            coefficients = coefficients.linear(step.a) + u * step.b
        }
    }
}

/// Steps of LegS.
private struct LegSSteps {
    private let size: Int
    private let method: Discretization
    private let dtype: DType
    /// √(2n + 1), [N]; B too.
    private let roots: Tensor
    private let rootValues: [Double]
    /// n + 1.
    private let orders: Tensor
    /// For the exact step: √w·√(2n + 1)·Pₙ at the points of a quadrature, [points, N], and the points with √w.
    private let exact: (basis: Tensor, points: [(point: Double, weight: Double)])?

    init(_ hippo: HiPPO, _ method: Discretization, _ dtype: DType) {
        (size, self.method, self.dtype) = (hippo.size, method, dtype)
        rootValues = hippo.roots
        roots = Tensor(rootValues, shape: [size], dtype: .float64).to(dtype)
        orders = Tensor((1...size).map(Double.init), shape: [size], dtype: .float64).to(dtype)
        guard method == .zeroOrderHold else {
            exact = nil
            return
        }
        let points = Legendre.quadrature(size).map { (point: $0.point, weight: $0.weight.squareRoot()) }
        exact = (LegSSteps.basis(points, rootValues, dtype), points)
    }

    /// c after the k-th sample u, [.., 1].
    func step(_ c: Tensor, _ u: Tensor, number k: Int) -> Tensor {
        let delta = 1 / Double(k)
        let input = u * roots * delta
        switch method {
        case .forward: return c + product(c) * delta + input
        case .backward: return solution(c + input, delta)
        case .bilinear: return solution(c + product(c) * (delta / 2) + input, delta / 2)
        case .zeroOrderHold: return exactStep(c, u, k)
        }
    }

    /// A·x = −(√(2n + 1)·s + (n + 1)·x), where s is the sum of √(2k + 1)·x over those before.
    private func product(_ x: Tensor) -> Tensor {
        let weighted = x * roots
        let before = weighted.cumulativeSum(axis: -1) - weighted
        return -(roots * before + orders * x)
    }

    /// x with (I − αA)·x = b: (b − α·√(2n + 1)·s)/(1 + α(n + 1)), with the same s, which is a recurrence of its own.
    private func solution(_ b: Tensor, _ alpha: Double) -> Tensor {
        let scale = orders * alpha + 1
        let decay = (1 - (orders - 1) * alpha) / scale
        let sums = (b * roots / scale).linearRecurrence(decay: decay, axis: b.rank - 1)
        let first = Tensor.zeros(like: sums.narrow(axis: sums.rank - 1, start: 0, count: 1))
        let before = Tensor.cat(
            [first, sums.narrow(axis: sums.rank - 1, start: 0, count: size - 1)], axis: -1)
        return (b - roots * before * alpha) / scale
    }

    /// e^(A·ln(k/(k − 1)))·c and what u adds to it, without the exponential.
    ///
    /// What c stands for on 0...1 is squeezed into 0...(k − 1)/k, and u put behind it. The coefficients of that are integrals
    /// of polynomials, which a quadrature of N points gives exactly.
    private func exactStep(_ c: Tensor, _ u: Tensor, _ k: Int) -> Tensor {
        // There is one for this method.
        let exact = exact!
        let old = Double(k - 1) / Double(k)
        let squeezed = LegSSteps.basis(exact.points.map { ($0.point * old, $0.weight) }, rootValues, dtype)
        var added = [Double](repeating: 0, count: size)
        for (point, weight) in exact.points {
            let values = Legendre.values(size, at: 2 * (old + (1 - old) * point) - 1)
            for n in 0..<size { added[n] += (1 - old) * weight * weight * rootValues[n] * values[n] }
        }
        let input = withDevice(c.device) { Tensor(added, shape: [size], dtype: .float64).to(dtype) }
        return c.linear(exact.basis).matmul(squeezed.to(c.device)) * old + u * input
    }

    private static func basis(
        _ points: [(point: Double, weight: Double)], _ roots: [Double], _ dtype: DType
    ) -> Tensor {
        let rows = points.flatMap { point, weight in
            zip(roots, Legendre.values(roots.count, at: 2 * point - 1)).map { weight * $0 * $1 }
        }
        return Tensor(rows, shape: [points.count, roots.count], dtype: .float64).to(dtype)
    }
}

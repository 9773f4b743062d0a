/// How far a function is from satisfying the Cauchy–Riemann equations at given points: ∂u/∂x = ∂v/∂y and
/// ∂u/∂y = −∂v/∂x for f(x + iy) = u + iv. See `cauchyRiemann(at:file:line:of:)`.
public struct CauchyRiemann: Sendable, CustomStringConvertible {
    /// ∂u/∂x − ∂v/∂y at each point.
    public let first: Tensor
    /// ∂u/∂y + ∂v/∂x at each point.
    public let second: Tensor
    /// ∂f/∂z = ½(∂f/∂x − i·∂f/∂y) at each point: the derivative f′ where the function is holomorphic.
    public let derivative: Tensor

    /// √(first² + second²) at each point, which is 2·|∂f/∂z*|.
    public var deviations: Tensor { first.hypot(second) }

    /// The largest of `deviations`; NaN where derivatives are.
    public var largest: Double { deviations.count == 0 ? 0 : deviations.max().item() }

    /// Whether `deviations` are at most `tolerance` times the larger of 1 and |∂f/∂z|, at each point.
    ///
    /// - Parameter tolerance: nil stands for 10⁻⁴ in complex64 and 10⁻⁹ in complex128.
    public func holomorphic(tolerance: Double? = nil) -> Tensor {
        let tolerance = tolerance ?? (derivative.dtype == .complex64 ? 1e-4 : 1e-9)
        return deviations .<= derivative.abs().clamp(min: 1) * tolerance
    }

    /// Whether the function is holomorphic at every point, within the tolerance; see `holomorphic(tolerance:)`.
    public func isHolomorphic(tolerance: Double? = nil) -> Bool {
        holomorphic(tolerance: tolerance).all().item()
    }

    /// At how many points the function is holomorphic, within the default tolerance, and `largest`.
    public var description: String {
        let count = holomorphic().to(.int64).sum().item(as: Int.self)
        return
            "holomorphic at \(count) of \(deviations.count) points; the Cauchy–Riemann equations fail by at most \(largest)"
    }
}

/// Checks the Cauchy–Riemann equations for a function at complex points, by automatic differentiation.
///
/// With PyTorch's convention the gradients of Re f and of Im f are g = ∂u/∂x + i·∂u/∂y and h = ∂v/∂x + i·∂v/∂y, and
/// the equations say that h = i·g.
///
/// ```swift
/// cauchyRiemann(at: points) { $0.tanh() }.isHolomorphic()      // true
/// cauchyRiemann(at: points) { $0.conjugate() }.largest         // 2
/// ```
///
/// - Parameters:
///   - points: complex64 or complex128, in any shape.
///   - function: applied to all points at once; each result depends on its own point alone. Real results have v = 0.
public func cauchyRiemann(
    at points: Tensor, file: StaticString = #fileID, line: UInt = #line,
    of function: (Tensor) throws -> Tensor
) rethrows -> CauchyRiemann {
    let site = CallSite(file: file, line: line)
    if !points.dtype.isComplex {
        fail(
            "cauchyRiemann",
            "the points are \(points.dtype), and need two parts: convert them with .to(.complex64)",
            at: site)
    }
    let z = points.detach().requiringGradient()
    let result = try withGradient { try function(z) }
    if result.shape != points.shape {
        fail(
            "cauchyRiemann",
            "the function gives shape \(result.shape) for points of shape \(points.shape): it must give one number each",
            at: site)
    }
    func gradient(_ part: Tensor) -> Tensor {
        if !part.requiresGradient { return .zeros(like: points) }
        return Apus.gradient(of: part.sum(), at: z, retainGraph: true, file: file, line: line)
    }
    let g = gradient(result.real)
    let h = result.dtype.isComplex ? gradient(result.imaginary) : .zeros(like: points)
    return CauchyRiemann(
        first: g.real - h.imaginary, second: g.imaginary + h.real,
        derivative: .complex(real: (g.real + h.imaginary) * 0.5, imaginary: (h.real - g.imaginary) * 0.5))
}

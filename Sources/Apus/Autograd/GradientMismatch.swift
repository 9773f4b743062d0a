import ComplexModule

/// Where a gradient differs from the differences of the function's values.
public struct GradientMismatch: Error, CustomStringConvertible {
    /// Which of the inputs.
    public let input: Int
    /// Which of its elements, in row-major order.
    public let element: Int
    /// What automatic differentiation gives.
    public let analytic: Complex<Double>
    /// What central differences of the values give.
    public let numeric: Complex<Double>

    /// For example `input 0, element 3: the gradient is (2.0, 0.0), central differences give (3.0, 0.0)`.
    public var description: String {
        "input \(input), element \(element): the gradient is \(analytic), central differences give \(numeric)"
    }
}

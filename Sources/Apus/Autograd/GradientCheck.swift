import ComplexModule
import RealModule
import Glibc

/// Compares the gradient of `function` with central differences, element by element.
///
/// The results are made a scalar by fixed weights cos(1), cos(2), … (both parts of a complex result).
/// - Parameters:
///   - inputs: float64 or complex128; in lower precision differences drown in rounding.
///   - checked: which inputs to differentiate; nil is all that are floating point.
///   - step: the distance of the differences.
///   - tolerance: allowed |analytic − numeric| / (1 + |numeric|).
/// - Throws: `GradientMismatch` at the first element that differs.
public func checkGradients(
    at inputs: [Tensor], checked: [Int]? = nil, step: Double = 1e-6, tolerance: Double = 1e-5,
    of function: ([Tensor]) throws -> Tensor
) throws {
    let checked = checked ?? inputs.indices.filter { inputs[$0].dtype.isDifferentiable }
    for index in checked where inputs[index].dtype != .float64 && inputs[index].dtype != .complex128 {
        fail(
            "checkGradients",
            "input \(index) is \(inputs[index].dtype); central differences need float64 or complex128")
    }
    var leaves = inputs
    for index in checked { leaves[index] = inputs[index].detach().requiringGradient() }
    let output = weightedSum(try function(leaves))
    let gradients =
        output.requiresGradient
        ? gradient(of: output, at: checked.map { leaves[$0] })
        : checked.map { Tensor.zeros(like: inputs[$0]) }

    for (position, index) in checked.enumerated() {
        let analytic = gradients[position].to(.complex128).array(of: Complex<Double>.self)
        for element in 0..<inputs[index].count {
            func slope(_ direction: Complex<Double>) throws -> Double {
                func value(_ sign: Double) throws -> Double {
                    var moved = inputs
                    moved[index] = inputs[index].moving(element, by: direction * Complex(sign * step))
                    return try withoutGradient { weightedSum(try function(moved)).item(as: Double.self) }
                }
                return (try value(1) - value(-1)) / (2 * step)
            }
            let imaginary = inputs[index].dtype.isComplex ? try slope(.i) : 0
            let numeric = Complex(try slope(1), imaginary)
            let difference = hypot(
                analytic[element].real - numeric.real, analytic[element].imaginary - numeric.imaginary)
            if !(difference <= tolerance * (1 + hypot(numeric.real, numeric.imaginary))) {
                throw GradientMismatch(
                    input: index, element: element, analytic: analytic[element], numeric: numeric)
            }
        }
    }
}

/// A real scalar that every part of every element of `x` moves.
private func weightedSum(_ x: Tensor) -> Tensor {
    let cosines = (0..<x.count).map { cos(Double($0 + 1)) }
    let weights = x.onItsDevice { Tensor(cosines, shape: x.shape, dtype: .float64) }
    if x.dtype.isComplex {
        // Re(conj(w)·x) with w = cos + i·cos/2.
        let both = weights.to(.complex128) * Complex<Double>(1, -0.5)
        return (both * x).real.sum()
    }
    return (weights * x).sum()
}

extension Tensor {
    /// A copy with one element, counted in row-major order, moved.
    fileprivate func moving(_ element: Int, by amount: Complex<Double>) -> Tensor {
        var values = to(.complex128).array(of: Complex<Double>.self)
        values[element] += amount
        return onItsDevice { Tensor(values, shape: shape, dtype: dtype) }
    }
}

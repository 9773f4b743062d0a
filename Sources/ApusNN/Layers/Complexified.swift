import Apus

/// Makes a complex function of two real ones, A and B: (A(a) − B(b)) + i(B(a) + A(b)) for x = a + ib (Trabelsi et al.
/// 2018, equation 1).
///
/// For linear A and B this is the product with A + iB: of two convolutions or linear layers without bias the
/// convolution or linear layer with complex weight A + iB. Biases α of A and β of B go through the same rule and add
/// (α − β) + i(α + β) to every result, where a complex layer has one complex bias. What is not linear, or draws
/// random numbers, is applied twice, to each part for itself.
///
/// - Parameter x: complex64 or complex128; A and B get its parts, views that do not lie side by side in memory.
public func applyComplex(
    _ x: Tensor, real: (Tensor) throws -> Tensor, imaginary: (Tensor) throws -> Tensor,
    file: StaticString = #fileID, line: UInt = #line
) rethrows -> Tensor {
    if !x.dtype.isComplex {
        fail(
            "applyComplex", "takes complex numbers, not \(x.dtype): convert them with .to(.complex64)",
            at: CallSite(file: file, line: line))
    }
    let (a, b) = (x.real, x.imaginary)
    return Tensor.complex(
        real: try real(a) - imaginary(b), imaginary: try imaginary(a) + real(b), file: file, line: line)
}

/// A complex layer of two real ones; see `applyComplex`.
///
/// ```swift
/// let layer = Complexified(real: Conv2d(3, 8, kernel: 3, bias: false), imaginary: Conv2d(3, 8, kernel: 3, bias: false))
/// ```
///
/// The native layer of a complex `dtype` computes the same with one call where there is no bias. State: that of the
/// layers, as `real.…` and `imaginary.…`.
public final class Complexified<Part: Layer>: Module, Layer {
    /// A.
    public let real: Part
    /// B.
    public let imaginary: Part

    /// A and B of one type, which take and give the same shapes.
    public init(real: Part, imaginary: Part) {
        self.real = real
        self.imaginary = imaginary
    }

    /// complex64 or complex128, in the shape that the real layers take; the result is complex. The program stops for
    /// real numbers.
    public func forward(_ x: Tensor) -> Tensor {
        applyComplex(x, real: { real($0) }, imaginary: { imaginary($0) })
    }
}

import ApusCore

/// Conversion of contiguous elements from one type to another: what a cast does, and what the
/// strided readers do for operands that are not of the type computed in.
///
/// As in C and NumPy: floats truncate towards zero on the way to integers, complex numbers lose
/// their imaginary part on the way to reals, anything non-zero is true.
func convert(
    _ source: UnsafeRawPointer, _ from: DType, to target: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
    if from == to {
        target.copyMemory(from: source, byteCount: n * from.size)
        return
    }
    switch from {
    case .bool: convertReal(source, UInt8.self, { Float($0) }, { Double($0) }, { Int64($0) }, target, to, n)
    case .uint8: convertReal(source, UInt8.self, { Float($0) }, { Double($0) }, { Int64($0) }, target, to, n)
    case .int32: convertReal(source, Int32.self, { Float($0) }, { Double($0) }, { Int64($0) }, target, to, n)
    case .int64: convertReal(source, Int64.self, { Float($0) }, { Double($0) }, { $0 }, target, to, n)
    case .float16:
        convertReal(
            source, Float16.self, { Float($0) }, { Double($0) }, { truncated(Double($0)) }, target, to, n)
    case .bfloat16:
        convertReal(
            source, BFloat16.self, { Float($0) }, { Double(Float($0)) }, { truncated(Double(Float($0))) },
            target,
            to, n)
    case .float32:
        convertReal(source, Float.self, { $0 }, { Double($0) }, { truncated(Double($0)) }, target, to, n)
    case .float64: convertReal(source, Double.self, { Float($0) }, { $0 }, { truncated($0) }, target, to, n)
    case .complex64: convertComplex(source, Float.self, target, to, n)
    case .complex128: convertComplex(source, Double.self, target, to, n)
    }
}

/// Towards zero; NaN and what does not fit gives the lowest integer, as the processor's own instruction.
@inline(__always)
private func truncated(_ x: Double) -> Int64 {
    let fits = x > -9.3e18 && x < 9.223372036854775e18
    return fits ? Int64(x) : Int64.min
}

/// Contiguous elements converted to another type; source and target do not overlap.
public func convertElements(
    _ source: UnsafeRawPointer, _ from: DType, to target: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
    convert(source, from, to: target, to, n)
}

@inline(__always)
private func each<A, B>(
    _ source: UnsafeRawPointer, _: A.Type, _ target: UnsafeMutableRawPointer, _: B.Type, _ n: Int,
    _ f: (A) -> B
) {
    let s = source.assumingMemoryBound(to: A.self)
    let t = target.assumingMemoryBound(to: B.self)
    for i in 0..<n { t[i] = f(s[i]) }
}

@inline(__always)
private func convertReal<A>(
    _ source: UnsafeRawPointer, _: A.Type, _ float: (A) -> Float, _ double: (A) -> Double,
    _ integer: (A) -> Int64,
    _ target: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
    switch to {
    case .bool: each(source, A.self, target, Bool.self, n) { double($0) != 0 }
    case .uint8: each(source, A.self, target, UInt8.self, n) { UInt8(truncatingIfNeeded: integer($0)) }
    case .int32: each(source, A.self, target, Int32.self, n) { Int32(truncatingIfNeeded: integer($0)) }
    case .int64: each(source, A.self, target, Int64.self, n) { integer($0) }
    case .float16: each(source, A.self, target, Float16.self, n) { Float16(float($0)) }
    case .bfloat16: each(source, A.self, target, BFloat16.self, n) { BFloat16(float($0)) }
    case .float32: each(source, A.self, target, Float.self, n) { float($0) }
    case .float64: each(source, A.self, target, Double.self, n) { double($0) }
    case .complex64: each(source, A.self, target, ComplexFloat.self, n) { ComplexFloat(float($0), 0) }
    case .complex128: each(source, A.self, target, ComplexDouble.self, n) { ComplexDouble(double($0), 0) }
    }
}

@inline(__always)
private func convertComplex<T: BinaryFloatingPoint & Sendable>(
    _ source: UnsafeRawPointer, _: T.Type, _ target: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
    typealias A = ComplexPair<T>
    switch to {
    case .bool: each(source, A.self, target, Bool.self, n) { $0.re != 0 || $0.im != 0 }
    case .uint8:
        each(source, A.self, target, UInt8.self, n) { UInt8(truncatingIfNeeded: truncated(Double($0.re))) }
    case .int32:
        each(source, A.self, target, Int32.self, n) { Int32(truncatingIfNeeded: truncated(Double($0.re))) }
    case .int64: each(source, A.self, target, Int64.self, n) { truncated(Double($0.re)) }
    case .float16: each(source, A.self, target, Float16.self, n) { Float16(Float($0.re)) }
    case .bfloat16: each(source, A.self, target, BFloat16.self, n) { BFloat16(Float($0.re)) }
    case .float32: each(source, A.self, target, Float.self, n) { Float($0.re) }
    case .float64: each(source, A.self, target, Double.self, n) { Double($0.re) }
    case .complex64:
        each(source, A.self, target, ComplexFloat.self, n) { ComplexFloat(Float($0.re), Float($0.im)) }
    case .complex128:
        each(source, A.self, target, ComplexDouble.self, n) { ComplexDouble(Double($0.re), Double($0.im)) }
    }
}

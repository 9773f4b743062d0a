import ApusCore
import CProcessor

/// Runs what converts float16 numbers. Where the processor has no instruction for it a library's function does, which goes
/// by way of denormal numbers.
@inline(__always)
package func withHalfConversions(_ body: () -> Void) {
    if apus_converts_half() { return body() }
    let mode = apus_keep_denormals()
    defer { apus_restore_denormals(mode) }
    body()
}

/// Conversion of contiguous elements from one type to another: what a cast does, and what the
/// strided readers do for operands that are not of the type computed in.
///
/// Floats truncate towards zero on the way to integers; NaN and what then does not fit gives the type's lowest integer,
/// as the processor's own instructions (where C leaves it open). Integers wrap. Complex numbers lose their imaginary part
/// on the way to reals, anything non-zero is true.
package func convert(
    _ source: UnsafeRawPointer, _ from: DType, to target: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
    if from == to {
        target.copyMemory(from: source, byteCount: n * from.size)
        return
    }
    switch from {
    case .bool, .uint8: convertInteger(source, UInt8.self, target, to, n)
    case .int32: convertInteger(source, Int32.self, target, to, n)
    case .int64: convertInteger(source, Int64.self, target, to, n)
    case .float16:
        withHalfConversions { convertReal(source, Float16.self, { Float($0) }, target, to, n) }
    case .bfloat16: convertReal(source, BFloat16.self, { Float($0) }, target, to, n)
    case .float32: convertReal(source, Float.self, { $0 }, target, to, n)
    case .float64: convertReal(source, Double.self, { $0 }, target, to, n)
    case .complex64: convertComplex(source, Float.self, target, to, n)
    case .complex128: convertComplex(source, Double.self, target, to, n)
    }
}

/// Contiguous elements converted to another type; source and target do not overlap.
@usableFromInline package func convertElements(
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
private func convertInteger<A: BinaryInteger>(
    _ source: UnsafeRawPointer, _: A.Type, _ target: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
    switch to {
    case .bool: each(source, A.self, target, Bool.self, n) { $0 != 0 }
    case .uint8: each(source, A.self, target, UInt8.self, n) { UInt8(truncatingIfNeeded: $0) }
    case .int32: each(source, A.self, target, Int32.self, n) { Int32(truncatingIfNeeded: $0) }
    case .int64: each(source, A.self, target, Int64.self, n) { Int64(truncatingIfNeeded: $0) }
    case .float16:
        withHalfConversions { each(source, A.self, target, Float16.self, n) { Float16(Float($0)) } }
    case .bfloat16: each(source, A.self, target, BFloat16.self, n) { BFloat16(Float($0)) }
    case .float32: each(source, A.self, target, Float.self, n) { Float($0) }
    case .float64: each(source, A.self, target, Double.self, n) { Double($0) }
    case .complex64: each(source, A.self, target, ComplexFloat.self, n) { ComplexFloat(Float($0), 0) }
    case .complex128: each(source, A.self, target, ComplexDouble.self, n) { ComplexDouble(Double($0), 0) }
    }
}

/// - Parameter real: the element as a `Float` or a `Double`, exactly.
@inline(__always)
private func convertReal<A, T: ConvertibleReal>(
    _ source: UnsafeRawPointer, _: A.Type, _ real: (A) -> T, _ target: UnsafeMutableRawPointer, _ to: DType,
    _ n: Int
) {
    switch to {
    case .bool: each(source, A.self, target, Bool.self, n) { real($0) != 0 }
    case .uint8: each(source, A.self, target, UInt8.self, n) { real($0).uint8 }
    case .int32: each(source, A.self, target, Int32.self, n) { real($0).int32 }
    case .int64: each(source, A.self, target, Int64.self, n) { real($0).int64 }
    case .float16:
        withHalfConversions { each(source, A.self, target, Float16.self, n) { Float16(real($0).float) } }
    case .bfloat16: each(source, A.self, target, BFloat16.self, n) { BFloat16(real($0).float) }
    case .float32: each(source, A.self, target, Float.self, n) { real($0).float }
    case .float64: each(source, A.self, target, Double.self, n) { real($0).double }
    case .complex64: each(source, A.self, target, ComplexFloat.self, n) { ComplexFloat(real($0).float, 0) }
    case .complex128:
        each(source, A.self, target, ComplexDouble.self, n) { ComplexDouble(real($0).double, 0) }
    }
}

@inline(__always)
private func convertComplex<T: ConvertibleReal>(
    _ source: UnsafeRawPointer, _: T.Type, _ target: UnsafeMutableRawPointer, _ to: DType, _ n: Int
) {
    typealias A = ComplexPair<T>
    switch to {
    case .bool: each(source, A.self, target, Bool.self, n) { $0.re != 0 || $0.im != 0 }
    case .complex64:
        each(source, A.self, target, ComplexFloat.self, n) { ComplexFloat($0.re.float, $0.im.float) }
    case .complex128:
        each(source, A.self, target, ComplexDouble.self, n) { ComplexDouble($0.re.double, $0.im.double) }
    default: convertReal(source, A.self, { $0.re }, target, to, n)
    }
}

/// Towards zero; NaN and what does not fit gives the lowest integer. What does not fit is replaced before it is converted:
/// there is no branch, and conversions vectorise.
private protocol ConvertibleReal: BinaryFloatingPoint, Sendable {
    var float: Float { get }
    var double: Double { get }
    var uint8: UInt8 { get }
    var int32: Int32 { get }
    var int64: Int64 { get }
}

extension Float: ConvertibleReal {
    @inline(__always) fileprivate var float: Float { self }
    @inline(__always) fileprivate var double: Double { Double(self) }
    @inline(__always) fileprivate var uint8: UInt8 { UInt8(self > -1 && self < 256 ? self : 0) }
    @inline(__always) fileprivate var int32: Int32 {
        Int32(self >= -0x1p31 && self < 0x1p31 ? self : -0x1p31)
    }
    @inline(__always) fileprivate var int64: Int64 {
        Int64(self >= -0x1p63 && self < 0x1p63 ? self : -0x1p63)
    }
}

extension Double: ConvertibleReal {
    @inline(__always) fileprivate var float: Float { Float(self) }
    @inline(__always) fileprivate var double: Double { self }
    @inline(__always) fileprivate var uint8: UInt8 { UInt8(self > -1 && self < 256 ? self : 0) }
    @inline(__always) fileprivate var int32: Int32 {
        Int32(self > -0x1p31 - 1 && self < 0x1p31 ? self : -0x1p31)
    }
    @inline(__always) fileprivate var int64: Int64 {
        Int64(self >= -0x1p63 && self < 0x1p63 ? self : -0x1p63)
    }
}

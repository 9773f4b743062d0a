import ApusCore

/// A Swift type that kernels compute in, and the element type it stands for.
///
/// The 16-bit types are missing: kernels see their elements as `Float`.
protocol KernelElement: Sendable, SendableMetatype {
    static var dtype: DType { get }
}

extension Float: KernelElement { static var dtype: DType { .float32 } }
extension Double: KernelElement { static var dtype: DType { .float64 } }
extension Int64: KernelElement { static var dtype: DType { .int64 } }
extension Int32: KernelElement { static var dtype: DType { .int32 } }
extension UInt8: KernelElement { static var dtype: DType { .uint8 } }
extension Bool: KernelElement { static var dtype: DType { .bool } }
extension ComplexPair: KernelElement {
    static var dtype: DType { MemoryLayout<T>.size == 4 ? .complex64 : .complex128 }
}

typealias ComplexFloat = ComplexPair<Float>
typealias ComplexDouble = ComplexPair<Double>

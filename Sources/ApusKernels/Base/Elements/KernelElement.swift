import ApusCore

/// A Swift type that kernels compute in, and the element type it stands for.
///
/// The 16-bit types are missing: kernels see their elements as `Float`.
@usableFromInline package protocol KernelElement: Sendable, SendableMetatype {
    static var dtype: DType { get }
}

extension Float: KernelElement { @inlinable package static var dtype: DType { .float32 } }
extension Double: KernelElement { @inlinable package static var dtype: DType { .float64 } }
extension Int64: KernelElement { @inlinable package static var dtype: DType { .int64 } }
extension Int32: KernelElement { @inlinable package static var dtype: DType { .int32 } }
extension UInt8: KernelElement { @inlinable package static var dtype: DType { .uint8 } }
extension Bool: KernelElement { @inlinable package static var dtype: DType { .bool } }
extension ComplexPair: KernelElement {
    @inlinable package static var dtype: DType { MemoryLayout<T>.size == 4 ? .complex64 : .complex128 }
}

package typealias ComplexFloat = ComplexPair<Float>
package typealias ComplexDouble = ComplexPair<Double>

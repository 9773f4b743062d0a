import ComplexModule

/// A Swift number that can be an element of a tensor, or one operand of an operation with a tensor.
///
/// Next to a tensor it is weakly typed: `x * 2` and `x * 0.5` keep the type of a floating-point `x`.
public protocol TensorScalar: Sendable {
    /// The element type that stores values of this type exactly.
    static var dtype: DType { get }
    /// The element type of a tensor made from a literal array: Double gives float32, as in PyTorch.
    static var defaultDType: DType { get }
}

extension TensorScalar {
    /// By default `dtype`.
    public static var defaultDType: DType { dtype }
}

extension Bool: TensorScalar {
    /// Values are stored as bool.
    public static var dtype: DType { .bool }
}
extension UInt8: TensorScalar {
    /// Values are stored as uint8.
    public static var dtype: DType { .uint8 }
}
extension Int32: TensorScalar {
    /// Values are stored as int32.
    public static var dtype: DType { .int32 }
}
extension Int64: TensorScalar {
    /// Values are stored as int64.
    public static var dtype: DType { .int64 }
}
extension Int: TensorScalar {
    /// Values are stored as int64.
    public static var dtype: DType { .int64 }
}
extension Float16: TensorScalar {
    /// Values are stored as float16.
    public static var dtype: DType { .float16 }
}
extension BFloat16: TensorScalar {
    /// Values are stored as bfloat16.
    public static var dtype: DType { .bfloat16 }
}
extension Float: TensorScalar {
    /// Values are stored as float32.
    public static var dtype: DType { .float32 }
}
extension Double: TensorScalar {
    /// Values are stored as float64.
    public static var dtype: DType { .float64 }
    /// float32: arrays of Double make tensors of single precision.
    public static var defaultDType: DType { .float32 }
}
extension Complex: TensorScalar where RealType: TensorScalar {
    /// Values are stored as complex128 where their parts are Double, else as complex64.
    public static var dtype: DType { MemoryLayout<RealType>.size == 8 ? .complex128 : .complex64 }
    /// complex64, whose parts are float32.
    public static var defaultDType: DType { .complex64 }
}

extension Tensor {
    /// A zero-dimensional tensor.
    public init<S: TensorScalar>(_ value: S, dtype: DType? = nil) {
        self = WeakScalar(value).tensor(dtype ?? S.defaultDType)
    }

    /// `value` as the other operand of an operation with this tensor.
    func weak<S: TensorScalar>(_ value: S) -> Tensor {
        onItsDevice { Tensor(value, dtype: dtype.beside(S.dtype)) }
    }

    /// The elements in another type, without history.
    func converted(to target: DType) -> Tensor {
        if target == dtype { return detach() }
        return onItsDevice {
            let result = Tensor(
                uninitialized: layout.isDense ? layout.rebased : Layout(contiguous: shape), target)
            kernels.copyElements(operand, into: result.operand)
            return result
        }
    }
}

/// A Swift number beside a tensor, as the bytes of one element: it costs no allocation.
struct WeakScalar: Sendable {
    private var words: (UInt64, UInt64) = (0, 0)
    let dtype: DType

    @inline(__always)
    init<S: TensorScalar>(_ value: S) {
        dtype = S.dtype
        withUnsafeMutableBytes(of: &words) { $0.storeBytes(of: value, as: S.self) }
    }

    private init(zeroOf dtype: DType) { self.dtype = dtype }

    /// The number as a Double; nil for a complex one.
    var real: Double? {
        if dtype.isComplex { return nil }
        return withPointer { pointer in
            var value = 0.0
            convertHostNumber(pointer, dtype, to: &value, .float64)
            return value
        }
    }

    /// Whether an integer type has this number; `wrapping` allows negative ones of as many bits.
    func isHeld(by target: DType, wrapping: Bool) -> Bool {
        guard dtype.isInteger, let value = real else { return true }
        switch target {
        case .uint8: return value >= (wrapping ? -255 : 0) && value <= 255
        case .int32: return value >= -0x1p31 && value < 0x1p31
        default: return true
        }
    }

    /// The same number as an element of another type.
    func converted(to target: DType) -> WeakScalar {
        if target == dtype { return self }
        var result = WeakScalar(zeroOf: target)
        withUnsafeBytes(of: words) { source in
            withUnsafeMutableBytes(of: &result.words) {
                convertHostNumber(source.baseAddress!, dtype, to: $0.baseAddress!, target)
            }
        }
        return result
    }

    @inline(__always)
    func withPointer<R>(_ body: (UnsafeMutableRawPointer) -> R) -> R {
        withUnsafeBytes(of: words) { body(UnsafeMutableRawPointer(mutating: $0.baseAddress!)) }
    }

    /// The number as a setting of an operation.
    var attribute: Attribute.Value {
        if let real { return dtype.isInteger ? .integer(Int(exactly: real) ?? 0) : .number(real) }
        return .text("\(tensor(.complex128).item(as: Complex<Double>.self))")
    }

    /// A zero-dimensional tensor that holds it.
    func tensor(_ target: DType) -> Tensor {
        let result = Tensor(uninitialized: Layout(shape: [], strides: []), target)
        converted(to: target).withPointer {
            kernels.copyFromHost($0, to: result.base, byteCount: target.size)
        }
        return result
    }
}

extension Tensor {
    /// A tensor whose elements are all `value`.
    public static func full<S: TensorScalar>(_ shape: Shape, _ value: S, dtype: DType? = nil) -> Tensor {
        filled("full", shape, value, dtype)
    }

    private static func filled<S: TensorScalar>(
        _ operation: String, _ shape: Shape, _ value: S, _ dtype: DType?
    ) -> Tensor {
        checkShape(shape, operation)
        let dtype = dtype ?? S.defaultDType
        let number = WeakScalar(value).converted(to: dtype)
        let result = Tensor(uninitialized: shape, dtype)
        if result.count <= 16_384 {
            number.withPointer { kernels.fill(result.base, with: $0, size: dtype.size, result.count) }
        } else {
            // On several threads, and past the caches.
            let scalar = number.tensor(dtype)
            withExtendedLifetime(scalar) {
                kernels.copyElements(scalar.broadcastOperand(shape), into: result.operand)
            }
        }
        return result
    }

    /// A tensor of zeros, of float32 unless `dtype` says otherwise; an empty shape gives a scalar.
    public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor {
        filled("zeros", shape, 0, dtype)
    }
    /// A tensor of ones, of float32 unless `dtype` says otherwise; an empty shape gives a scalar.
    public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor {
        filled("ones", shape, 1, dtype)
    }

    /// Zeros in the shape and type of another tensor.
    public static func zeros(like other: Tensor) -> Tensor {
        other.onItsDevice { zeros(other.shape, dtype: other.dtype) }
    }
    /// Ones in the shape and type of another tensor.
    public static func ones(like other: Tensor) -> Tensor {
        other.onItsDevice { ones(other.shape, dtype: other.dtype) }
    }

    /// Stops the program where a caller's shape has negative extents, too many axes, or more elements than memory can hold.
    package static func checkShape(_ shape: Shape, _ operation: String, _ site: CallSite? = nil) {
        shape.checkRank(operation, site)
        if shape.contains(where: { $0 < 0 }) {
            fail(operation, "the shape \(shape) has a negative extent", at: site)
        }
        shape.checkMemory(.complex128, operation, site)
    }
}

extension Operation {
    static let full = Operation(
        "full", dtypes: DType.everything, isDifferentiable: false,
        [Sample("torch.full_like(x, 1)", [Input([3, 4])]) { .ones(like: $0[0]) }])
}

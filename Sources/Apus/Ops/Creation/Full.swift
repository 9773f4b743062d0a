import ApusKernels

extension Tensor {
    /// A tensor whose elements are all `value`.
    public static func full<S: TensorScalar>(_ shape: Shape, _ value: S, dtype: DType? = nil) -> Tensor {
        checkShape(shape, "full")
        let scalar = Tensor(value, dtype: dtype)
        let result = Tensor(uninitialized: shape, scalar.dtype)
        copyElements(scalar.broadcastOperand(shape), into: result.operand)
        return result
    }

    public static func zeros(_ shape: Shape, dtype: DType = .float32) -> Tensor {
        full(shape, 0, dtype: dtype)
    }
    public static func ones(_ shape: Shape, dtype: DType = .float32) -> Tensor {
        full(shape, 1, dtype: dtype)
    }

    /// Zeros in the shape and type of another tensor.
    public static func zeros(like other: Tensor) -> Tensor { zeros(other.shape, dtype: other.dtype) }
    /// Ones in the shape and type of another tensor.
    public static func ones(like other: Tensor) -> Tensor { ones(other.shape, dtype: other.dtype) }

    static func checkShape(_ shape: Shape, _ operation: String, _ site: CallSite? = nil) {
        shape.checkRank(operation, site)
        if shape.contains(where: { $0 < 0 }) {
            fail(operation, "the shape \(shape) has a negative extent", at: site)
        }
    }
}

extension Operation {
    static let full = Operation(
        "full", dtypes: DType.everything, isDifferentiable: false,
        [Sample("torch.full_like(x, 1)", [Input([3, 4])]) { .ones(like: $0[0]) }])
}

import ApusKernelCalls

/// Tensors that a formula steps together, in one pass over memory: `add` each, then `run`.
///
/// The tensors that are changed must stay as they are between the two. They are on one device, and of float32, float64
/// or complex numbers of such parts, whose parts are stepped alike.
package struct TensorStep {
    private var arrays: [OptimizerArrays] = []
    private var types: [DType] = []
    private var device: Device?
    /// What keeps the memory that is read alive.
    private var gradients: [Tensor] = []

    package init() {}

    /// Takes a tensor to be changed in place.
    ///
    /// - Parameters:
    ///   - values: what is changed; it is copied first if its memory is shared.
    ///   - gradient: of the same shape and type; nil where the formula reads none.
    ///   - slots: of the same type, and of the same shape unless the formula says otherwise; it takes the first ones.
    package mutating func add(
        _ values: inout Tensor, gradient: Tensor?, slots: inout [Tensor], _ kernel: OptimizerKernel,
        coefficients: [Double]
    ) {
        values.makeWritableContiguous()
        for index in 0..<kernel.slotCount { slots[index].makeWritableContiguous() }
        let read = gradient?.detachedContiguous()
        if let read { gradients.append(read) }
        device = values.device
        types.append(values.dtype.realType)
        arrays.append(
            OptimizerArrays(
                values: values.start, gradient: read?.start ?? values.start,
                slots: slots.prefix(kernel.slotCount).map { $0.start },
                count: values.dtype.isComplex ? 2 * values.count : values.count, coefficients: coefficients))
    }

    /// The same for a formula that keeps nothing.
    package mutating func add(
        _ values: inout Tensor, gradient: Tensor? = nil, _ kernel: OptimizerKernel,
        coefficients: [Double] = []
    ) {
        var none: [Tensor] = []
        add(&values, gradient: gradient, slots: &none, kernel, coefficients: coefficients)
    }

    /// Takes a tensor that the formula only reads, as its values.
    package mutating func add(reading values: Tensor) {
        let read = values.detachedContiguous()
        gradients.append(read)
        device = values.device
        types.append(values.dtype.realType)
        arrays.append(
            OptimizerArrays(
                values: read.start, gradient: read.start, slots: [],
                count: values.dtype.isComplex ? 2 * values.count : values.count, coefficients: []))
    }

    /// Steps all that was added.
    ///
    /// - Returns: what the formula adds up over each tensor.
    @discardableResult
    package func run(_ kernel: OptimizerKernel) -> [SIMD2<Double>] {
        var sums = [SIMD2<Double>](repeating: .zero, count: arrays.count)
        for dtype in [DType.float32, .float64] {
            let indices = arrays.indices.filter { types[$0] == dtype }
            if indices.isEmpty { continue }
            let found = device!.kernels.step(kernel, indices.map { arrays[$0] }, dtype)
            for (index, sum) in zip(indices, found) { sums[index] = sum }
        }
        withExtendedLifetime(gradients) {}
        return sums
    }
}

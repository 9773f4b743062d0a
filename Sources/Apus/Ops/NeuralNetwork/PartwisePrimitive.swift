import ApusKernelCalls

/// A real function of both parts of complex numbers, in one pass over memory.
protocol PartwisePrimitive: SingleResult {
    /// The function of real numbers.
    static var kernel: UnaryKernel { get }
    /// The gradient of the parts, from that of the result's parts and from these themselves.
    func gradient(_ gradient: Tensor, _ result: Tensor) -> Tensor
}

extension PartwisePrimitive {
    func value(of inputs: [Tensor]) -> Tensor {
        inputs[0].parts.computed(Self.kernel).viewAsComplex().reshape(inputs[0].shape)
    }

    func saved(for needs: [Bool]) -> Saved { .output }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [
            gradient(backward.gradient.parts, backward.output.parts).viewAsComplex()
                .reshape(backward.shape(0))
        ]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// Both parts of each element along a new last axis; flattened to one row where that would be an axis too many.
    fileprivate var parts: Tensor {
        (rank < Layout.maximumRank ? self : flatten()).viewAsReal()
    }
}

import ApusKernelCalls

// What operations along one axis share, such as softmax.

extension Tensor {
    /// The values in row-major order in the type that kernels compute in, without history.
    func rowMajor(_ type: DType? = nil) -> Tensor {
        let target = (type ?? dtype).computeType
        // Most tensors are like this.
        if dtype == target, isContiguous { return detach() }
        return converted(to: target).detachedContiguous()
    }

    /// `axis` counted from the front; a scalar counts as one position along an axis 0, as in PyTorch.
    ///
    /// That is for operations that give a scalar back for a scalar; those that cut an axis (narrow, split,
    /// unbind) or make it longer (roll, repeatInterleave, cat, transforms) need one, and call `axis`.
    func rowAxis(_ axis: Int, _ operation: String, _ site: CallSite?) -> Int {
        rank == 0 && (axis == 0 || axis == -1) ? 0 : self.axis(axis, operation, site)
    }

    /// This tensor's shape split at an axis that `rowAxis` returned.
    func split(_ axis: Int) -> AxisSplit {
        rank == 0 ? AxisSplit(outer: 1, length: 1, inner: 1) : AxisSplit(shape, axis: axis)
    }

    /// This tensor, converted to float32 if it holds integers, as in all operations with fractional results; complex
    /// elements trap.
    ///
    /// - Parameter other: the operation for complex numbers, for the message.
    func realFloating(_ operation: String, insteadCall other: String? = nil, _ site: CallSite?) -> Tensor {
        if dtype.isComplex { Tensor.refuseComplex(operation, dtype, nil, insteadCall: other, site) }
        return promoted(by: .function)
    }
}

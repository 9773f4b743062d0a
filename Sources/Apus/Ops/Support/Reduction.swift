import ApusKernels

extension Tensor {
    /// Folds `axes` into one element each with a kernel; no history.
    func reduced(_ kernel: ReductionKernel, _ axes: [Int], _ keepDims: Bool, _ site: CallSite?) -> Tensor {
        if !kernel.supports(dtype) { fail(kernel.name, "does not take \(dtype) elements", at: site) }
        let folded = axisSet(axes, kernel.name, site)
        let kept = (0..<rank).filter { !folded.contains($0) }
        var result = Tensor(uninitialized: kept.map { shape[$0] }, kernel.outputType(dtype))
        kernel.run(
            operand, kept: kept, folded: (0..<rank).filter(folded.contains), into: result.base, result.dtype)
        if keepDims {
            let shape = shape.enumerated().map { folded.contains($0.offset) ? 1 : $0.element }
            result.layout = Layout(contiguous: shape)
        }
        return result
    }

    /// `axes` as non-negative numbers, each once.
    func axisSet(_ axes: [Int], _ operation: String, _ site: CallSite?) -> Set<Int> {
        let set = Set(axes.map { axis($0, operation, site) })
        if set.count != axes.count {
            fail(operation, "axes \(axes) of shape \(shape) name one twice", at: site)
        }
        return set
    }

    /// A reduction's result with its folded axes back as axes of 1, to broadcast against the input.
    func restoringAxes(_ axes: [Int], of shape: Shape, _ keepDims: Bool) -> Tensor {
        if keepDims { return self }
        var full = shape
        for axis in axes { full[axis < 0 ? axis + shape.count : axis] = 1 }
        return reshape(full)
    }
}

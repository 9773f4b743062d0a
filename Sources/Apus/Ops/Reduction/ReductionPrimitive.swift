import ApusKernelCalls

/// An operation that folds axes into one element each with a kernel.
protocol ReductionPrimitive: SingleResult {
    static var kernel: ReductionKernel { get }
    var axes: [Int] { get }
    var keepDims: Bool { get }
}

extension ReductionPrimitive {
    var name: String { Self.kernel.name }
    func value(of inputs: [Tensor]) -> Tensor { inputs[0].reduced(Self.kernel, axes, keepDims, nil) }
    func reach(inputs: [Shape], result: Shape) -> Reach { .reduction(axes: axes, keepDims: keepDims) }
}

/// A reduction without a gradient, such as `any`.
protocol ReductionTest: ReductionPrimitive {}

extension ReductionTest {
    var isDifferentiable: Bool { false }
}

extension Tensor {
    /// Applies a reduction, after its type and axes are checked.
    func folded<P: ReductionPrimitive>(_ primitive: P, at site: CallSite?) -> Tensor {
        if node == nil, Observers.areNone {
            return reduced(P.kernel, primitive.axes, primitive.keepDims, site)
        }
        checkReduction(P.kernel, primitive.axes, site)
        return Tensor.apply(primitive, to: [self], at: site)
    }
}

extension Tensor {
    /// Stops the program where a kernel does not take this tensor's type, or the tensor lacks one of the axes.
    func checkReduction(_ kernel: ReductionKernel, _ axes: [Int], _ site: CallSite?) {
        if !kernel.supports(dtype) { Tensor.refuse(kernel.name, dtype, site) }
        _ = axisMask(axes, kernel.name, site)
    }

    /// Folds `axes` into one element each with a kernel; no history.
    ///
    /// - Parameter divisor: what each result is divided by before it is rounded to a 16-bit type.
    func reduced(
        _ kernel: ReductionKernel, _ axes: [Int], _ keepDims: Bool, _ site: CallSite?, divisor: Int? = nil
    ) -> Tensor {
        if !kernel.supports(dtype) { Tensor.refuse(kernel.name, dtype, site) }
        let folded = axisMask(axes, kernel.name, site)
        var kept: Shape = []
        var withOnes: Shape = []
        for axis in 0..<rank {
            let isFolded = folded & (1 << axis) != 0
            if !isFolded { kept.append(shape[axis]) }
            if keepDims { withOnes.append(isFolded ? 1 : shape[axis]) }
        }
        let result = Tensor(uninitialized: keepDims ? withOnes : kept, kernel.outputType(dtype))
        let outer = kept.elementCount
        let length = outer == 0 ? 0 : count / outer
        // Contiguous rows and columns, by far the most, need no walk. With 64 axes `1 << rank` is 0, and 0 &- 1 has all
        // bits set.
        let all: UInt64 = (1 << rank) &- 1
        let some = outer != 0 && length != 0 && isContiguous && !dtype.isHalf
        if some, folded == all & ~((1 << (rank - folded.nonzeroBitCount)) &- 1) {
            kernels.runRows(
                kernel, start, dtype, rows: outer, length: length, into: result.base, result.dtype,
                divisor: divisor)
        } else if some, folded == (1 << folded.nonzeroBitCount) &- 1 {
            kernels.runColumns(
                kernel, start, dtype, rows: length, columns: outer, into: result.base, result.dtype,
                divisor: divisor)
        } else {
            kernels.run(
                kernel, operand, kept: (0..<rank).filter { folded & (1 << $0) == 0 },
                folded: (0..<rank).filter { folded & (1 << $0) != 0 }, into: result.base, result.dtype,
                divisor: divisor)
        }
        return result
    }

    /// Whether any element is 0. This reads values.
    var hasZeros: Bool { (detach() .== 0).any().item(as: Bool.self) }

    /// How many elements fold into each result.
    func foldCount(_ axes: [Int], _ operation: String, _ site: CallSite?) -> Int {
        let folded = axisMask(axes, operation, site)
        var length = 1
        for axis in 0..<rank where folded & (1 << axis) != 0 { length *= shape[axis] }
        return length
    }

    /// `axes` as the bits of a number, each named once. A scalar may be folded over axis 0, as in PyTorch.
    func axisMask(_ axes: [Int], _ operation: String, _ site: CallSite?) -> UInt64 {
        var mask: UInt64 = 0
        for axis in axes {
            let bit = UInt64(1) << rowAxis(axis, operation, site)
            if mask & bit != 0 { fail(operation, "axes \(axes) of shape \(shape) name one twice", at: site) }
            mask |= bit
        }
        return rank == 0 ? 0 : mask
    }

    /// A reduction's result with its folded axes back as axes of 1, to broadcast against the input.
    func restoringAxes(_ axes: [Int], of shape: Shape, _ keepDims: Bool) -> Tensor {
        if keepDims || shape.isEmpty { return self }
        var full = shape
        for axis in axes { full[axis < 0 ? axis + shape.count : axis] = 1 }
        return reshape(full)
    }
}

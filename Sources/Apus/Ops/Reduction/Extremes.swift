import ApusKernelCalls

// What the largest and the smallest elements share.

/// The largest or the smallest elements over axes; their gradient is shared equally among all that have the value.
protocol ExtremePrimitive: ReductionPrimitive {}

extension ExtremePrimitive {
    func saved(for needs: [Bool]) -> Saved { [.input(0), .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let x = backward.input(0).detach()
        let y = backward.output.detach().restoringAxes(axes, of: x.shape, keepDims)
        let shares = Tensor.apply(ExtremeShares(axes: axes), to: [x, y], at: nil)
        return [backward.gradient.restoringAxes(axes, of: x.shape, keepDims) * shares]
    }
}

/// Which part of the gradient of an extreme each element has, from the elements and the extremes.
private struct ExtremeShares: SingleResult {
    let axes: [Int]
    var name: String { "extremeShares" }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, y) = (inputs[0], inputs[1])
        var isExtreme = x .== y
        // NaN does not equal itself: where the extreme is NaN, the elements that are NaN share the gradient.
        if y.isNaN().any().item(as: Bool.self) { isExtreme = isExtreme.logicalOr(x.isNaN()) }
        let mask = isExtreme.to(x.dtype)
        return mask / mask.sum(axes: x.rank == 0 ? [] : axes, keepDims: true)
    }
}

/// Where the extreme along an axis is, the first of equal ones; NaN wins.
private struct IndexOfExtreme: SingleResult {
    let axis: Int
    let largest: Bool
    let keepDims: Bool
    var name: String { largest ? "argmax" : "argmin" }
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor { value(inputs[0], inputs[0].split(axis)) }

    func value(_ x: Tensor, _ parts: AxisSplit) -> Tensor {
        let x = x.rowMajor()
        var target = x.shape
        if x.rank > 0 { if keepDims { target[axis] = 1 } else { target.remove(at: axis) } }
        let result = Tensor(uninitialized: target, .int64)
        kernels.indexOfExtreme(
            x.start, x.dtype, parts, largest: largest, indices: result.base, values: nil)
        return result
    }
}

/// The extreme so far along an axis, and where it is.
private struct CumulativeExtreme: Primitive {
    let axis: Int
    let largest: Bool
    var name: String { largest ? "cumulativeMax" : "cumulativeMin" }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0].rowMajor()
        let values = Tensor(uninitialized: x.shape, x.dtype)
        let indices = Tensor(uninitialized: x.shape, .int64)
        kernels.scanExtremes(
            x.start, x.dtype, x.split(axis), largest: largest, values: values.base, indices: indices.base)
        return [values.converted(to: inputs[0].dtype), indices]
    }

    func saved(for needs: [Bool]) -> Saved { .output(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let zeros = Tensor.zeros(backward.shape(0), dtype: backward.dtype(0))
        return [zeros.scatterAdd(axis: axis, index: backward.output(1), source: backward.gradient)]
    }
}

extension Tensor {
    /// The extreme over `axes`; its gradient is shared equally among all elements that have its value.
    func extreme<P: ExtremePrimitive>(_ primitive: P, _ site: CallSite?) -> Tensor {
        checkReduction(P.kernel, primitive.axes, site)
        if count == 0 {
            let folded = axisMask(primitive.axes, P.kernel.name, site)
            let kept = (0..<rank).filter { folded & (1 << $0) == 0 }
            if kept.allSatisfy({ shape[$0] > 0 }) { refuseEmpty(P.kernel.name, site) }
        }
        return Tensor.apply(primitive, to: [self], at: site)
    }

    /// Where the extreme along an axis is, the first of equal ones; NaN wins.
    func indexOfExtreme(_ name: String, _ axis: Int, largest: Bool, _ keepDims: Bool, _ site: CallSite?)
        -> Tensor
    {
        refuseOrderOfComplex(name, site)
        let axis = rowAxis(axis, name, site)
        let parts = split(axis)
        if parts.length == 0 && parts.outer * parts.inner > 0 { refuseEmpty(name, site) }
        let index = IndexOfExtreme(axis: axis, largest: largest, keepDims: keepDims)
        if Observers.areNone { return index.value(self, parts) }
        return Tensor.apply(index, to: [self], at: site)
    }

    /// The extreme along an axis and its index; the gradient goes to that element alone.
    func extremeWithIndex(_ name: String, _ axis: Int, largest: Bool, _ keepDims: Bool, _ site: CallSite?)
        -> (values: Tensor, indices: Tensor)
    {
        let axis = rowAxis(axis, name, site)
        if node == nil, Observers.areNone, !dtype.isHalf, !dtype.isComplex, count > 0 {
            return extremesAndIndices(axis, largest: largest, keepDims)
        }
        let indices = indexOfExtreme(name, axis, largest: largest, true, site)
        return picking(axis, indices, keepDims)
    }

    /// Both in one pass, for tensors without history and observers.
    private func extremesAndIndices(_ axis: Int, largest: Bool, _ keepDims: Bool)
        -> (values: Tensor, indices: Tensor)
    {
        let x = rowMajor()
        var target = shape
        if rank > 0 { if keepDims { target[axis] = 1 } else { target.remove(at: axis) } }
        let values = Tensor(uninitialized: target, dtype)
        let indices = Tensor(uninitialized: target, .int64)
        kernels.indexOfExtreme(
            x.start, x.dtype, split(axis), largest: largest, indices: indices.base, values: values.base)
        withExtendedLifetime(x) {}
        return (values, indices)
    }

    /// The elements at one index along an axis, as values and indices with that axis kept or not.
    func picking(_ axis: Int, _ indices: Tensor, _ keepDims: Bool) -> (values: Tensor, indices: Tensor) {
        let values = gather(axis: axis, index: indices)
        if keepDims || rank == 0 { return (values, indices) }
        var target = shape
        target.remove(at: axis)
        return (values.reshape(target), indices.reshape(target))
    }

    /// The extreme so far along an axis, and where it is.
    func scannedExtremes(_ name: String, _ axis: Int, largest: Bool, _ site: CallSite?)
        -> (values: Tensor, indices: Tensor)
    {
        refuseOrderOfComplex(name, site)
        let axis = rowAxis(axis, name, site)
        let results = Tensor.applyAll(CumulativeExtreme(axis: axis, largest: largest), to: [self], at: site)
        return (results[0], results[1])
    }

    func refuseEmpty(_ name: String, _ site: CallSite?) -> Never {
        fail(name, "there is no element to choose along an empty axis of shape \(shape)", at: site)
    }
}

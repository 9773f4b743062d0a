import ApusKernels

// What the largest and the smallest elements share.

extension Tensor {
    /// The extreme over `axes`; its gradient is shared equally among all elements that have its value.
    func extreme(_ kernel: ReductionKernel, _ axes: [Int], _ keepDims: Bool, _ site: CallSite?) -> Tensor {
        let result = reduced(kernel, axes, keepDims, site)
        if count == 0 && result.count > 0 { refuseEmpty(kernel.name, site) }
        return record(kernel.name, result, [self], savesOutput: true, elementwise: true) { [self] backward in
            let y = backward.output.detach().restoringAxes(axes, of: shape, keepDims)
            var isExtreme = self.detach() .== y
            // NaN equals nothing; where the extreme is NaN, it belongs to those.
            if y.isNaN().any().item(as: Bool.self) { isExtreme = isExtreme.logicalOr(self.detach().isNaN()) }
            let mask = isExtreme.to(dtype)
            let share = mask / mask.sum(axes: rank == 0 ? [] : axes, keepDims: true)
            return [backward.gradient.restoringAxes(axes, of: shape, keepDims) * share]
        }
    }

    /// Where the extreme along an axis is, the first of equal ones; NaN wins.
    func indexOfExtreme(_ name: String, _ axis: Int, largest: Bool, _ keepDims: Bool, _ site: CallSite?)
        -> Tensor
    {
        refuseOrderOfComplex(name, site)
        let axis = rowAxis(axis, name, site)
        let x = rowMajor()
        let parts = split(axis)
        if parts.length == 0 && parts.outer * parts.inner > 0 { refuseEmpty(name, site) }
        var target = shape
        if rank > 0 { target[axis] = 1 }
        var result = Tensor(uninitialized: target, .int64)
        Kernels.indexOfExtreme(
            x.start, x.dtype, parts, largest: largest,
            indices: result.base.assumingMemoryBound(to: Int64.self), values: nil)
        if !keepDims && rank > 0 {
            target.remove(at: axis)
            result.layout = Layout(contiguous: target)
        }
        return result
    }

    /// The extreme along an axis and its index; the gradient goes to that element alone.
    func extremeWithIndex(_ name: String, _ axis: Int, largest: Bool, _ keepDims: Bool, _ site: CallSite?)
        -> (values: Tensor, indices: Tensor)
    {
        let axis = rowAxis(axis, name, site)
        let indices = indexOfExtreme(name, axis, largest: largest, true, site)
        return picking(axis, indices, keepDims)
    }

    /// The elements at one index along an axis, as values and indices with that axis kept or not.
    func picking(_ axis: Int, _ indices: Tensor, _ keepDims: Bool) -> (values: Tensor, indices: Tensor) {
        let values = gather(axis: axis, index: indices)
        if keepDims || rank == 0 { return (values, indices) }
        var target = shape
        target.remove(at: axis)
        return (values.reshape(target), indices.reshape(target))
    }

    /// Indices that sort this tensor along an axis.
    func sortingIndices(
        _ name: String, _ axis: Int, kept: Int? = nil, descending: Bool, _ site: CallSite?
    ) -> Tensor {
        refuseOrderOfComplex(name, site)
        let rows = swappingLast(axis).rowMajor()
        let length = rank == 0 ? 1 : shape[axis]
        let kept = kept ?? length
        var target = rows.shape
        if rank > 0 { target[rank - 1] = kept }
        let result = Tensor(uninitialized: target, .int64)
        Kernels.sortRows(
            rows.start, rows.dtype, rows: length == 0 ? 0 : rows.count / length, length: length, kept: kept,
            descending: descending, indices: result.base.assumingMemoryBound(to: Int64.self))
        return result.swappingLast(axis)
    }

    func refuseEmpty(_ name: String, _ site: CallSite?) -> Never {
        fail(name, "there is no element to choose along an empty axis of shape \(shape)", at: site)
    }
}

extension Tensor {
    /// The extreme so far along an axis, and where it is.
    func scannedExtremes(_ name: String, _ axis: Int, largest: Bool, _ site: CallSite?)
        -> (values: Tensor, indices: Tensor)
    {
        refuseOrderOfComplex(name, site)
        let axis = rowAxis(axis, name, site)
        let x = rowMajor()
        let values = Tensor(uninitialized: shape, x.dtype)
        let indices = Tensor(uninitialized: shape, .int64)
        Kernels.scanExtremes(
            x.start, x.dtype, split(axis), largest: largest, values: values.base,
            indices: indices.base.assumingMemoryBound(to: Int64.self))
        let result = record(name, values.converted(to: dtype), [self]) { [shape, dtype] in
            [Tensor.zeros(shape, dtype: dtype).scatterAdd(axis: axis, index: indices, source: $0.gradient)]
        }
        return (result, indices)
    }
}

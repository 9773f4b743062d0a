import ApusKernelCalls

/// The elements of images at indices of larger ones, which are 0 elsewhere: the inputs are the elements and the indices, of
/// one shape. Of several elements at one index the last stays and has the gradient.
struct MaxUnpool: SingleResult {
    let name: String
    /// The spatial extents of the result.
    let extents: [Int]

    func value(of inputs: [Tensor]) throws -> Tensor {
        let (x, shape) = (inputs[0].detachedContiguous(), inputs[0].shape)
        let indices = inputs[1].converted(to: .int64).detachedContiguous()
        let rows = Layout(contiguous: [shape[0], shape[1], extents.elementCount])
        let result = Tensor(uninitialized: [shape[0], shape[1]] + extents, x.dtype)
        kernels.clear(result.base, byteCount: result.count * x.dtype.size)
        if x.count == 0 { return result }
        let offsets = CurrentDevice.forNewTensors.storage(byteCount: x.count * MemoryLayout<Int>.size)
        let outside = kernels.axisOffsets(
            indices.start,
            shape: [shape[0], shape[1], Array(shape[2...]).elementCount], strides: rows.strides, axis: 2,
            extent: rows.shape[2], into: offsets.pointer)
        if let outside { throw IndexOutside(indices.element(outside), rows.shape) }
        kernels.scatterBlocks(
            x.start, into: Operand(result.base, x.dtype, rows), outer: [], inner: [],
            offsets: offsets.pointer, x.count, adding: false)
        withExtendedLifetime((x, indices, offsets)) {}
        return result
    }

    func saved(for needs: [Bool]) -> Saved { .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (gradient, indices) = (backward.gradient.flatten(from: 2), backward.input(1).flatten(from: 2))
        // Each element of the result has the number of its last writer.
        let numbers = Tensor.arange(indices.shape[2])
        let writers = Tensor.zeros(gradient.shape, dtype: .int64)
            .scatter(axis: 2, index: indices, source: numbers)
        let stays = writers.gather(axis: 2, index: indices) .== numbers
        return [
            gradient.gather(axis: 2, index: indices).maskedFill(.!stays, 0).reshape(backward.shape(0)), nil,
        ]
    }
}

private struct IndexOutside: Error, CustomStringConvertible {
    let description: String

    init(_ index: Int, _ shape: Shape) {
        description = "index \(index) is outside axis 2, of extent \(shape[2]), of shape \(shape)"
    }
}

extension Tensor {
    /// Each element at the index of its maximum, zeros elsewhere: what undoes `maxPool1dWithIndices` for [batch,
    /// channels, windows], or without batch. Where indices repeat, the last element stays.
    ///
    /// - Parameters:
    ///   - indices: int64, in this tensor's shape, counted through the spatial axes of the result.
    ///   - size: that of the pooling.
    ///   - stride: that of the pooling.
    ///   - padding: that of the pooling.
    ///   - outputSize: the spatial extents of the result; nil is (windows − 1)·stride − 2·padding + size.
    public func maxUnpool1d(
        _ indices: Tensor, _ size: Extents, stride: Extents? = nil, padding: Extents = 0,
        outputSize: Extents? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxUnpool(
            "maxUnpool1d", axes: 1, indices, WindowOptions(size: size, stride: stride, padding: padding),
            outputSize: outputSize, at: CallSite(file: file, line: line))
    }

    /// Each element at the index of its maximum, zeros elsewhere, for planes; see `maxUnpool1d`.
    public func maxUnpool2d(
        _ indices: Tensor, _ size: Extents, stride: Extents? = nil, padding: Extents = 0,
        outputSize: Extents? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxUnpool(
            "maxUnpool2d", axes: 2, indices, WindowOptions(size: size, stride: stride, padding: padding),
            outputSize: outputSize, at: CallSite(file: file, line: line))
    }

    /// Each element at the index of its maximum, zeros elsewhere, for volumes; see `maxUnpool1d`.
    public func maxUnpool3d(
        _ indices: Tensor, _ size: Extents, stride: Extents? = nil, padding: Extents = 0,
        outputSize: Extents? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxUnpool(
            "maxUnpool3d", axes: 3, indices, WindowOptions(size: size, stride: stride, padding: padding),
            outputSize: outputSize, at: CallSite(file: file, line: line))
    }

    package func maxUnpool(
        _ operation: String, axes: Int, _ indices: Tensor, _ window: WindowOptions, outputSize: Extents?,
        at site: CallSite?
    ) -> Tensor {
        if indices.shape != shape {
            fail(operation, "indices of shape \(indices.shape) for shape \(shape)", at: site)
        }
        refuseOrderOfComplex(operation, site)
        let (x, isAdded) = withBatch(axes, operation, site)
        let steps = (window.stride ?? window.size).resolved(axes, minimum: 1, operation, "stride", at: site)
        let sizes = window.size.resolved(axes, minimum: 1, operation, "window size", at: site)
        let margins = window.padding.resolved(axes, minimum: 0, operation, "padding", at: site)
        let extents =
            outputSize?.resolved(axes, minimum: 0, operation, "output size", at: site)
            ?? (0..<axes).map { (x.shape[$0 + 2] - 1) * steps[$0] - 2 * margins[$0] + sizes[$0] }
        if extents.contains(where: { $0 < 0 }) {
            fail(operation, "shape \(shape) leads to the spatial extents \(extents)", at: site)
        }
        x.checkSize(extents, operation, site)
        if indices.count > 0 && indices.dtype != .int64 && indices.dtype != .int32 {
            fail(operation, "indices are int64 or int32, not \(indices.dtype)", at: site)
        }
        return Tensor.apply(
            MaxUnpool(name: operation, extents: extents), to: [x, indices.reshape(x.shape)], at: site
        ).withoutBatch(isAdded)
    }
}

extension Operation {
    static let maxUnpool = Operation(
        "maxUnpool", dtypes: DType.realFloating,
        [
            Sample("F.max_unpool1d(*F.max_pool1d(x, 2, return_indices=True), 2)", [Input([2, 3, 8])]) {
                let (values, indices) = $0[0].maxPool1dWithIndices(2)
                return values.maxUnpool1d(indices, 2)
            },
            Sample(
                "F.max_unpool2d(*F.max_pool2d(x, 2, return_indices=True), 2, output_size=(7, 5))",
                [Input([2, 3, 7, 5])]
            ) {
                let (values, indices) = $0[0].maxPool2dWithIndices(2)
                return values.maxUnpool2d(indices, 2, outputSize: [7, 5])
            },
            Sample(
                "F.max_unpool2d(*F.max_pool2d(x, (2, 3), (2, 3), (1, 0), return_indices=True), (2, 3), (2, 3), (1, 0))",
                [Input([3, 6, 6])]
            ) {
                let (values, indices) = $0[0].maxPool2dWithIndices([2, 3], stride: [2, 3], padding: [1, 0])
                return values.maxUnpool2d(indices, [2, 3], stride: [2, 3], padding: [1, 0])
            },
            Sample("F.max_unpool3d(*F.max_pool3d(x, 2, return_indices=True), 2)", [Input([1, 2, 4, 2, 4])]) {
                let (values, indices) = $0[0].maxPool3dWithIndices(2)
                return values.maxUnpool3d(indices, 2)
            },
        ])
}

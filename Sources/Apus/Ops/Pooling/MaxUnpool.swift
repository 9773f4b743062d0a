extension Tensor {
    /// Each element at the place of its maximum, zeros elsewhere: what undoes `maxPool1dWithIndices` for [batch,
    /// channels, windows], or without batch. Where places repeat, the last element stays.
    ///
    /// - Parameters:
    ///   - indices: int64, in this tensor's shape: places counted through the spatial axes of the result.
    ///   - size: that of the pooling.
    ///   - stride: that of the pooling.
    ///   - padding: that of the pooling.
    ///   - outputSize: the spatial extents of the result; nil is (windows − 1)·stride − 2·padding + size.
    public func maxUnpool1d(
        _ indices: Tensor, _ size: Extents, stride: Extents? = nil, padding: Extents = 0,
        outputSize: Extents? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxUnpool(
            1, "maxUnpool1d", indices, size, stride, padding, outputSize, CallSite(file: file, line: line))
    }

    /// Each element at the place of its maximum, zeros elsewhere, for planes; see `maxUnpool1d`.
    public func maxUnpool2d(
        _ indices: Tensor, _ size: Extents, stride: Extents? = nil, padding: Extents = 0,
        outputSize: Extents? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxUnpool(
            2, "maxUnpool2d", indices, size, stride, padding, outputSize, CallSite(file: file, line: line))
    }

    /// Each element at the place of its maximum, zeros elsewhere, for volumes; see `maxUnpool1d`.
    public func maxUnpool3d(
        _ indices: Tensor, _ size: Extents, stride: Extents? = nil, padding: Extents = 0,
        outputSize: Extents? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxUnpool(
            3, "maxUnpool3d", indices, size, stride, padding, outputSize, CallSite(file: file, line: line))
    }

    private func maxUnpool(
        _ axes: Int, _ operation: String, _ indices: Tensor, _ size: Extents, _ stride: Extents?,
        _ padding: Extents, _ outputSize: Extents?, _ site: CallSite
    ) -> Tensor {
        if indices.shape != shape {
            fail(operation, "indices of shape \(indices.shape) for shape \(shape)", at: site)
        }
        refuseOrderOfComplex(operation, site)
        let (x, isAdded) = withBatch(axes, operation, site)
        let steps = (stride ?? size).resolved(axes, minimum: 1, operation, "stride", at: site)
        let windows = size.resolved(axes, minimum: 1, operation, "window size", at: site)
        let margins = padding.resolved(axes, minimum: 0, operation, "padding", at: site)
        let extents =
            outputSize?.resolved(axes, minimum: 0, operation, "output size", at: site)
            ?? (0..<axes).map { (x.shape[$0 + 2] - 1) * steps[$0] - 2 * margins[$0] + windows[$0] }
        if extents.contains(where: { $0 < 0 }) {
            fail(operation, "shape \(shape) leads to the spatial extents \(extents)", at: site)
        }
        x.checkSize(extents, operation, site)
        let (batch, channels) = (x.shape[0], x.shape[1])
        let windowCount = Array(x.shape[2...]).elementCount
        let places = indices.reshape([batch, channels, windowCount])
        var result = Tensor.zeros([batch, channels, extents.elementCount], dtype: dtype)
        let selection = result.selection(along: 2, places, operation, site)
        result.place(x.reshape([batch, channels, windowCount]), selection, operation, site)
        return result.reshape([batch, channels] + extents).withoutBatch(isAdded)
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

extension Tensor {
    /// The largest element of each window along the last axis of [batch, channels, length], or without batch.
    ///
    /// NaN is above everything. Integers stay integers. A window that dilation leaves wholly in the padding gives
    /// -infinity (integers: the lowest), whose index is -1.
    ///
    /// - Parameters:
    ///   - size: positions of a window.
    ///   - stride: from one window to the next; nil is the size.
    ///   - padding: positions of -infinity beyond both ends, half a window at most.
    ///   - dilation: from one position of a window to its next.
    ///   - ceilMode: a last window may reach beyond the end, if it begins inside the input or the padding before.
    ///   - relu: max(0, ·) of the result, as part of the operation.
    /// - Returns: [batch, channels, ⌊(length + 2·padding − d(size − 1) − 1) / stride⌋ + 1], rounded up in ceil mode.
    public func maxPool1d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, relu: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxPool(
            1, "maxPool1d", size, stride, padding, dilation, ceilMode, relu, false,
            CallSite(file: file, line: line)
        ).values
    }

    /// The largest element of each window of planes [batch, channels, height, width], or without batch; see
    /// `maxPool1d`.
    public func maxPool2d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, relu: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxPool(
            2, "maxPool2d", size, stride, padding, dilation, ceilMode, relu, false,
            CallSite(file: file, line: line)
        ).values
    }

    /// The largest element of each window of volumes [batch, channels, depth, height, width], or without batch; see
    /// `maxPool1d`.
    public func maxPool3d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, relu: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        maxPool(
            3, "maxPool3d", size, stride, padding, dilation, ceilMode, relu, false,
            CallSite(file: file, line: line)
        ).values
    }

    /// `maxPool1d`, and where each maximum stood: int64, counted through the spatial axes of the input in row-major
    /// order. Of equal elements the first.
    public func maxPool1dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, places) = maxPool(
            1, "maxPool1d", size, stride, padding, dilation, ceilMode, false, true,
            CallSite(file: file, line: line))
        return (values, places!)
    }

    /// `maxPool2d`, and where each maximum stood: int64, counted through the spatial axes of the input in row-major
    /// order. Of equal elements the first.
    public func maxPool2dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, places) = maxPool(
            2, "maxPool2d", size, stride, padding, dilation, ceilMode, false, true,
            CallSite(file: file, line: line))
        return (values, places!)
    }

    /// `maxPool3d`, and where each maximum stood: int64, counted through the spatial axes of the input in row-major
    /// order. Of equal elements the first.
    public func maxPool3dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, places) = maxPool(
            3, "maxPool3d", size, stride, padding, dilation, ceilMode, false, true,
            CallSite(file: file, line: line))
        return (values, places!)
    }

    private func maxPool(
        _ axes: Int, _ operation: String, _ size: Extents, _ stride: Extents?, _ padding: Extents,
        _ dilation: Extents, _ ceilMode: Bool, _ relu: Bool, _ wantsPlaces: Bool, _ site: CallSite
    ) -> (values: Tensor, places: Tensor?) {
        let window = SlidingWindow(
            operation, axes: axes, size: size, stride: stride, padding: padding, dilation: dilation,
            ceilMode: ceilMode, site)
        refuseComplex(operation, insteadCall: "complexMaxPool1d, 2d or 3d, which compares moduli", site)
        let (x, isAdded) = withBatch(axes, operation, site)
        let (values, places) = x.largest(
            window.taps(x.shape), operation, relu: relu, wantsPlaces: wantsPlaces, site)
        values.node?.reach = { window.reach }
        return (values.withoutBatch(isAdded), places?.withoutBatch(isAdded))
    }
}

extension Operation {
    static let maxPool = Operation(
        "maxPool", dtypes: DType.realFloating,
        [
            Sample("F.max_pool1d(x, 3)", [Input([2, 3, 10])]) { $0[0].maxPool1d(3) },
            Sample("F.max_pool1d(x, 3, 2, 1, 2, ceil_mode=True)", [Input([1, 2, 9])]) {
                $0[0].maxPool1d(3, stride: 2, padding: 1, dilation: 2, ceilMode: true)
            },
            Sample("F.max_pool2d(x, 2)", [Input([2, 3, 6, 7])]) { $0[0].maxPool2d(2) },
            Sample("F.max_pool2d(x, 3, 2, 1)", [Input([1, 19, 7, 6])]) {
                $0[0].maxPool2d(3, stride: 2, padding: 1)
            },
            Sample("F.max_pool2d(x, 3, 2, 1, ceil_mode=True)", [Input([2, 9, 6, 5])]) {
                $0[0].maxPool2d(3, stride: 2, padding: 1, ceilMode: true)
            },
            Sample("F.max_pool2d(x, (2, 3), (1, 2), (1, 0), (2, 1))", [Input([2, 2, 6, 7])]) {
                $0[0].maxPool2d([2, 3], stride: [1, 2], padding: [1, 0], dilation: [2, 1])
            },
            Sample("F.max_pool2d(x, 2, 3, ceil_mode=True)", [Input([3, 5, 8])]) {
                $0[0].maxPool2d(2, stride: 3, ceilMode: true)
            },
            Sample("F.max_pool2d(x, 3, 1, 1)", [Input([1, 16, 5, 5])]) {
                $0[0].maxPool2d(3, stride: 1, padding: 1)
            },
            Sample("F.relu(F.max_pool2d(x, 2))", [Input([2, 19, 6, 7])]) { $0[0].maxPool2d(2, relu: true) },
            Sample("F.relu(F.max_pool2d(x, 3, 2, 1))", [Input([2, 8, 6, 7], -1, 0.2)]) {
                $0[0].maxPool2d(3, stride: 2, padding: 1, relu: true)
            },
            Sample("F.max_pool3d(x, 2)", [Input([1, 2, 4, 5, 4])]) { $0[0].maxPool3d(2) },
            Sample("F.max_pool3d(x, (1, 2, 3), 2, (0, 1, 1), ceil_mode=True)", [Input([2, 1, 3, 4, 5])]) {
                $0[0].maxPool3d([1, 2, 3], stride: 2, padding: [0, 1, 1], ceilMode: true)
            },
            Sample(
                "F.max_pool2d(x, 3, 2, return_indices=True)[1].to(x.dtype) + 0 * x.sum()",
                [Input([2, 3, 7, 7])]
            ) {
                $0[0].maxPool2dWithIndices(3, stride: 2).indices.to($0[0].dtype) + $0[0].sum() * 0
            },
        ])
}

extension Tensor {
    /// The largest element of each of `size` parts of the last axis of [batch, channels, length], or without batch.
    ///
    /// Part j of o takes the positions from ⌊j·i/o⌋ up to ⌈(j + 1)·i/o⌉ of i: parts may overlap. A size of nil keeps its axis.
    public func adaptiveMaxPool1d(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        adaptiveMaxPool(
            "adaptiveMaxPool1d", axes: 1, size, wantsIndices: false, at: CallSite(file: file, line: line)
        ).values
    }

    /// The largest element of each of size × size parts of planes [batch, channels, height, width], or without
    /// batch; see `adaptiveMaxPool1d`.
    public func adaptiveMaxPool2d(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        adaptiveMaxPool(
            "adaptiveMaxPool2d", axes: 2, size, wantsIndices: false, at: CallSite(file: file, line: line)
        ).values
    }

    /// The largest element of each part of volumes [batch, channels, depth, height, width], or without batch; see
    /// `adaptiveMaxPool1d`.
    public func adaptiveMaxPool3d(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        adaptiveMaxPool(
            "adaptiveMaxPool3d", axes: 3, size, wantsIndices: false, at: CallSite(file: file, line: line)
        ).values
    }

    /// `adaptiveMaxPool1d`, and where each maximum stood; see `maxPool1dWithIndices`.
    public func adaptiveMaxPool1dWithIndices(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = adaptiveMaxPool(
            "adaptiveMaxPool1d", axes: 1, size, wantsIndices: true, at: CallSite(file: file, line: line))
        return (values, indices!)
    }

    /// `adaptiveMaxPool2d`, and where each maximum stood; see `maxPool2dWithIndices`.
    public func adaptiveMaxPool2dWithIndices(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = adaptiveMaxPool(
            "adaptiveMaxPool2d", axes: 2, size, wantsIndices: true, at: CallSite(file: file, line: line))
        return (values, indices!)
    }

    /// `adaptiveMaxPool3d`, and where each maximum stood; see `maxPool3dWithIndices`.
    public func adaptiveMaxPool3dWithIndices(
        _ size: AdaptiveExtents, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = adaptiveMaxPool(
            "adaptiveMaxPool3d", axes: 3, size, wantsIndices: true, at: CallSite(file: file, line: line))
        return (values, indices!)
    }

    package func adaptiveMaxPool(
        _ operation: String, axes: Int, _ size: AdaptiveExtents, wantsIndices: Bool, at site: CallSite?
    ) -> (values: Tensor, indices: Tensor?) {
        refuseOrderOfComplex(operation, site)
        let (x, isAdded) = withBatch(axes, operation, site)
        let window = AdaptiveWindow(operation, axes: axes, size: size, x.shape, site)
        x.checkSize(window.sizes, operation, site)
        let (values, indices) = x.largest(window, operation, wantsIndices: wantsIndices, at: site)
        return (values.withoutBatch(isAdded), indices?.withoutBatch(isAdded))
    }
}

extension Operation {
    static let adaptiveMaxPool = Operation(
        "adaptiveMaxPool", dtypes: DType.realFloating,
        [
            Sample("F.adaptive_max_pool1d(x, 4)", [Input([2, 3, 10])]) { $0[0].adaptiveMaxPool1d(4) },
            Sample("F.adaptive_max_pool2d(x, (3, 2))", [Input([2, 9, 7, 5])]) {
                $0[0].adaptiveMaxPool2d([3, 2])
            },
            Sample("F.adaptive_max_pool3d(x, (2, None, None))", [Input([2, 3, 3, 4, 2])]) {
                $0[0].adaptiveMaxPool3d([2, nil, nil])
            },
            Sample("F.adaptive_max_pool2d(x, 5)", [Input([2, 3, 4])]) { $0[0].adaptiveMaxPool2d(5) },
            Sample("F.adaptive_max_pool3d(x, (1, 2, 3))", [Input([1, 2, 3, 4, 5])]) {
                $0[0].adaptiveMaxPool3d([1, 2, 3])
            },
            Sample(
                "F.adaptive_max_pool2d(x, 3, return_indices=True)[1].to(x.dtype) + 0 * x.sum()",
                [Input([2, 3, 7, 5])]
            ) {
                $0[0].adaptiveMaxPool2dWithIndices(3).indices.to($0[0].dtype) + $0[0].sum() * 0
            },
        ])
}

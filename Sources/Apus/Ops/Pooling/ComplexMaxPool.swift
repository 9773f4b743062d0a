import ApusKernels

extension Tensor {
    /// The complex number of largest modulus of each window along the last axis of [batch, channels, length], or
    /// without batch.
    ///
    /// Of equal moduli the first; NaN is above everything. The gradient goes to the number chosen. Moduli are compared
    /// by their squares, so of numbers beyond the square root of the largest, or below that of the smallest, the first
    /// is taken. A window that dilation leaves wholly in the padding gives 0, whose index is -1.
    ///
    /// - Parameters: those of `maxPool1d`.
    public func complexMaxPool1d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        return complexMaxPool(1, size, stride, padding, dilation, ceilMode, false, site).values
    }

    /// The complex number of largest modulus of each window of planes [batch, channels, height, width], or without
    /// batch; see `complexMaxPool1d`.
    public func complexMaxPool2d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        return complexMaxPool(2, size, stride, padding, dilation, ceilMode, false, site).values
    }

    /// The complex number of largest modulus of each window of volumes [batch, channels, depth, height, width], or
    /// without batch; see `complexMaxPool1d`.
    public func complexMaxPool3d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        return complexMaxPool(3, size, stride, padding, dilation, ceilMode, false, site).values
    }

    /// `complexMaxPool1d`, and where each number stood: int64, counted through the spatial axes of the input in
    /// row-major order.
    public func complexMaxPool1dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let site = CallSite(file: file, line: line)
        let (values, places) = complexMaxPool(1, size, stride, padding, dilation, ceilMode, true, site)
        return (values, places!)
    }

    /// `complexMaxPool2d`, and where each number stood; see `complexMaxPool1dWithIndices`.
    public func complexMaxPool2dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let site = CallSite(file: file, line: line)
        let (values, places) = complexMaxPool(2, size, stride, padding, dilation, ceilMode, true, site)
        return (values, places!)
    }

    /// `complexMaxPool3d`, and where each number stood; see `complexMaxPool1dWithIndices`.
    public func complexMaxPool3dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let site = CallSite(file: file, line: line)
        let (values, places) = complexMaxPool(3, size, stride, padding, dilation, ceilMode, true, site)
        return (values, places!)
    }

    private func complexMaxPool(
        _ axes: Int, _ size: Extents, _ stride: Extents?, _ padding: Extents, _ dilation: Extents,
        _ ceilMode: Bool, _ wantsPlaces: Bool, _ site: CallSite
    ) -> (values: Tensor, places: Tensor?) {
        let operation = "complexMaxPool\(axes)d"
        requireComplex(operation, insteadCall: "maxPool\(axes)d", site)
        let window = SlidingWindow(
            operation, axes: axes, size: size, stride: stride, padding: padding, dilation: dilation,
            ceilMode: ceilMode, site)
        let (x, isAdded) = withBatch(axes, operation, site)
        let (values, places) = x.largestModulus(window.taps(x.shape), operation, site)
        values.node?.reach = { window.reach }
        return (
            values.withoutBatch(isAdded), wantsPlaces ? places.to(.int64).withoutBatch(isAdded) : nil
        )
    }

    /// The element of largest modulus among the taps of each spatial axis, and where it stands.
    private func largestModulus(_ taps: [AxisTaps], _ operation: String, _ site: CallSite)
        -> (values: Tensor, places: Tensor)
    {
        let values = channelsLast()
        var places = values.computed(Kernels.squaredModulus).placesOfLargest(taps, operation, site)
        var result = values.picked(shape, places)
        // Moduli that cannot be squared are compared as they are.
        if !result.computed(Kernels.abs).isWithin(dtype.squarable, orZero: true) {
            places = values.computed(Kernels.abs).placesOfLargest(taps, operation, site)
            result = values.picked(shape, places)
        }
        let recorded = record(operation, result, [self]) { [shape, places] backward in
            [backward.gradient.put(in: shape, places, operation)]
        }
        return (recorded, places)
    }

    /// The elements at `places` of images of `shape`, whose elements these are with channels last; without history.
    private func picked(_ shape: Shape, _ places: Tensor) -> Tensor {
        let result = Tensor(uninitialized: places.layout, dtype)
        Kernels.takePlaces(
            start, dtype, PlacedElements(inputs: shape, outputs: places.shape), places: places.start,
            into: result.base)
        return result
    }

    /// The gradient of `largestModulus`: each element goes where the largest stood.
    private func put(in shape: Shape, _ places: Tensor, _ operation: String) -> Tensor {
        let values = channelsLast()
        let result = Tensor(uninitialized: Layout(channelsLast: shape), values.dtype)
        Kernels.putPlaces(
            values.start, values.dtype, PlacedElements(inputs: shape, outputs: self.shape),
            places: places.start, into: result.base)
        return record("\(operation) gradient", result, [self]) { backward in
            [backward.gradient.picked(at: places)]
        }
    }
}

extension PlacedElements {
    /// Of images of these shapes, [batch, channels, spatial axes…].
    fileprivate init(inputs: Shape, outputs: Shape) {
        self.init(
            batch: inputs[0], inputs: Array(inputs[2...]).elementCount,
            outputs: Array(outputs[2...]).elementCount, channels: inputs[1])
    }
}

extension Operation {
    static let complexMaxPool = Operation(
        "complexMaxPool", dtypes: [.complex64, .complex128],
        [
            Sample(pooled("F.max_pool1d", "3", "2", "2"), [Input([2, 3, 10])]) { $0[0].complexMaxPool1d(3) },
            Sample(pooled("F.max_pool1d", "3, 2, 1, 2, True", "2", "2"), [Input([1, 2, 9])]) {
                $0[0].complexMaxPool1d(3, stride: 2, padding: 1, dilation: 2, ceilMode: true)
            },
            Sample(pooled("F.max_pool2d", "2", "2", "2"), [Input([2, 3, 6, 7])]) {
                $0[0].complexMaxPool2d(2)
            },
            Sample(pooled("F.max_pool2d", "3, 2, 1", "2", "2"), [Input([1, 19, 7, 6])]) {
                $0[0].complexMaxPool2d(3, stride: 2, padding: 1)
            },
            Sample(pooled("F.max_pool2d", "2, 3, 0, 1, True", "1", "1"), [Input([3, 5, 8])]) {
                $0[0].complexMaxPool2d(2, stride: 3, ceilMode: true)
            },
            Sample(pooled("F.max_pool3d", "(1, 2, 3), 2, (0, 1, 1)", "2", "2"), [Input([2, 1, 3, 4, 5])]) {
                $0[0].complexMaxPool3d([1, 2, 3], stride: 2, padding: [0, 1, 1])
            },
            Sample(
                "F.max_pool2d(x.abs(), 3, 2, return_indices=True)[1].to(x.dtype) + 0 * x.sum()",
                [Input([2, 3, 7, 7])]
            ) {
                $0[0].complexMaxPool2dWithIndices(3, stride: 2).indices.to($0[0].dtype) + $0[0].sum() * 0
            },
        ])

    /// Gathers what a pooling of the moduli chooses.
    private static func pooled(_ name: String, _ options: String, _ from: String, _ axis: String) -> String {
        "(lambda i: x.flatten(\(from)).gather(\(axis), i.flatten(\(from))).reshape(i.shape))"
            + "(\(name)_with_indices(x.abs(), \(options), return_indices=True)[1])"
    }
}

import ApusKernelCalls

/// The largest element of each window; where it `keepsIndices`, their indices are a second result.
struct MaxPool: Primitive {
    let name: String
    let windows: any SpatialWindows
    let activation: FusedActivation
    /// Indices count through the spatial axes, as integers as wide as the elements; -1 where there is none.
    let keepsIndices: Bool

    func values(of inputs: [Tensor]) -> [Tensor] {
        let x = inputs[0]
        let (values, axes) = (x.channelsLast(x.dtype == .uint8 ? .int32 : nil), windows.axisWindows(x.shape))
        let layout = Layout(channelsLast: [x.shape[0], x.shape[1]] + axes.map(\.outputs))
        let result = Tensor(uninitialized: layout, values.dtype)
        let indices = keepsIndices ? Tensor(uninitialized: layout, x.indexType) : nil
        kernels.windowMax(
            values.start, values.dtype, WindowGrid(batch: x.shape[0], channels: x.shape[1], axes),
            into: result.base, indices: indices?.base, relu: activation == .relu)
        withExtendedLifetime(values) {}
        let largest = result.converted(to: x.dtype)
        return indices.map { [largest, $0] } ?? [largest]
    }

    func saved(for needs: [Bool]) -> Saved { keepsIndices ? .output(1) : .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let back = MaxPoolGradient(windows: windows, shape: backward.shape(0))
        return [Tensor.apply(back, to: [backward.gradient, indices(backward)], at: nil)]
    }

    /// The indices of the largest elements, found again if the operation did not keep them.
    private func indices(_ backward: Backward) -> Tensor {
        if keepsIndices { return backward.output(1) }
        let again = MaxPool(name: name, windows: windows, activation: activation, keepsIndices: true)
        return Tensor.applyAll(again, to: [backward.input(0).detach()], at: nil)[1]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { windows.reach(inputs[0]) }
}

extension MaxPool: ActivatedPrimitive {
    func with(activation: FusedActivation, of dtype: DType) -> (any ActivatedPrimitive)? {
        activation == .none || activation == .relu
            ? MaxPool(name: name, windows: windows, activation: activation, keepsIndices: keepsIndices) : nil
    }
}

/// The gradient of the images that `MaxPool` took, of the given shape, from the gradient of the largest elements and
/// from their indices.
struct MaxPoolGradient: SingleResult {
    let windows: any SpatialWindows
    let shape: Shape
    let name = "maxPoolGradient"

    func value(of inputs: [Tensor]) -> Tensor {
        let (gradient, indices) = (inputs[0].channelsLast(), inputs[1].channelsLast())
        let axes = windows.axisWindows(shape).map { $0.transposed() }
        let result = Tensor(uninitialized: Layout(channelsLast: shape), gradient.dtype)
        kernels.windowMaxGradient(
            gradient.start, gradient.dtype, WindowGrid(batch: shape[0], channels: shape[1], axes),
            indices: indices.start, into: result.base)
        withExtendedLifetime((gradient, indices)) {}
        return result.converted(to: inputs[0].dtype)
    }

    func saved(for needs: [Bool]) -> Saved { .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [backward.gradient.picked(at: backward.input(1)), nil]
    }
}

extension Tensor {
    /// The largest element of each window, and their indices: int64, or nil if not asked for.
    ///
    /// - Parameter activation: where it is ReLU, what is not above 0 becomes 0, at index -1.
    func largest(
        _ windows: any SpatialWindows, _ operation: String, activation: FusedActivation = .none,
        wantsIndices: Bool, at site: CallSite?
    ) -> (values: Tensor, indices: Tensor?) {
        let keepsIndices = wantsIndices || isRecorded
        if keepsIndices { checkIndices(operation, site) }
        let pool = MaxPool(
            name: operation, windows: windows, activation: activation, keepsIndices: keepsIndices)
        let results = Tensor.applyAll(pool, to: [self], at: site)
        return (results[0], wantsIndices ? results[1].to(.int64) : nil)
    }

    /// The elements at the indices that a pooling found; 0 where there was none.
    func picked(at indices: Tensor) -> Tensor {
        let index = indices.flatten(from: 2).to(.int64)
        let picked = flatten(from: 2).gather(axis: 2, index: index.maximum(0))
        return picked.maskedFill(index .< 0, 0).reshape(indices.shape)
    }

    /// Integers as wide as the elements that kernels compare, so that both fit the same vectors.
    var indexType: DType { dtype.computeType.realType.size == 8 ? .int64 : .int32 }

    /// Stops the program where these images have more positions than `indexType` holds.
    func checkIndices(_ operation: String, _ site: CallSite?) {
        if indexType == .int32 && Array(shape[2...]).elementCount > Int32.max {
            fail(operation, "shape \(shape) has more positions than a 32-bit index can tell", at: site)
        }
    }
}

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
    ///   - activation: what is applied to the result, as part of the operation.
    /// - Returns: [batch, channels, ⌊(length + 2·padding − d(size − 1) − 1) / stride⌋ + 1], rounded up in ceil mode.
    public func maxPool1d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, activation: FusedActivation = .none, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        maxPool(
            "maxPool1d", axes: 1,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            activation: activation, wantsIndices: false, at: CallSite(file: file, line: line)
        ).values
    }

    /// The largest element of each window of planes [batch, channels, height, width], or without batch; see
    /// `maxPool1d`.
    public func maxPool2d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, activation: FusedActivation = .none, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        maxPool(
            "maxPool2d", axes: 2,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            activation: activation, wantsIndices: false, at: CallSite(file: file, line: line)
        ).values
    }

    /// The largest element of each window of volumes [batch, channels, depth, height, width], or without batch; see
    /// `maxPool1d`.
    public func maxPool3d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, activation: FusedActivation = .none, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        maxPool(
            "maxPool3d", axes: 3,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            activation: activation, wantsIndices: false, at: CallSite(file: file, line: line)
        ).values
    }

    /// `maxPool1d`, and where each maximum stood: int64, counted through the spatial axes of the input in row-major
    /// order. Of equal elements the first.
    public func maxPool1dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = maxPool(
            "maxPool1d", axes: 1,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: true, at: CallSite(file: file, line: line))
        return (values, indices!)
    }

    /// `maxPool2d`, and where each maximum stood: int64, counted through the spatial axes of the input in row-major
    /// order. Of equal elements the first.
    public func maxPool2dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = maxPool(
            "maxPool2d", axes: 2,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: true, at: CallSite(file: file, line: line))
        return (values, indices!)
    }

    /// `maxPool3d`, and where each maximum stood: int64, counted through the spatial axes of the input in row-major
    /// order. Of equal elements the first.
    public func maxPool3dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let (values, indices) = maxPool(
            "maxPool3d", axes: 3,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: true, at: CallSite(file: file, line: line))
        return (values, indices!)
    }

    package func maxPool(
        _ operation: String, axes: Int, _ options: WindowOptions, activation: FusedActivation = .none,
        wantsIndices: Bool, at site: CallSite?
    ) -> (values: Tensor, indices: Tensor?) {
        let window = SlidingWindow(options, axes: axes, operation, site)
        refuseComplex(operation, insteadCall: "complexMaxPool1d, 2d or 3d, which compares moduli", site)
        let (x, isAdded) = withBatch(axes, operation, site)
        window.check(x.shape, operation, site)
        let isFused = activation == .relu
        let (values, indices) = x.largest(
            window, operation, activation: isFused ? .relu : .none, wantsIndices: wantsIndices, at: site)
        let result = isFused ? values : activation(values)
        return (result.withoutBatch(isAdded), indices?.withoutBatch(isAdded))
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
            Sample("F.relu(F.max_pool2d(x, 2))", [Input([2, 19, 6, 7])]) {
                $0[0].maxPool2d(2, activation: .relu)
            },
            Sample("F.relu(F.max_pool2d(x, 3, 2, 1))", [Input([2, 8, 6, 7], -1, 0.2)]) {
                $0[0].maxPool2d(3, stride: 2, padding: 1, activation: .relu)
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

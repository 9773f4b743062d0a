import ApusKernelCalls

/// The complex number of largest modulus in each window; their indices are a second result.
struct ComplexMaxPool: Primitive {
    let name: String
    let window: SlidingWindow

    func values(of inputs: [Tensor]) -> [Tensor] {
        let (x, axes) = (inputs[0].channelsLast(), window.axisWindows(inputs[0].shape))
        var indices = x.indicesOfLargest(Kernels.squaredModulus, axes)
        var result = x.taken(at: indices)
        // Where squares overflow or underflow, the moduli themselves are compared.
        if !result.computed(Kernels.abs).isWithin(x.dtype.squarable, orZero: true) {
            indices = x.indicesOfLargest(Kernels.abs, axes)
            result = x.taken(at: indices)
        }
        return [result, indices]
    }

    func saved(for needs: [Bool]) -> Saved { .output(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let back = ComplexMaxPoolGradient(shape: backward.shape(0))
        return [Tensor.apply(back, to: [backward.gradient, backward.output(1)], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { window.reach }
}

/// The gradient of the images that `ComplexMaxPool` took, of the given shape, from the gradient of the chosen numbers
/// and from their indices.
struct ComplexMaxPoolGradient: SingleResult {
    let shape: Shape
    let name = "complexMaxPoolGradient"

    func value(of inputs: [Tensor]) -> Tensor {
        let (gradient, indices) = (inputs[0].channelsLast(), inputs[1].channelsLast())
        let result = Tensor(uninitialized: Layout(channelsLast: shape), gradient.dtype)
        kernels.scatterIndices(
            gradient.start, gradient.dtype, IndexedImages(inputs: shape, outputs: gradient.shape),
            indices: indices.start, into: result.base)
        withExtendedLifetime((gradient, indices)) {}
        return result
    }

    func saved(for needs: [Bool]) -> Saved { .input(1) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [backward.gradient.picked(at: backward.input(1)), nil]
    }
}

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
        return complexMaxPool(
            axes: 1,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: false, at: site
        ).values
    }

    /// The complex number of largest modulus of each window of planes [batch, channels, height, width], or without
    /// batch; see `complexMaxPool1d`.
    public func complexMaxPool2d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        return complexMaxPool(
            axes: 2,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: false, at: site
        ).values
    }

    /// The complex number of largest modulus of each window of volumes [batch, channels, depth, height, width], or
    /// without batch; see `complexMaxPool1d`.
    public func complexMaxPool3d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        return complexMaxPool(
            axes: 3,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: false, at: site
        ).values
    }

    /// `complexMaxPool1d`, and where each number stood: int64, counted through the spatial axes of the input in
    /// row-major order.
    public func complexMaxPool1dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let site = CallSite(file: file, line: line)
        let (values, indices) = complexMaxPool(
            axes: 1,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: true, at: site)
        return (values, indices!)
    }

    /// `complexMaxPool2d`, and where each number stood; see `complexMaxPool1dWithIndices`.
    public func complexMaxPool2dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let site = CallSite(file: file, line: line)
        let (values, indices) = complexMaxPool(
            axes: 2,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: true, at: site)
        return (values, indices!)
    }

    /// `complexMaxPool3d`, and where each number stood; see `complexMaxPool1dWithIndices`.
    public func complexMaxPool3dWithIndices(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, dilation: Extents = 1,
        ceilMode: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (values: Tensor, indices: Tensor) {
        let site = CallSite(file: file, line: line)
        let (values, indices) = complexMaxPool(
            axes: 3,
            WindowOptions(
                size: size, stride: stride, padding: padding, dilation: dilation, ceilMode: ceilMode),
            wantsIndices: true, at: site)
        return (values, indices!)
    }

    package func complexMaxPool(
        axes: Int, _ options: WindowOptions, wantsIndices: Bool, at site: CallSite?
    ) -> (values: Tensor, indices: Tensor?) {
        let operation = "complexMaxPool\(axes)d"
        requireComplex(operation, insteadCall: "maxPool\(axes)d", site)
        let window = SlidingWindow(options, axes: axes, operation, site)
        let (x, isAdded) = withBatch(axes, operation, site)
        window.check(x.shape, operation, site)
        x.checkIndices(operation, site)
        let results = Tensor.applyAll(ComplexMaxPool(name: operation, window: window), to: [x], at: site)
        return (
            results[0].withoutBatch(isAdded),
            wantsIndices ? results[1].to(.int64).withoutBatch(isAdded) : nil
        )
    }
}

// Of images whose channels lie last.
extension Tensor {
    /// For each window the index of the element whose `size`, a real number, is the largest: integers as wide as a part
    /// of an element, in the memory order of the result; -1 where a window is empty.
    fileprivate func indicesOfLargest(_ size: UnaryKernel, _ axes: [AxisWindows]) -> Tensor {
        let sizes = computed(size).channelsLast()
        let layout = Layout(channelsLast: [shape[0], shape[1]] + axes.map(\.outputs))
        let largest = Tensor(uninitialized: layout, sizes.dtype)
        let indices = Tensor(uninitialized: layout, indexType)
        kernels.windowMax(
            sizes.start, sizes.dtype, WindowGrid(batch: shape[0], channels: shape[1], axes),
            into: largest.base, indices: indices.base, relu: false)
        withExtendedLifetime((sizes, largest)) {}
        return indices
    }

    /// The elements at these indices.
    fileprivate func taken(at indices: Tensor) -> Tensor {
        let result = Tensor(uninitialized: indices.layout, dtype)
        kernels.gatherIndices(
            start, dtype, IndexedImages(inputs: shape, outputs: indices.shape), indices: indices.start,
            into: result.base)
        return result
    }
}

extension IndexedImages {
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

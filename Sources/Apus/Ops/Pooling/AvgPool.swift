import ApusKernelCalls

/// The windows of an average pooling, weighted so that sums are averages.
struct AverageWindows: SpatialWindows {
    let window: SlidingWindow
    /// Whether padded zeros count as elements.
    var countsPadding = true
    /// What sums are divided by instead of the number of elements.
    var divisor: Int?

    func axisWindows(_ shape: Shape) -> [AxisWindows] {
        window.averages(shape, countsPadding: countsPadding, divisor: divisor)
    }

    func reach(_ shape: Shape) -> Reach { window.reach }
}

extension Tensor {
    /// The average of each window along the last axis of [batch, channels, length], or without batch; of complex
    /// numbers too.
    ///
    /// - Parameters:
    ///   - size: positions of a window.
    ///   - stride: from one window to the next; nil is the size.
    ///   - padding: zeros beyond both ends, half a window at most.
    ///   - ceilMode: a last window may reach beyond the end, if it begins inside the input or the padding before.
    ///   - countIncludePad: whether the zeros of the padding count as elements.
    ///   - divisorOverride: what sums are divided by instead of the number of elements.
    /// - Returns: [batch, channels, ⌊(length + 2·padding − size) / stride⌋ + 1], rounded up in ceil mode.
    public func avgPool1d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, ceilMode: Bool = false,
        countIncludePad: Bool = true, divisorOverride: Int? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        avgPool(
            "avgPool1d", axes: 1,
            WindowOptions(size: size, stride: stride, padding: padding, ceilMode: ceilMode),
            countsPadding: countIncludePad, divisor: divisorOverride, at: CallSite(file: file, line: line))
    }

    /// The average of each window of planes [batch, channels, height, width], or without batch; see `avgPool1d`.
    public func avgPool2d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, ceilMode: Bool = false,
        countIncludePad: Bool = true, divisorOverride: Int? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        avgPool(
            "avgPool2d", axes: 2,
            WindowOptions(size: size, stride: stride, padding: padding, ceilMode: ceilMode),
            countsPadding: countIncludePad, divisor: divisorOverride, at: CallSite(file: file, line: line))
    }

    /// The average of each window of volumes [batch, channels, depth, height, width], or without batch; see
    /// `avgPool1d`.
    public func avgPool3d(
        _ size: Extents, stride: Extents? = nil, padding: Extents = 0, ceilMode: Bool = false,
        countIncludePad: Bool = true, divisorOverride: Int? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        avgPool(
            "avgPool3d", axes: 3,
            WindowOptions(size: size, stride: stride, padding: padding, ceilMode: ceilMode),
            countsPadding: countIncludePad, divisor: divisorOverride, at: CallSite(file: file, line: line))
    }

    package func avgPool(
        _ operation: String, axes: Int, _ options: WindowOptions, countsPadding: Bool, divisor: Int?,
        at site: CallSite?
    ) -> Tensor {
        if divisor == 0 { fail(operation, "a divisor of 0", at: site) }
        let window = SlidingWindow(options, axes: axes, operation, site)
        let (x, isAdded) = promoted(by: .average).withBatch(axes, operation, site)
        window.check(x.shape, operation, site)
        let windows = AverageWindows(window: window, countsPadding: countsPadding, divisor: divisor)
        return Tensor.apply(WeightedSums(name: operation, windows: windows), to: [x], at: site)
            .withoutBatch(isAdded)
    }
}

extension Operation {
    static let avgPool = Operation(
        "avgPool",
        [
            Sample("F.avg_pool1d(x, 3)", [Input([2, 3, 10])]) { $0[0].avgPool1d(3) },
            Sample("F.avg_pool1d(x, 4, 2, 1, True, False)", [Input([1, 5, 9])]) {
                $0[0].avgPool1d(4, stride: 2, padding: 1, ceilMode: true, countIncludePad: false)
            },
            Sample("F.avg_pool2d(x, 2)", [Input([2, 3, 6, 7])]) { $0[0].avgPool2d(2) },
            Sample("F.avg_pool2d(x, 3, 2, 1)", [Input([1, 19, 7, 6])]) {
                $0[0].avgPool2d(3, stride: 2, padding: 1)
            },
            Sample("F.avg_pool2d(x, 3, 2, 1, True)", [Input([2, 8, 6, 5])]) {
                $0[0].avgPool2d(3, stride: 2, padding: 1, ceilMode: true)
            },
            Sample("F.avg_pool2d(x, 3, 2, 1, True, False)", [Input([2, 4, 6, 5])]) {
                $0[0].avgPool2d(3, stride: 2, padding: 1, ceilMode: true, countIncludePad: false)
            },
            Sample("F.avg_pool2d(x, (2, 3), (3, 1), (0, 1), divisor_override=5)", [Input([2, 7, 8])]) {
                $0[0].avgPool2d([2, 3], stride: [3, 1], padding: [0, 1], divisorOverride: 5)
            },
            Sample("F.avg_pool2d(x, 3, 1, 1)", [Input([1, 70, 4, 3])]) {
                $0[0].avgPool2d(3, stride: 1, padding: 1)
            },
            Sample("F.avg_pool3d(x, 2)", [Input([1, 2, 4, 5, 4])]) { $0[0].avgPool3d(2) },
            Sample("F.avg_pool3d(x, (1, 2, 3), 2, (0, 1, 1), True, False)", [Input([2, 1, 3, 4, 5])]) {
                $0[0].avgPool3d(
                    [1, 2, 3], stride: 2, padding: [0, 1, 1], ceilMode: true, countIncludePad: false)
            },
        ])
}

/// (Σ xᵖ)^(1/p) over each window.
struct LPPool: SingleResult {
    let name: String
    let exponent: Double
    let window: SlidingWindow
    var types: TypeRule { .average }

    func value(of inputs: [Tensor]) -> Tensor { norms(inputs[0]) }
    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        Tensor.pullback(backward, inputs: [0]) { norms($0[0]) }
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { window.reach }

    private func norms(_ x: Tensor) -> Tensor {
        // Powers of 16-bit numbers are soon out of their range.
        let values = x.to(x.dtype.computeType)
        var sums = sumsOfPowers(values)
        var unit: Tensor?
        if x.count > 0, !sums.isWithin(values.dtype.squarable.squared) {
            // So are those of large and small numbers: they are summed in double precision, in units of the largest.
            let wide = values.to(.float64)
            // The gradient is multiplied by the unit, too, so it must not be as large as the largest number.
            let largest = wide.squaringUnit(axes: wide.allAxes).reshape([]).minimum(0x1p1000)
            sums = sumsOfPowers(wide / largest)
            unit = largest
        }
        let isZero = sums .== 0
        let result = (sums.maskedFill(isZero, 1) ** (1 / exponent)).maskedFill(isZero, 0)
        return (unit.map { result * $0 } ?? result).to(x.dtype)
    }

    private func sumsOfPowers(_ x: Tensor) -> Tensor {
        let averages = WeightedSums(windows: AverageWindows(window: window))
        return Tensor.apply(averages, to: [x ** exponent], at: nil) * Double(window.size.elementCount)
    }
}

extension Tensor {
    /// (Σ xᵖ)^(1/p) of each window along the last axis of [batch, channels, length], or without batch.
    ///
    /// As in PyTorch xᵖ is not |x|ᵖ, and in ceil mode a window that reaches beyond the end counts as if what is missing
    /// were as large as the rest. The gradient of a window whose sum is 0 is 0.
    ///
    /// - Parameters:
    ///   - p: the norm's exponent, not 0.
    ///   - size: positions of a window.
    ///   - stride: from one window to the next; nil is the size.
    ///   - ceilMode: a last window may reach beyond the end.
    public func lpPool1d(
        _ p: Double, _ size: Extents, stride: Extents? = nil, ceilMode: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        lpPool(
            "lpPool1d", axes: 1, exponent: p, WindowOptions(size: size, stride: stride, ceilMode: ceilMode),
            at: CallSite(file: file, line: line))
    }

    /// (Σ xᵖ)^(1/p) of each window of planes [batch, channels, height, width], or without batch; see `lpPool1d`.
    public func lpPool2d(
        _ p: Double, _ size: Extents, stride: Extents? = nil, ceilMode: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        lpPool(
            "lpPool2d", axes: 2, exponent: p, WindowOptions(size: size, stride: stride, ceilMode: ceilMode),
            at: CallSite(file: file, line: line))
    }

    /// (Σ xᵖ)^(1/p) of each window of volumes [batch, channels, depth, height, width], or without batch; see
    /// `lpPool1d`.
    public func lpPool3d(
        _ p: Double, _ size: Extents, stride: Extents? = nil, ceilMode: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        lpPool(
            "lpPool3d", axes: 3, exponent: p, WindowOptions(size: size, stride: stride, ceilMode: ceilMode),
            at: CallSite(file: file, line: line))
    }

    package func lpPool(
        _ operation: String, axes: Int, exponent: Double, _ options: WindowOptions, at site: CallSite?
    ) -> Tensor {
        if exponent == 0 { fail(operation, "an exponent of 0", at: site) }
        let window = SlidingWindow(options, axes: axes, operation, site)
        let (x, isAdded) = realFloating(operation, site).withBatch(axes, operation, site)
        window.check(x.shape, operation, site)
        return Tensor.apply(LPPool(name: operation, exponent: exponent, window: window), to: [x], at: site)
            .withoutBatch(isAdded)
    }
}

extension Operation {
    static let lpPool = Operation(
        "lpPool", dtypes: DType.realFloating,
        [
            Sample("F.lp_pool1d(x, 2, 3)", [Input([2, 3, 10])]) { $0[0].lpPool1d(2, 3) },
            Sample("F.lp_pool1d(x, 3, 3, 2, ceil_mode=True)", [Input([1, 2, 10], 0.2, 2)]) {
                $0[0].lpPool1d(3, 3, stride: 2, ceilMode: true)
            },
            Sample("F.lp_pool2d(x, 2, (2, 3), (2, 1))", [Input([2, 3, 5, 6])]) {
                $0[0].lpPool2d(2, [2, 3], stride: [2, 1])
            },
            Sample("F.lp_pool2d(x, 1.5, 3, 2, ceil_mode=True)", [Input([1, 4, 6, 6], 0.2, 2)]) {
                $0[0].lpPool2d(1.5, 3, stride: 2, ceilMode: true)
            },
            Sample("F.lp_pool3d(x, 2, 2)", [Input([1, 2, 4, 3, 4])]) { $0[0].lpPool3d(2, 2) },
        ])
}

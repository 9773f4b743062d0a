import ApusKernelCalls

/// The weighted sum of each window of [batch, channels, spatial axes…]: averages and interpolations.
///
/// It is linear: its gradient (`WeightedSumsGradient`) goes through the transposed windows, and the gradient of that
/// through these again.
struct WeightedSums: SingleResult {
    var name = "weightedSums"
    let windows: any SpatialWindows
    var types: TypeRule { .average }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].windowSums(windows.axisWindows(inputs[0].shape)) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let back = WeightedSumsGradient(windows: windows, shape: backward.shape(0))
        return [Tensor.apply(back, to: [backward.gradient], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { windows.reach(inputs[0]) }
}

/// The gradient of the images that `WeightedSums` took, of the given shape, from the gradient of the sums.
struct WeightedSumsGradient: SingleResult {
    let windows: any SpatialWindows
    let shape: Shape
    let name = "weightedSumsGradient"
    var types: TypeRule { .average }

    func value(of inputs: [Tensor]) -> Tensor {
        inputs[0].windowSums(windows.axisWindows(shape).map { $0.transposed() })
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(WeightedSums(windows: windows), to: [backward.gradient], at: nil)]
    }
}

extension Tensor {
    /// The sums of the windows of these axes. Complex numbers count as twice as many channels, since their parts lie
    /// side by side.
    fileprivate func windowSums(_ axes: [AxisWindows]) -> Tensor {
        let values = channelsLast()
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape[0], shape[1]] + axes.map(\.outputs)), values.dtype)
        kernels.windowSum(
            values.start, values.dtype.realType,
            WindowGrid(batch: shape[0], channels: shape[1] * (dtype.isComplex ? 2 : 1), axes),
            into: result.base)
        withExtendedLifetime(values) {}
        return result.converted(to: dtype)
    }
}

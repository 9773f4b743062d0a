import ApusKernelCalls

/// Sums through the windows along each spatial axis of [batch, channels, axes…], with their weights: averages and
/// interpolations.
///
/// It is linear: the gradient goes through the same windows backwards, by `WeightedSumsGradient`, and that one's forwards.
struct WeightedSums: SingleResult {
    var name = "weightedSums"
    let windows: any SpatialWindows
    var types: TypeRule { .average }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].weighed(windows.taps(inputs[0].shape)) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let back = WeightedSumsGradient(windows: windows, shape: backward.shape(0))
        return [Tensor.apply(back, to: [backward.gradient], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { windows.reach(inputs[0]) }
}

/// The gradient of the images of `WeightedSums`, which have this shape, from that of the sums.
struct WeightedSumsGradient: SingleResult {
    let windows: any SpatialWindows
    let shape: Shape
    let name = "weightedSumsGradient"
    var types: TypeRule { .average }

    func value(of inputs: [Tensor]) -> Tensor {
        inputs[0].weighed(windows.taps(shape).map { $0.transposed() })
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(WeightedSums(windows: windows), to: [backward.gradient], at: nil)]
    }
}

extension Tensor {
    /// The parts of complex numbers, which lie side by side, are twice as many channels.
    fileprivate func weighed(_ taps: [AxisTaps]) -> Tensor {
        let values = channelsLast()
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape[0], shape[1]] + taps.map(\.outputs)), values.dtype)
        kernels.weighTaps(
            values.start, values.dtype.realType,
            SpatialTaps(batch: shape[0], channels: shape[1] * (dtype.isComplex ? 2 : 1), taps),
            into: result.base)
        withExtendedLifetime(values) {}
        return result.converted(to: dtype)
    }
}

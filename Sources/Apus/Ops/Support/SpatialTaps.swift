import ApusKernels

// What operations on images share that go through taps along each spatial axis: pooling and interpolation.

extension Tensor {
    /// This tensor as [batch, channels, `axes` spatial axes], and whether a batch axis was added for that.
    func withBatch(_ axes: Int, _ operation: String, _ site: CallSite) -> (tensor: Tensor, isAdded: Bool) {
        if dtype == .bool { fail(operation, "does not take \(dtype) elements", at: site) }
        if rank == axes + 2 { return (self, false) }
        if rank == axes + 1 { return (unsqueeze(0), true) }
        fail(
            operation,
            "shape \(shape) is not [batch, channels, \(axes) spatial \(axes == 1 ? "axis" : "axes")], with or "
                + "without the batch", at: site)
    }

    /// This tensor as it was before `withBatch`.
    func withoutBatch(_ isAdded: Bool) -> Tensor { isAdded ? squeeze(axis: 0) : self }

    /// Stops the program where a result of so many elements could not be had.
    func checkSize(_ spatial: [Int], _ operation: String, _ site: CallSite) {
        ([shape[0], shape[1]] + spatial).checkMemory(dtype, operation, site)
    }

    /// Sums through the taps of each spatial axis of [batch, channels, axes…].
    ///
    /// It is linear: its gradient goes through the same taps backwards. The parts of complex numbers, which lie
    /// side by side, are twice as many channels.
    func weighed(_ taps: [AxisTaps], _ operation: String) -> Tensor {
        let values = channelsLast()
        let result = Tensor(
            uninitialized: Layout(channelsLast: [shape[0], shape[1]] + taps.map(\.outputs)), values.dtype)
        Kernels.weighTaps(
            values.start, values.dtype.realType,
            SpatialTaps(batch: shape[0], channels: shape[1] * (dtype.isComplex ? 2 : 1), taps),
            into: result.base)
        return record(operation, result.converted(to: dtype), [self]) { backward in
            [backward.gradient.weighed(taps.map { $0.transposed() }, operation)]
        }
    }

    /// The largest element among the taps of each spatial axis, and the places where they stand, counted
    /// through the spatial axes: int64, or nil if not asked for.
    ///
    /// - Parameter relu: what is not above 0 becomes 0, at place -1.
    func largest(
        _ taps: [AxisTaps], _ operation: String, relu: Bool = false, wantsPlaces: Bool, _ site: CallSite
    ) -> (values: Tensor, places: Tensor?) {
        if dtype == .uint8 {
            let (values, places) = to(.int32).largest(
                taps, operation, relu: relu, wantsPlaces: wantsPlaces, site)
            return (values.to(.uint8), places)
        }
        let values = channelsLast()
        let layout = Layout(channelsLast: [shape[0], shape[1]] + taps.map(\.outputs))
        let result = Tensor(uninitialized: layout, values.dtype)
        let places =
            wantsPlaces || isRecorded ? Tensor(uninitialized: layout, placeType(operation, site)) : nil
        Kernels.maxTaps(
            values.start, values.dtype, SpatialTaps(batch: shape[0], channels: shape[1], taps),
            into: result.base, places: places?.base, relu: relu)
        let recorded = record(operation, result.converted(to: dtype), [self]) { [shape, places] backward in
            [backward.gradient.placed(in: shape, places!, taps.map { $0.transposed() }, operation)]
        }
        return (recorded, wantsPlaces ? places!.to(.int64) : nil)
    }

    /// The gradient of `largest`: each element of this one goes where the largest stood.
    private func placed(in shape: Shape, _ places: Tensor, _ taps: [AxisTaps], _ operation: String) -> Tensor
    {
        let values = channelsLast()
        let result = Tensor(uninitialized: Layout(channelsLast: shape), values.dtype)
        Kernels.maxTapsGradient(
            values.start, values.dtype, SpatialTaps(batch: shape[0], channels: shape[1], taps),
            places: places.base, into: result.base)
        return record("\(operation) gradient", result.converted(to: dtype), [self]) { backward in
            [backward.gradient.picked(at: places)]
        }
    }

    /// The elements at the places that `largest` found; 0 where there was none.
    func picked(at places: Tensor) -> Tensor {
        let index = places.flatten(from: 2).to(.int64)
        let picked = flatten(from: 2).gather(axis: 2, index: index.maximum(0))
        return picked.maskedFill(index .< 0, 0).reshape(places.shape)
    }

    /// Where the largest elements stand among the taps of each spatial axis: integers as wide as the elements, which
    /// lie channels last, and in the same order; -1 where there are no taps.
    func placesOfLargest(_ taps: [AxisTaps], _ operation: String, _ site: CallSite) -> Tensor {
        let layout = Layout(channelsLast: [shape[0], shape[1]] + taps.map(\.outputs))
        let result = Tensor(uninitialized: layout, dtype)
        let places = Tensor(uninitialized: layout, placeType(operation, site))
        Kernels.maxTaps(
            start, dtype, SpatialTaps(batch: shape[0], channels: shape[1], taps), into: result.base,
            places: places.base)
        return places
    }

    /// Integers as wide as the elements that kernels compute in, so that both fit the same vectors.
    private func placeType(_ operation: String, _ site: CallSite) -> DType {
        if dtype.computeType.size == 8 { return .int64 }
        if Array(shape[2...]).elementCount > Int32.max {
            fail(operation, "shape \(shape) has more places than a 32-bit number can tell", at: site)
        }
        return .int32
    }
}

extension Shape {
    /// Stops the program where no memory could hold a result of this shape.
    func checkMemory(_ dtype: DType, _ operation: String, _ site: CallSite?) {
        guard let count = checkedElementCount, count < 1 << 47 / dtype.computeType.size else {
            fail(operation, "a tensor of shape \(self) has more elements than memory can hold", at: site)
        }
    }
}

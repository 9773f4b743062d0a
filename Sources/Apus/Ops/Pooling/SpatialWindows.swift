import ApusKernelCalls

/// Which positions along the spatial axes of an image make up each position of a result, and with what weights: windows
/// of a pooling, or the sources of an interpolation.
protocol SpatialWindows: Sendable {
    /// What each position along each spatial axis is made of.
    ///
    /// - Parameter shape: [batch, channels, spatial axes…] of the images.
    func taps(_ shape: Shape) -> [AxisTaps]
    /// What each position of the result sees of images of a shape.
    func reach(_ shape: Shape) -> Reach
}

extension Tensor {
    /// This tensor as [batch, channels, `axes` spatial axes], and whether a batch axis was added for that.
    func withBatch(_ axes: Int, _ operation: String, _ site: CallSite?) -> (tensor: Tensor, isAdded: Bool) {
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
    func checkSize(_ spatial: [Int], _ operation: String, _ site: CallSite?) {
        ([shape[0], shape[1]] + spatial).checkMemory(dtype, operation, site)
    }
}

import ApusKernelCalls

/// Which positions of an image each position of the result reads, and with what weights: the windows of a pooling, or
/// the sources of an interpolation.
protocol SpatialWindows: Sendable {
    /// The windows along each spatial axis.
    ///
    /// - Parameter shape: [batch, channels, spatial axes…] of the images.
    func axisWindows(_ shape: Shape) -> [AxisWindows]
    /// The positions of images of this shape that each position of the result depends on.
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

    /// Stops the program where a result of these spatial extents would not fit in memory.
    func checkSize(_ spatial: [Int], _ operation: String, _ site: CallSite?) {
        ([shape[0], shape[1]] + spatial).checkMemory(dtype, operation, site)
    }
}

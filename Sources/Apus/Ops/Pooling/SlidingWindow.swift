import ApusKernelCalls

/// The windows of a pooling, along each spatial axis.
struct SlidingWindow: SpatialWindows {
    let size: [Int]
    let stride: [Int]
    let padding: [Int]
    let dilation: [Int]
    /// Whether a last window may reach beyond the end; it begins inside the input or the padding before it.
    let ceilMode: Bool

    init(_ options: WindowOptions, axes: Int, _ operation: String, _ site: CallSite?) {
        ceilMode = options.ceilMode
        size = options.size.resolved(axes, minimum: 1, operation, "window size", at: site)
        stride = (options.stride ?? options.size).resolved(axes, minimum: 1, operation, "stride", at: site)
        padding = options.padding.resolved(axes, minimum: 0, operation, "padding", at: site)
        dilation = options.dilation.resolved(axes, minimum: 1, operation, "dilation", at: site)
        for axis in 0..<axes where padding[axis] > span(axis) / 2 {
            fail(
                operation,
                "a padding of \(options.padding) is more than half a window of \(options.size), dilation "
                    + "\(options.dilation): padding up to \(span(axis) / 2) fits", at: site)
        }
    }

    /// Positions from the first to the last of a window.
    private func span(_ axis: Int) -> Int { dilation[axis] * (size[axis] - 1) + 1 }

    /// How many windows there are along each axis of an input [batch, channels, axes…]; 0 where none fits.
    private func counts(_ shape: Shape) -> [Int] {
        size.indices.map { axis -> Int in
            let extent = shape[axis + 2]
            let room = extent + 2 * padding[axis] - span(axis)
            if extent == 0 { return 0 }
            let steps = room + (ceilMode ? stride[axis] - 1 : 0)
            if steps < 0 { return 0 }
            let count = steps / stride[axis] + 1
            return ceilMode && (count - 1) * stride[axis] >= extent + padding[axis] ? count - 1 : count
        }
    }

    /// Stops the program where no window fits in an input of this shape.
    func check(_ shape: Shape, _ operation: String, _ site: CallSite?) {
        if counts(shape).contains(0) {
            fail(
                operation,
                "windows of \(size) with padding \(padding) and dilation \(dilation) do not fit in the spatial "
                    + "axes of shape \(shape)", at: site)
        }
    }

    func reach(_ shape: Shape) -> Reach { reach }

    /// The positions within each window; a window is empty where dilation leaves all of it in the padding.
    func axisWindows(_ shape: Shape) -> [AxisWindows] {
        counts(shape).enumerated().map { axis, count in
            let extent = shape[axis + 2]
            var windows = AxisWindows(inputs: extent)
            for i in 0..<count {
                var first = i * stride[axis] - padding[axis]
                let last = min(first + span(axis) - 1, extent - 1)
                if first < 0 { first += (-first + dilation[axis] - 1) / dilation[axis] * dilation[axis] }
                windows.add(
                    from: first, count: last < first ? 0 : (last - first) / dilation[axis] + 1,
                    step: dilation[axis])
                windows.endWindow()
            }
            return windows
        }
    }

    /// The positions within each window, weighted so that the sum is the average.
    ///
    /// - Parameters:
    ///   - countsPadding: whether padded zeros count as elements.
    ///   - divisor: what sums are divided by instead of the number of elements.
    func averages(_ shape: Shape, countsPadding: Bool, divisor: Int?) -> [AxisWindows] {
        counts(shape).enumerated().map { axis, count in
            let (extent, padding) = (shape[axis + 2], padding[axis])
            var windows = AxisWindows(inputs: extent)
            for i in 0..<count {
                let start = i * stride[axis] - padding
                let end = min(start + size[axis], extent + padding)
                let (first, last) = (Swift.max(start, 0), min(end, extent))
                let size = countsPadding ? end - start : last - first
                let weight = divisor.map { axis == 0 ? 1 / Double($0) : 1 } ?? 1 / Double(size)
                windows.add(from: first, count: Swift.max(last - first, 0), weight: weight)
                windows.endWindow()
            }
            return windows
        }
    }
}

/// The windows of an adaptive pooling, which divide each axis into a given number of parts: part j of o takes
/// the positions from ⌊j·i/o⌋ up to ⌈(j + 1)·i/o⌉ of i.
struct AdaptiveWindow: SpatialWindows {
    let sizes: [Int]

    init(_ operation: String, axes: Int, size: AdaptiveExtents, _ shape: Shape, _ site: CallSite?) {
        sizes = size.resolved(Array(shape[2...]), operation, at: site)
        if shape[2...].contains(0) {
            fail(operation, "shape \(shape) has nothing to divide into \(sizes)", at: site)
        }
    }

    /// Each part's weights add up to 1; a maximum ignores them.
    func axisWindows(_ shape: Shape) -> [AxisWindows] {
        sizes.enumerated().map { axis, parts in
            let extent = shape[axis + 2]
            var windows = AxisWindows(inputs: extent)
            for i in 0..<parts {
                let first = i * extent / parts
                let count = ((i + 1) * extent + parts - 1) / parts - first
                windows.add(from: first, count: count, weight: 1 / Double(count))
                windows.endWindow()
            }
            return windows
        }
    }
}

/// The windows that `unfoldImage` copies out of planes and `foldImage` adds back in.
struct ImageWindows: Sendable {
    let size: [Int]
    let stride: [Int]
    let padding: [Int]
    let dilation: [Int]
    /// The extents of the planes.
    let plane: [Int]
    /// How many windows there are along each axis.
    let counts: [Int]

    init(_ options: WindowOptions, plane: [Int], _ operation: String, _ site: CallSite?) {
        size = options.size.resolved(2, minimum: 1, operation, "window size", at: site)
        stride = (options.stride ?? options.size).resolved(2, minimum: 1, operation, "stride", at: site)
        padding = options.padding.resolved(2, minimum: 0, operation, "padding", at: site)
        dilation = options.dilation.resolved(2, minimum: 1, operation, "dilation", at: site)
        self.plane = plane
        var counts = [0, 0]
        for axis in 0..<2 {
            let room = plane[axis] + 2 * padding[axis] - dilation[axis] * (size[axis] - 1) - 1
            if room < 0 {
                fail(
                    operation,
                    "windows of \(options.size) with padding \(options.padding) and dilation \(options.dilation) do "
                        + "not fit in planes of \(plane)", at: site)
            }
            counts[axis] = room / stride[axis] + 1
        }
        self.counts = counts
        padded.checkMemory(.complex128, operation, site)
        (size + counts).checkMemory(.complex128, operation, site)
    }

    private var padded: [Int] { [plane[0] + 2 * padding[0], plane[1] + 2 * padding[1]] }

    /// A view of padded planes: one position of every window, or all positions of every window.
    private func positions(_ starts: [Int], _ shape: Shape, _ axes: [StridedView.Axis]) -> StridedView {
        StridedView(
            starts: [0, 0] + starts, shape: shape, axes: [StridedView.Axis(0), StridedView.Axis(1)] + axes)
    }

    /// The values of [N, C, H, W] → [N, C·kh·kw, windows].
    func unfolded(_ x: Tensor) -> Tensor {
        let source = padding == [0, 0] ? x : x.pad(padding.map { (before: $0, after: $0) })
        let (batch, channels) = (x.shape[0], x.shape[1])
        let windows = positions(
            [0, 0], [batch, channels] + size + counts,
            (0..<2).map { StridedView.Axis($0 + 2, step: dilation[$0]) }
                + (0..<2).map { StridedView.Axis($0 + 2, step: stride[$0]) })
        return source.viewed(windows).reshape([
            batch, channels * size.elementCount, counts.elementCount,
        ])
    }

    /// The values of [N, C·kh·kw, windows] → [N, C, H, W]; where windows overlap, their elements are added up.
    func folded(_ x: Tensor) -> Tensor {
        let (batch, channels) = (x.shape[0], x.shape[1] / size.elementCount)
        let values = x.converted(to: x.dtype.computeType).reshape([batch, channels] + size + counts)
        let total = Tensor.zeros([batch, channels] + padded, dtype: values.dtype)
        // Windows may overlap, but the same position of all of them never does: each is added in one go.
        for i in 0..<size[0] {
            for j in 0..<size[1] {
                let view = positions(
                    [i * dilation[0], j * dilation[1]], [batch, channels] + counts,
                    (0..<2).map { StridedView.Axis($0 + 2, step: stride[$0]) })
                let part = values.narrow(axis: 2, start: i, count: 1).narrow(axis: 3, start: j, count: 1)
                total.write(part.squeeze(axes: [2, 3]), through: view, adding: true)
            }
        }
        let inner = StridedView(starts: [0, 0] + padding, shape: [batch, channels] + plane)
        return total.viewed(inner).converted(to: x.dtype)
    }
}

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

    init(
        _ operation: String, plane: [Int], size: Extents, stride: Extents, padding: Extents,
        dilation: Extents, _ site: CallSite
    ) {
        self.size = size.resolved(2, minimum: 1, operation, "window size", at: site)
        self.stride = stride.resolved(2, minimum: 1, operation, "stride", at: site)
        self.padding = padding.resolved(2, minimum: 0, operation, "padding", at: site)
        self.dilation = dilation.resolved(2, minimum: 1, operation, "dilation", at: site)
        self.plane = plane
        var counts = [0, 0]
        for axis in 0..<2 {
            let room = plane[axis] + 2 * self.padding[axis] - self.dilation[axis] * (self.size[axis] - 1) - 1
            if room < 0 {
                fail(
                    operation,
                    "windows of \(size) with padding \(padding) and dilation \(dilation) do not fit in planes of "
                        + "\(plane)", at: site)
            }
            counts[axis] = room / self.stride[axis] + 1
        }
        self.counts = counts
        padded.checkMemory(.complex128, operation, site)
        (self.size + counts).checkMemory(.complex128, operation, site)
    }

    private var padded: [Int] { [plane[0] + 2 * padding[0], plane[1] + 2 * padding[1]] }

    /// [N, C, H, W] → [N, C·kh·kw, windows].
    func unfolded(_ x: Tensor) -> Tensor {
        let values = x.viewed(x.layout)
        let source =
            padding == [0, 0]
            ? values : values.pad([(padding[0], padding[0]), (padding[1], padding[1])])
        let s = source.layout.strides
        let windows = source.viewed(
            Layout(
                shape: [x.shape[0], x.shape[1]] + size + counts,
                strides: [
                    s[0], s[1], s[2] * dilation[0], s[3] * dilation[1], s[2] * stride[0], s[3] * stride[1],
                ], offset: source.layout.offset))
        let result = windows.reshape([x.shape[0], x.shape[1] * size.elementCount, counts.elementCount])
        let recorded = Tensor.record("unfoldImage", result, [x]) { [folded($0.gradient)] }
        recorded.node?.reach = { reach }
        return recorded
    }

    /// [N, C·kh·kw, windows] → [N, C, H, W]: where windows overlap, their elements add up.
    func folded(_ x: Tensor) -> Tensor {
        let (batch, channels) = (x.shape[0], x.shape[1] / size.elementCount)
        let values = x.converted(to: x.dtype.computeType).reshape([batch, channels] + size + counts)
        let full = [batch, channels] + padded
        var total = Tensor.zeros(full, dtype: values.dtype)
        // Windows overlap: one position of all of them at a time, which do not.
        for i in 0..<size[0] {
            for j in 0..<size[1] {
                let positions = Selection(full) { layout in
                    var layout = layout
                    layout.offset += i * dilation[0] * layout.strides[2] + j * dilation[1] * layout.strides[3]
                    layout.shape = [batch, channels] + counts
                    layout.strides[2] *= stride[0]
                    layout.strides[3] *= stride[1]
                    return layout
                }
                let part = values.narrow(axis: 2, start: i, count: 1).narrow(axis: 3, start: j, count: 1)
                total.place(part.squeeze(axes: [2, 3]), positions, adding: true, "foldImage")
            }
        }
        let inner = total.narrow(axis: 2, start: padding[0], count: plane[0])
            .narrow(axis: 3, start: padding[1], count: plane[1])
        return Tensor.record("foldImage", inner.converted(to: x.dtype), [x]) { [unfolded($0.gradient)] }
    }
}

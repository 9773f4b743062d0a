import ApusKernelCalls

/// A view of a tensor of a given shape, whatever its layout: what strides can say, such as slices, diagonals and
/// windows.
struct StridedView: Sendable, Hashable {
    /// What an axis of the view runs along.
    struct Axis: Sendable, Hashable {
        /// The source's axis; nil for a new one, of extent 1.
        let source: Int?
        let step: Int
        /// The second axis of a diagonal, which runs along both.
        let other: Int?

        init(_ source: Int?, step: Int = 1, and other: Int? = nil) {
            self.source = source
            self.step = step
            self.other = other
        }
    }

    /// The first position along each axis of the source.
    let starts: [Int]
    /// The extents of the view.
    let shape: Shape
    let axes: [Axis]

    init(starts: [Int], shape: Shape, axes: [Axis]) {
        self.starts = starts
        self.shape = shape
        self.axes = axes
    }

    /// A box with a corner at `starts`.
    init(starts: [Int], shape: Shape) {
        self.init(starts: starts, shape: shape, axes: shape.indices.map { Axis($0) })
    }

    /// A diagonal of the matrices that axes `a` and `b` span, as a new last axis.
    static func diagonal(of shape: Shape, _ a: Int, _ b: Int, offset: Int) -> StridedView {
        let (down, right) = (max(0.subtractingClamped(offset), 0), max(offset, 0))
        let count = max(0, min(shape[a] - down, shape[b] - right))
        let kept = shape.indices.filter { $0 != a && $0 != b }
        var starts = [Int](repeating: 0, count: shape.count)
        if count > 0 { (starts[a], starts[b]) = (down, right) }
        return StridedView(
            starts: starts, shape: kept.map { shape[$0] } + [count],
            axes: kept.map { Axis($0) } + [Axis(a, and: b)])
    }

    func callAsFunction(_ layout: Layout) -> Layout {
        let strides = axes.map { axis -> Int in
            guard let source = axis.source else { return 0 }
            // Where there are no elements strides may have wrapped around.
            return axis.step &* layout.strides[source] &+ (axis.other.map { layout.strides[$0] } ?? 0)
        }
        var offset = layout.offset
        if !shape.contains(0) {
            for axis in starts.indices { offset += starts[axis] * layout.strides[axis] }
        }
        return Layout(shape: shape, strides: strides, offset: offset)
    }

    /// The positions of the source that each position of the view shows; unknown for axes that run backwards or along
    /// two axes.
    var reach: Reach {
        var kept: [(input: Int?, AxisReach)] = []
        for (axis, extent) in zip(axes, shape) {
            if axis.step < 0 || axis.other != nil { return .everything }
            guard let source = axis.source, extent > 0 else {
                kept.append((axis.source, .identity))
                continue
            }
            kept.append((source, .window(span: 1, stride: axis.step, before: -starts[source])))
        }
        return .axes(kept)
    }

    var attributes: [Attribute] {
        let sources = axes.map { axis -> Attribute.Value in
            guard let source = axis.source else { return .none }
            return axis.other.map { .list([.integer(source), .integer($0)]) } ?? .integer(source)
        }
        return [
            Attribute("axes", .list(sources)), Attribute("starts", .list(starts.map { .integer($0) })),
            Attribute("counts", .list(shape.map { .integer($0) })),
            Attribute("steps", .list(axes.map { .integer($0.step) })),
        ]
    }
}

extension Tensor {
    /// The elements of a view, without history.
    func viewed(_ view: StridedView) -> Tensor { viewed(view(layout)) }

    /// Writes `value`, which broadcasts to the view, to a view of this tensor, or adds it. No other tensor may share
    /// this tensor's memory.
    func write(_ value: Tensor, through view: StridedView, adding: Bool) {
        let target = viewed(view)
        let source = value.broadcastOperand(view.shape)
        if adding {
            kernels.run(
                Kernels.add, target.operand, source, into: target.operand, computing: dtype.computeType)
        } else {
            kernels.copyElements(source, into: target.operand)
        }
    }
}

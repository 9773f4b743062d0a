/// Which elements of a tensor an operation reads or writes: a strided view of it and, where there are index tensors,
/// blocks of that view. Index tensors are inputs of the operation, and no part of this value.
struct Part: Sendable, Hashable {
    /// How index tensors choose within the view.
    enum Positions: Sendable, Hashable {
        /// The whole view, without index tensors.
        case all
        /// int64 tensors of one shape, one for each of these axes, which ascend: together they name blocks. The blocks'
        /// axes come behind the first `outer` of the others.
        case blocks(axes: [Int], outer: Int)
        /// Single elements: an int64 tensor along this axis, its own coordinates along the others.
        case along(Int)
    }

    /// nil is the whole tensor.
    let view: StridedView?
    let positions: Positions

    /// As many index tensors as `Saved` can tell apart; more of them are stacked to one.
    static let mostIndices = 30

    /// Whether it chooses by strides alone, each element once.
    var isView: Bool { positions == .all }

    /// How many inputs the index tensors are.
    var indexCount: Int {
        switch positions {
        case .all: 0
        case .blocks(let axes, _): axes.count > Part.mostIndices ? 1 : axes.count
        case .along: 1
        }
    }

    /// The shape of what is selected from a tensor of this shape.
    func resultShape(of shape: Shape, _ indices: ArraySlice<Tensor>) -> Shape {
        let viewed = view?.shape ?? shape
        if isView { return viewed }
        let (outer, inner) = sides(viewed.count)
        return outer.map { viewed[$0] } + blockShape(indices) + inner.map { viewed[$0] }
    }

    /// The shape of each index tensor.
    private func blockShape(_ indices: ArraySlice<Tensor>) -> Shape {
        let shape = indices.first!.shape
        guard case .blocks(let axes, _) = positions, axes.count > Part.mostIndices else { return shape }
        return Array(shape.dropFirst())
    }

    /// The view's axes before and after those of the blocks.
    private func sides(_ rank: Int) -> (outer: [Int], inner: [Int]) {
        guard case .blocks(let axes, let outer) = positions else { return ([], []) }
        let others = (0..<rank).filter { !axes.contains($0) }
        return (Array(others[..<outer]), Array(others[outer...]))
    }

    // MARK: Elements, without history

    /// The selected elements of `x`.
    func read(_ x: Tensor, _ indices: ArraySlice<Tensor>) throws -> Tensor {
        let source = view.map { x.viewed($0) } ?? x.detach()
        if isView { return source }
        if case .blocks(let axes, _) = positions, axes.count == 1, source.isContiguous {
            return try source.rows(along: axes[0], indices.first!)
        }
        let (outer, inner) = sides(source.rank)
        let result = Tensor(uninitialized: resultShape(of: x.shape, indices), x.dtype)
        try withOffsets(indices, source.layout) { offsets, count in
            if result.count == 0 { return }
            kernels.gatherBlocks(
                source.operand, outer: outer, inner: inner, offsets: offsets, count, into: result.base)
        }
        return result
    }

    /// Writes `value`, which broadcasts to the part, to the part in `x`, or adds it. No other tensor may share the
    /// memory of `x`.
    func write(_ value: Tensor, to x: Tensor, _ indices: ArraySlice<Tensor>, adding: Bool) throws {
        if isView, let view { return x.write(value, through: view, adding: adding) }
        let target = view.map { x.viewed($0) } ?? x
        let filled = value.layout.broadcast(to: resultShape(of: x.shape, indices))
        let source = value.viewed(filled).detachedContiguous()
        let (outer, inner) = sides(target.rank)
        try withOffsets(indices, target.layout) { offsets, count in
            withExtendedLifetime(source.storage) {
                kernels.scatterBlocks(
                    source.start, into: target.operand, outer: outer, inner: inner, offsets: offsets, count,
                    adding: adding)
            }
        }
    }

    /// For parts that name an element more than once, a mask of the last writers: true where a value written to the
    /// part stays, false where a later one overwrites it. It broadcasts to the part's shape; nil where nothing repeats.
    func lastWriters(_ indices: ArraySlice<Tensor>, of shape: Shape) throws -> Tensor? {
        if isView { return nil }
        var extents = view?.shape ?? shape
        let block = blockShape(indices)
        if block.elementCount < 2 { return nil }
        switch positions {
        case .all: break
        case .blocks(let axes, _):
            for axis in extents.indices where !axes.contains(axis) { extents[axis] = 1 }
        case .along(let axis):
            for other in extents.indices where other != axis { extents[other] = block[other] }
        }
        let (outer, inner) = sides(extents.count)
        let marks = Tensor(uninitialized: outer.map { _ in 1 } + block + inner.map { _ in 1 }, .bool)
        let repeats = try withOffsets(indices, Layout(contiguous: extents)) { offsets, count in
            kernels.markLastWriters(
                offsets, count, span: extents.elementCount, into: marks.base)
        }
        return repeats ? marks : nil
    }

    /// Calls `body` with the offset of each block or element, checked, and how many there are.
    private func withOffsets<R>(
        _ indices: ArraySlice<Tensor>, _ layout: Layout, _ body: (UnsafeRawPointer, Int) -> R
    ) throws -> R {
        let count = blockShape(indices).elementCount
        let memory = CurrentDevice.forNewTensors.storage(byteCount: count * MemoryLayout<Int>.size)
        return try withExtendedLifetime(memory) {
            let offsets = memory.pointer
            switch positions {
            case .all: break
            case .blocks(let axes, _):
                for (number, axis) in axes.enumerated() {
                    let index = row(number, of: indices)
                    let outside = withExtendedLifetime(index.storage) {
                        kernels.indexOffsets(
                            index.start, count, extent: layout.shape[axis], stride: layout.strides[axis],
                            adding: number > 0, into: offsets)
                    }
                    if let outside { throw IndexError(index, outside, axis, layout.shape) }
                }
            case .along(let axis):
                if count == 0 { break }
                let index = indices.first!.detachedContiguous()
                let outside = withExtendedLifetime(index.storage) {
                    kernels.axisOffsets(
                        index.start, shape: index.shape, strides: layout.strides, axis: axis,
                        extent: layout.shape[axis], into: offsets)
                }
                if let outside { throw IndexError(index, outside, axis, layout.shape) }
            }
            return body(offsets, count)
        }
    }

    /// One of the index tensors, row-major.
    private func row(_ number: Int, of indices: ArraySlice<Tensor>) -> Tensor {
        guard case .blocks(let axes, _) = positions, axes.count > Part.mostIndices else {
            return indices[indices.startIndex + number].detachedContiguous()
        }
        let all = indices.first!.detachedContiguous()
        var layout = Layout(contiguous: Array(all.shape.dropFirst()))
        layout.offset = all.layout.offset + number * layout.elementCount
        return all.viewed(layout)
    }

    // MARK: What a primitive says of it

    /// The index tensors among what is saved for the gradient, the first being input `first`.
    func savedIndices(from first: Int) -> Saved {
        var saved: Saved = []
        for index in 0..<indexCount { saved.insert(.input(first + index)) }
        return saved
    }

    func indices(_ backward: Backward, from first: Int) -> [Tensor] {
        (0..<indexCount).map { backward.input(first + $0) }
    }

    var attributes: [Attribute] {
        let slices = view?.attributes ?? []
        switch positions {
        case .all: return slices
        case .along(let axis): return slices + [Attribute("along", .integer(axis))]
        case .blocks(let axes, let outer):
            return slices + [
                Attribute("indexed", .list(axes.map { .integer($0) })), Attribute("outer", .integer(outer)),
            ]
        }
    }
}

/// An index that an operation cannot take.
struct IndexError: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    /// An element of an index tensor is outside of the axis that it chooses along.
    fileprivate init(_ index: Tensor, _ position: Int, _ axis: Int, _ shape: Shape) {
        description =
            "index \(index.element(position, as: Int64.self)) is outside axis \(axis), of extent \(shape[axis]), of shape \(shape)"
    }
}

extension Tensor {
    /// Blocks of this contiguous tensor in the order of an int64 index along `axis`, which becomes the index's axes;
    /// without history.
    func rows(along axis: Int, _ index: Tensor) throws -> Tensor {
        let index = index.detachedContiguous()
        var (shape, entries, length) = (self.shape, 1, dtype.size)
        for other in 0..<axis { entries *= shape[other] }
        for other in (axis + 1)..<rank { length *= shape[other] }
        if index.rank == 1 {
            shape[axis] = index.count
        } else {
            shape.replaceSubrange(axis...axis, with: index.shape)
        }
        let result = Tensor(uninitialized: shape, dtype)
        let outside = withExtendedLifetime(index.storage) {
            kernels.selectRows(
                start, outer: entries, extent: self.shape[axis], blockBytes: length, index: index.start,
                index.count, into: result.base)
        }
        if let outside { throw IndexError(index, outside, axis, self.shape) }
        return result
    }

    /// Puts `value` into a part of this tensor, or adds it; without history.
    mutating func write(_ value: Tensor, _ part: Part, _ indices: ArraySlice<Tensor>, adding: Bool) throws {
        if adding && dtype.isHalf && !part.isView {
            // 16-bit numbers are added up in float32, since there may be many.
            let total = converted(to: .float32)
            try part.write(value.converted(to: .float32), to: total, indices, adding: true)
            self = total.converted(to: dtype)
        } else {
            makeWritable()
            try part.write(value, to: self, indices, adding: adding)
        }
    }
}

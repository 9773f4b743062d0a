import ApusKernels

/// Some elements of a tensor: a strided view of it and, where there are index tensors, blocks of that
/// view. What every subscript, `gather`, `scatter` and their gradients read and write through.
struct Selection: Sendable {
    /// How index tensors choose within the view.
    enum Positions: Sendable {
        /// The whole view.
        case none
        /// One row-major int64 tensor an axis, axes ascending, all of one shape: together they name blocks.
        case blocks([(axis: Int, index: Tensor)])
        /// Single elements: this row-major int64 index along `axis`, its own coordinates elsewhere.
        case along(Int, Tensor)
    }

    /// The shape of the tensors it selects from.
    let shape: Shape
    /// The view, for any layout of that shape.
    let view: @Sendable (Layout) -> Layout
    let positions: Positions
    /// The shape of what is selected.
    let resultShape: Shape
    /// What the positions of what is selected see, where that is known.
    var reach: Reach?
    /// The view's axes before and after the blocks' place in the result.
    private let outer: [Int]
    private let inner: [Int]
    /// How many offsets the index tensors give.
    private let blockCount: Int

    /// A view alone.
    init(_ shape: Shape, view: @escaping @Sendable (Layout) -> Layout) {
        self.shape = shape
        self.view = view
        positions = .none
        resultShape = view(Layout(contiguous: shape)).shape
        (outer, inner, blockCount) = ([], [], 0)
    }

    /// Blocks of a view. Their axes come where the indexed axes were if those are neighbours, else
    /// first: NumPy's and PyTorch's rule.
    init(
        _ shape: Shape, view: @escaping @Sendable (Layout) -> Layout = { $0 },
        blocks: [(axis: Int, index: Tensor)]
    ) {
        self.shape = shape
        self.view = view
        positions = .blocks(blocks)
        let viewed = view(Layout(contiguous: shape)).shape
        let (first, last) = (blocks[0].axis, blocks[blocks.count - 1].axis)
        if last - first + 1 == blocks.count {
            outer = Array(0..<first)
            inner = Array((last + 1)..<viewed.count)
        } else {
            let indexed = Set(blocks.map(\.axis))
            outer = []
            inner = viewed.indices.filter { !indexed.contains($0) }
        }
        let index = blocks[0].index.shape
        blockCount = index.elementCount
        resultShape = outer.map { viewed[$0] } + index + inner.map { viewed[$0] }
    }

    /// Single elements, as `gather` does.
    init(_ shape: Shape, along axis: Int, _ index: Tensor) {
        self.shape = shape
        view = { $0 }
        positions = .along(axis, index)
        resultShape = index.shape
        (outer, inner, blockCount) = ([], [], index.count)
    }

    /// Whether it chooses by strides alone, each element once.
    var isView: Bool {
        if case .none = positions { return true }
        return false
    }

    // MARK: Elements

    /// The selected elements of `x`, without history.
    func read(_ x: Tensor, _ operation: String, _ site: CallSite?) -> Tensor {
        let viewed = x.viewed(view(x.layout))
        if case .none = positions { return viewed }
        if case .blocks(let blocks) = positions, blocks.count == 1, viewed.isContiguous {
            let (axis, index) = blocks[0]
            let rows = viewed.rows(along: axis, index, operation, site)
            return index.rank == 1 ? rows : rows.viewed(Layout(contiguous: resultShape))
        }
        let result = Tensor(uninitialized: resultShape, x.dtype)
        withOffsets(viewed.layout, operation, site) { offsets in
            guard result.count > 0 else { return }
            gatherBlocks(
                viewed.operand, outer: outer, inner: inner, offsets: offsets, blockCount, into: result.base)
        }
        return result
    }

    /// Puts `value` (or adds it) where the selection lies in `x`, whose memory is the caller's own.
    func write(_ value: Tensor, to x: Tensor, adding: Bool, _ operation: String, _ site: CallSite?) {
        let target = x.viewed(view(x.layout))
        if case .none = positions {
            let source = value.broadcastOperand(resultShape)
            if adding {
                Kernels.add.run(target.operand, source, into: target.operand, computing: x.dtype.computeType)
            } else {
                copyElements(source, into: target.operand)
            }
            return
        }
        let source = value.detach().broadcast(to: resultShape).detachedContiguous()
        withOffsets(target.layout, operation, site) { offsets in
            scatterBlocks(
                source.start, into: target.operand, outer: outer, inner: inner, offsets: offsets, blockCount,
                adding: adding)
        }
    }

    /// For selections that name an element more than once: true where a value that replaces the selection stays, false
    /// where a later one takes its place. In a shape that broadcasts to the selection's; nil where nothing repeats.
    func lastWriters(_ operation: String) -> Tensor? {
        guard blockCount > 1 else { return nil }
        var extents = view(Layout(contiguous: shape)).shape
        switch positions {
        case .none: return nil
        case .blocks(let blocks):
            for axis in extents.indices where !blocks.contains(where: { $0.axis == axis }) {
                extents[axis] = 1
            }
        case .along(let axis, let index):
            for other in extents.indices where other != axis { extents[other] = index.shape[other] }
        }
        let layout = Layout(contiguous: extents)
        let marks = Tensor(uninitialized: [blockCount], .bool)
        var repeats = false
        withOffsets(layout, operation, nil) { offsets in
            repeats = markLastWriters(
                offsets, blockCount, span: layout.elementCount,
                into: marks.base.assumingMemoryBound(to: UInt8.self))
        }
        if !repeats { return nil }
        let own = resultShape.dropFirst(outer.count).dropLast(inner.count)
        return marks.reshape(outer.map { _ in 1 } + own + inner.map { _ in 1 })
    }

    /// Calls `body` with the offset of each block or element, checked.
    private func withOffsets(
        _ layout: Layout, _ operation: String, _ site: CallSite?, _ body: (UnsafePointer<Int>) -> Void
    ) {
        let memory = Storage(byteCount: blockCount * MemoryLayout<Int>.size)
        withExtendedLifetime(memory) {
            let offsets = memory.pointer.assumingMemoryBound(to: Int.self)
            switch positions {
            case .none: break
            case .blocks(let blocks):
                for (number, block) in blocks.enumerated() {
                    let outside = indexOffsets(
                        block.index.elements, blockCount, extent: layout.shape[block.axis],
                        stride: layout.strides[block.axis], adding: number > 0, into: offsets)
                    if let outside {
                        refuseIndex(block.index, outside, block.axis, layout.shape, operation, site)
                    }
                }
            case .along(let axis, let index):
                if blockCount == 0 { break }
                let outside = axisOffsets(
                    index.elements, shape: index.shape, strides: layout.strides, axis: axis,
                    extent: layout.shape[axis], into: offsets)
                if let outside { refuseIndex(index, outside, axis, layout.shape, operation, site) }
            }
            body(offsets)
        }
    }
}

private func refuseIndex(
    _ index: Tensor, _ position: Int, _ axis: Int, _ shape: Shape, _ operation: String, _ site: CallSite?
) -> Never {
    fail(
        operation,
        "index \(index.elements[position]) is outside axis \(axis), of extent \(shape[axis]), of shape \(shape)",
        at: site)
}

extension Tensor {
    /// The elements of a row-major int64 tensor.
    fileprivate var elements: UnsafePointer<Int64> {
        UnsafePointer(start.assumingMemoryBound(to: Int64.self))
    }

    /// This tensor as indices: row-major int64, broadcast to `shape`, without history.
    func asIndex(_ operation: String, broadcastTo target: Shape? = nil, _ site: CallSite?) -> Tensor {
        if dtype != .int64 && dtype != .int32 {
            fail(operation, "indices are int64 or int32, not \(dtype)", at: site)
        }
        if dtype == .int64, isContiguous, target == nil || target! == shape { return detach() }
        let exact = converted(to: .int64)
        return (target.map { exact.viewed(exact.layout.broadcast(to: $0)) } ?? exact).detachedContiguous()
    }

    /// Blocks of this contiguous tensor in the order of a row-major int64 index along `axis`, which becomes
    /// one axis; without history.
    func rows(along axis: Int, _ index: Tensor, _ operation: String, _ site: CallSite?) -> Tensor {
        var (shape, entries, length) = (self.shape, 1, dtype.size)
        for other in 0..<axis { entries *= shape[other] }
        for other in (axis + 1)..<rank { length *= shape[other] }
        shape[axis] = index.count
        let result = Tensor(uninitialized: shape, dtype)
        let outside = selectRows(
            start, outer: entries, extent: self.shape[axis], blockBytes: length, index: index.elements,
            index.count, into: result.base)
        if let outside { refuseIndex(index, outside, axis, self.shape, operation, site) }
        return result
    }

    // MARK: Reading and writing with history

    /// The selected elements; the gradient goes back to where they came from.
    func selecting(_ selection: Selection, _ operation: String, _ site: CallSite? = nil) -> Tensor {
        let result = recordPart(operation, selection.read(self, operation, site), selection)
        if let reach = selection.reach { result.node?.reach = { reach } }
        return result
    }

    /// Replaces the selected elements by `value`, or adds it to them.
    ///
    /// The old tensor's gradient is zero where elements were replaced; `value` gets what arrives there, but where it was
    /// replaced in turn.
    /// Where an index repeats, additions add up and the last replacement stays.
    mutating func place(
        _ value: Tensor, _ selection: Selection, adding: Bool = false, _ operation: String,
        _ site: CallSite? = nil
    ) {
        if value.dtype.kind > dtype.kind {
            fail(operation, "a \(dtype) tensor cannot hold \(value.dtype) elements", at: site)
        }
        if Shape.broadcast(value.shape, selection.resultShape) != selection.resultShape {
            fail(
                operation,
                "a value of shape \(value.shape) does not fill a selection of shape \(selection.resultShape)",
                at: site)
        }
        let value = value.to(dtype)
        let recorded =
            (node != nil || value.node != nil) && dtype.isDifferentiable
            && GradientMode.current == .recording
        let parent = node
        node = nil
        write(value, selection, adding, operation, site)
        NaNCheck.inspect(operation, self)
        if !recorded {
            node = parent?.isLeaf == true ? parent : nil
            return
        }
        let function: Node.Function = { [valueShape = value.shape] backward in
            let gradient = backward.gradient
            var kept: Tensor?
            if backward.needs[0] {
                kept = gradient
                if !adding { kept!.place(Tensor(0, dtype: gradient.dtype), selection, operation) }
            }
            if !backward.needs[1] { return [kept, nil] }
            var arrived = gradient.selecting(selection, operation)
            if !adding, let lasting = selection.lastWriters(operation) {
                arrived = arrived.maskedFill(.!lasting, 0)
            }
            return [kept, arrived.summed(to: valueShape)]
        }
        node = Node(
            operation, result: self, savesOutput: false, parents: [parent, value.node], .function(function))
    }

    private mutating func write(
        _ value: Tensor, _ selection: Selection, _ adding: Bool, _ operation: String, _ site: CallSite?
    ) {
        if adding && dtype.isHalf && !selection.isView {
            // Sums of many 16-bit numbers are made in float32.
            let wide = converted(to: .float32)
            var total = wide
            total.makeWritable()
            selection.write(
                value.converted(to: .float32), to: total, adding: true, operation, site)
            self = total.converted(to: dtype)
        } else {
            makeWritable()
            selection.write(value, to: self, adding: adding, operation, site)
        }
    }
}

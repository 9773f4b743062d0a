import ApusKernels

extension Selection {
    /// What `x[indices]` means for a tensor of this shape.
    init(_ shape: Shape, _ indices: [any TensorIndex], _ site: CallSite) {
        var builder = SubscriptReader(shape: shape, site: site)
        builder.read(indices.map(\.selector.kind))
        let entries = builder.entries
        let view: @Sendable (Layout) -> Layout = { layout in
            var result = Layout(shape: [], strides: [], offset: layout.offset)
            for entry in entries {
                switch entry {
                case .index(let axis, let index): result.offset += index * layout.strides[axis]
                case .slice(let axis, let start, let step, let count):
                    if count > 0 { result.offset += start * layout.strides[axis] }
                    result.shape.append(count)
                    result.strides.append(step * layout.strides[axis])
                case .newAxis:
                    result.shape.append(1)
                    result.strides.append(0)
                }
            }
            return result
        }
        if builder.tensors.isEmpty {
            self.init(shape, view: view)
            reach = SubscriptReader.reach(entries)
        } else {
            self.init(shape, view: view, blocks: builder.broadcastTensors())
        }
        resultShape.checkRank("subscript", site)
    }
}

/// Reads the entries of a subscript from left to right.
private struct SubscriptReader {
    enum Entry: Sendable {
        case index(axis: Int, Int)
        case slice(axis: Int, start: Int, step: Int, count: Int)
        case newAxis
    }

    let shape: Shape
    let site: CallSite
    private(set) var entries: [Entry] = []
    /// Index tensors, and the axis of the view that each selects along.
    private(set) var tensors: [(axis: Int, index: Tensor)] = []
    private var axis = 0
    private var viewRank = 0

    init(shape: Shape, site: CallSite) {
        self.shape = shape
        self.site = site
    }

    mutating func read(_ kinds: [AxisSelector.Kind]) {
        let used = kinds.map(axisCount).reduce(0, +)
        if used > shape.count {
            fail("subscript", "\(used) indices are too many for shape \(shape)", at: site)
        }
        var hasEllipsis = false
        for kind in kinds {
            switch kind {
            case .index(let index): take(index)
            case .range(let start, let end, let step): take(start, end, step)
            case .newAxis:
                entries.append(.newAxis)
                viewRank += 1
            case .ellipsis:
                if hasEllipsis { fail("subscript", "there can be only one .ellipsis", at: site) }
                hasEllipsis = true
                for _ in 0..<(shape.count - used) { takeAll() }
            case .tensor(let tensor): take(tensor)
            }
        }
        while axis < shape.count { takeAll() }
    }

    private func axisCount(_ kind: AxisSelector.Kind) -> Int {
        switch kind {
        case .newAxis, .ellipsis: 0
        case .tensor(let tensor) where tensor.dtype == .bool: tensor.rank
        default: 1
        }
    }

    private mutating func takeAll() { take(nil, nil, 1) }

    private mutating func take(_ index: Int) {
        let position = index < 0 ? index + shape[axis] : index
        if position < 0 || position >= shape[axis] {
            fail(
                "subscript",
                "index \(index) is outside axis \(axis), of extent \(shape[axis]), of shape \(shape)",
                at: site)
        }
        entries.append(.index(axis: axis, position))
        axis += 1
    }

    private mutating func take(_ start: Int?, _ end: Int?, _ step: Int) {
        let extent = shape[axis]
        func bound(_ value: Int?, _ standard: Int) -> Int {
            guard let value else { return standard }
            let position = value < 0 ? value + extent : value
            if position < 0 || position > extent {
                fail(
                    "subscript",
                    "the range bound \(value) is outside axis \(axis), of extent \(extent), of shape \(shape)",
                    at: site)
            }
            return position
        }
        let (low, high) = (bound(start, 0), bound(end, extent))
        let length = max(0, high - low)
        let count = length == 0 ? 0 : Int(UInt(length - 1) / step.magnitude) + 1
        // One position goes no step.
        entries.append(
            .slice(axis: axis, start: step > 0 ? low : high - 1, step: count > 1 ? step : 1, count: count))
        axis += 1
        viewRank += 1
    }

    private mutating func take(_ tensor: Tensor) {
        if tensor.dtype != .bool {
            if tensor.rank == 0 && (tensor.dtype == .int64 || tensor.dtype == .int32) {
                take(tensor.item(as: Int.self))
                return
            }
            tensors.append((viewRank, tensor.asIndex("subscript", site)))
            takeAll()
            return
        }
        let masked = Array(shape[axis..<(axis + tensor.rank)])
        if masked != tensor.shape {
            fail(
                "subscript",
                "a mask of shape \(tensor.shape) does not fit axes \(axis)..<\(axis + tensor.rank) of shape \(shape)",
                at: site)
        }
        if tensor.rank == 0 {
            // A single truth selects all or nothing, along an axis of its own.
            let count = tensor.item(as: Bool.self) ? 1 : 0
            tensors.append((viewRank, Tensor.zeros([count], dtype: .int64)))
            entries.append(.newAxis)
            viewRank += 1
            return
        }
        let coordinates = tensor.trueCoordinates()
        for part in 0..<tensor.rank {
            let row = Layout(
                shape: [coordinates.shape[1]], strides: [1], offset: part * coordinates.shape[1])
            tensors.append((viewRank, coordinates.viewed(row)))
            takeAll()
        }
    }

    /// What positions see through these entries; nil where that is backwards.
    static func reach(_ entries: [Entry]) -> Reach? {
        var axes: [(input: Int?, AxisReach)] = []
        for entry in entries {
            switch entry {
            case .index: continue
            case .newAxis: axes.append((nil, .identity))
            case .slice(let axis, let start, let step, let count):
                if step < 0 { return nil }
                axes.append((axis, count == 0 ? .identity : .window(span: 1, stride: step, before: -start)))
            }
        }
        return .axes(axes)
    }

    /// The index tensors in the shape they broadcast to together.
    func broadcastTensors() -> [(axis: Int, index: Tensor)] {
        var common: Shape = []
        for (_, index) in tensors {
            guard let both = Shape.broadcast(common, index.shape) else {
                let shapes = tensors.map { "\($0.index.shape)" }.joined(separator: ", ")
                fail("subscript", "index tensors of shapes \(shapes) do not broadcast together", at: site)
            }
            common = both
        }
        return tensors.map { ($0.axis, $0.index.asIndex("subscript", broadcastTo: common, site)) }
    }
}

extension Tensor {
    /// The coordinates of the true elements, [rank, number of them], in row-major order.
    func trueCoordinates() -> Tensor {
        let mask = converted(to: .bool).detachedContiguous()
        return withExtendedLifetime(mask.storage) {
            let search = NonzeroSearch(mask.start, shape: shape)
            let result = Tensor(uninitialized: [rank, search.total], .int64)
            search.write(result.start.assumingMemoryBound(to: Int64.self))
            return result
        }
    }
}

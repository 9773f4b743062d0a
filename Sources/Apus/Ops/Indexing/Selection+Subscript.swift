extension Selection {
    /// What `x[indices]` means for a tensor of this shape.
    init(_ shape: Shape, _ indices: [any TensorIndex], _ site: CallSite) {
        var reader = SubscriptReader(shape: shape, site: site)
        reader.read(indices.map(\.selector.kind))
        if reader.tensors.isEmpty {
            reader.extents.checkRank("subscript", site)
            self.init(reader.view)
            return
        }
        self.init(
            view: reader.isWhole ? nil : reader.view, blocks: reader.broadcastTensors(), outer: reader.outer)
        part.resultShape(of: shape, self.indices[...]).checkRank("subscript", site)
    }
}

/// Reads the entries of a subscript from left to right.
private struct SubscriptReader {
    let shape: Shape
    let site: CallSite
    /// The view: where it begins along each axis of the source, and its own axes.
    private var starts: [Int] = []
    private(set) var extents: Shape = []
    private var axes: [StridedView.Axis] = []
    /// Whether the view is the tensor as it is.
    private(set) var isWhole = true
    /// Index tensors, and the axis of the view that each selects along.
    private(set) var tensors: [(axis: Int, index: Tensor)] = []
    /// The axes along which a scalar tensor selects: like an integer it makes no axis, and does not separate index
    /// tensors.
    private var points: [Int] = []

    init(shape: Shape, site: CallSite) {
        self.shape = shape
        self.site = site
        starts.reserveCapacity(shape.count)
        extents.reserveCapacity(shape.count)
        axes.reserveCapacity(shape.count)
    }

    var view: StridedView { StridedView(starts: starts, shape: extents, axes: axes) }

    /// The axis of the source that comes next.
    private var axis: Int { starts.count }

    mutating func read(_ kinds: [AxisSelector.Kind]) {
        var used = 0
        for kind in kinds { used += axisCount(kind) }
        if used > shape.count {
            fail("subscript", "\(used) indices are too many for shape \(shape)", at: site)
        }
        var hasEllipsis = false
        for kind in kinds {
            switch kind {
            case .index(let index): take(index)
            case .range(let start, let end, let step): take(start, end, step)
            case .newAxis: addAxis()
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

    private mutating func addAxis() {
        extents.append(1)
        axes.append(StridedView.Axis(nil))
        isWhole = false
    }

    private mutating func takeAll() {
        extents.append(shape[axis])
        axes.append(StridedView.Axis(axis))
        starts.append(0)
    }

    private mutating func take(_ index: Int) {
        let position = index < 0 ? index + shape[axis] : index
        if position < 0 || position >= shape[axis] {
            fail(
                "subscript",
                "index \(index) is outside axis \(axis), of extent \(shape[axis]), of shape \(shape)",
                at: site)
        }
        starts.append(position)
        isWhole = false
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
        if count != extent || step != 1 { isWhole = false }
        extents.append(count)
        // A single position needs no step.
        axes.append(StridedView.Axis(axis, step: count > 1 ? step : 1))
        starts.append(count == 0 ? 0 : step > 0 ? low : high - 1)
    }

    private mutating func take(_ tensor: Tensor) {
        if tensor.dtype != .bool {
            if tensor.rank == 0 { points.append(extents.count) }
            tensors.append((extents.count, tensor.asIndex("subscript", site)))
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
            // A boolean scalar selects all or nothing, along a new axis.
            tensors.append((extents.count, tensor.reshape([1]).trueCoordinates()[0]))
            addAxis()
            return
        }
        for coordinates in tensor.trueCoordinates() {
            tensors.append((extents.count, coordinates))
            takeAll()
        }
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
        return tensors.map { ($0.axis, $0.index.broadcast(to: common)) }
    }

    /// The number of axes without an index tensor that come before the axes of the index tensors. By the rule of NumPy
    /// and PyTorch these are all that came before them, if the indexed axes are neighbors, and none otherwise.
    var outer: Int {
        let indexed = tensors.map(\.axis)
        let makingAxes = indexed.filter { !points.contains($0) }
        guard let first = makingAxes.first, let last = makingAxes.last else { return indexed[0] }
        let between = (first...last).filter { !indexed.contains($0) }
        return between.isEmpty ? (0..<first).filter { !indexed.contains($0) }.count : 0
    }
}

/// Where a mask is true: for each of its axes the coordinates of the true elements, in row-major order.
private struct TrueCoordinates: Primitive {
    let name = "trueCoordinates"
    var isDifferentiable: Bool { false }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let found = inputs[0].coordinatesOfTrue()
        let count = found.shape[1]
        return (0..<inputs[0].rank).map {
            found.viewed(Layout(shape: [count], strides: [1], offset: $0 * count))
        }
    }
}

extension Tensor {
    /// The coordinates of the true elements of a mask along each of its axes, in row-major order.
    fileprivate func trueCoordinates() -> [Tensor] { Tensor.applyAll(TrueCoordinates(), to: [self], at: nil) }

    /// The coordinates of the elements that are not zero, [rank, number of them], in row-major order; without history.
    func coordinatesOfTrue() -> Tensor {
        let mask = converted(to: .bool).detachedContiguous()
        return withExtendedLifetime(mask.storage) {
            let found = kernels.findTrue(mask.start, shape: shape)
            let result = Tensor(uninitialized: [rank, found.count], .int64)
            found.write(result.base)
            return result
        }
    }
}

import Apus

/// Which positions of each spatial axis of a model's input the positions of a tensor depend on, and along which of the
/// tensor's axes.
///
/// Where an operation mixes positions in a way that is not followed, its result counts as depending on all of them.
struct AxisOrigins {
    /// A part of an axis: reshapes join and split axes.
    private struct Factor: Equatable {
        let extent: Int
        /// The input's spatial axis that runs along it.
        var origin: Int?
        /// Whether its extent is not that of the whole axis.
        var isPart = false
    }

    private let shape: Shape
    /// The factors of each axis, from the slowest.
    private var axes: [[Factor]]
    /// Which positions of each spatial axis of the input are seen; nil is all of them.
    private(set) var reaches: [AxisReach?]

    /// The model's input. Its axes from `first` on are spatial: by default all but batch and channels.
    init(input shape: Shape, from first: Int = 2) {
        self.shape = shape
        axes = shape.enumerated().map { [Factor(extent: $1, origin: $0 < first ? nil : $0 - first)] }
        reaches = shape.dropFirst(first).map { _ in .identity }
    }

    private init(_ shape: Shape, _ axes: [[Factor]], _ reaches: [AxisReach?]) {
        self.shape = shape
        self.axes = axes
        self.reaches = reaches
        // Extents that differ from the factors': another number of channels, or a part of a batch.
        for axis in shape.indices where axes[axis].reduce(1, { $0 * $1.extent }) != shape[axis] {
            let factor = axes[axis][0]
            if axes[axis].count > 1 || factor.isPart { mix(axis) }
            self.axes[axis] = [Factor(extent: shape[axis], origin: self.axes[axis][0].origin)]
        }
    }

    /// The result of an operation, from the origins of those inputs that depend on the model's input; nil for the
    /// others.
    init(_ primitive: any Primitive, inputs: [Shape], result shape: Shape, of origins: [AxisOrigins?]) {
        let first = origins.lazy.compactMap { $0 }.first!
        switch primitive.reach(inputs: inputs, result: shape) {
        case .everything: self = first.allMixed(shape)
        case .windows(let windows): self = first.windowed(windows, shape)
        // Windows slide over the first operand; weights that depend on the model's input reach every position.
        case .weighted(let windows):
            let isImage = origins[0] != nil && !origins.dropFirst().contains { $0 != nil }
            self = isImage ? first.windowed(windows, shape) : first.allMixed(shape)
        case .columns(let windows, let counts):
            let image = first.windowed(windows, Array(shape.prefix(2)) + counts)
            self.init(
                shape, [image.axes[0], image.axes[1], Array(image.axes[2...].joined())], image.reaches)
        case .axes(let kept): self = first.keeping(kept, shape)
        case .mixture(let axis):
            self = first
            if rank > 0 { mix(axis < 0 ? axis + rank : axis) }
        case .elementwise: self = AxisOrigins.together(origins.compactMap { $0 }, shape)
        case .reduction(let axes, let keepDims): self = first.reduced(axes, keepDims, shape)
        case .reshape: self = first.reshaped(shape)
        case .product: self = AxisOrigins.product(origins, shape)
        }
    }

    private var rank: Int { shape.count }

    // MARK: Kinds of operation

    private func windowed(_ windows: [AxisReach?], _ shape: Shape) -> AxisOrigins {
        var result = self
        let first = axes.count - windows.count
        for (number, window) in windows.enumerated() {
            result.compose(along: first + number, through: window)
        }
        return AxisOrigins(shape, result.axes, result.reaches)
    }

    private func keeping(_ kept: [(input: Int?, AxisReach)], _ shape: Shape) -> AxisOrigins {
        var result = self
        for axis in axes.indices where !kept.contains(where: { $0.input == axis }) { result.mix(axis) }
        for case (let axis?, let window) in kept { result.compose(along: axis, through: window) }
        let axes = zip(kept, shape).map { kept, extent in
            kept.input.map { result.axes[$0] } ?? [Factor(extent: extent)]
        }
        return AxisOrigins(shape, axes, result.reaches)
    }

    private func reshaped(_ shape: Shape) -> AxisOrigins {
        var left = Array(axes.joined().filter { $0.extent != 1 }.reversed())
        var axes: [[Factor]] = []
        for extent in shape {
            var (factors, need) = ([Factor](), extent)
            while need > 1, let factor = left.popLast() {
                if factor.extent > 0 && need % factor.extent == 0 {
                    factors.append(factor)
                    need /= factor.extent
                } else if factor.extent % need == 0 {
                    factors.append(Factor(extent: need, origin: factor.origin, isPart: true))
                    left.append(Factor(extent: factor.extent / need, origin: factor.origin, isPart: true))
                    need = 1
                } else {
                    return allMixed(shape)
                }
            }
            axes.append(factors.isEmpty ? [Factor(extent: extent)] : factors)
        }
        return AxisOrigins(shape, axes, reaches)
    }

    /// [.., m, k] × [.., k, n]; a linear layer's weight depends on no input.
    private static func product(_ inputs: [AxisOrigins?], _ shape: Shape) -> AxisOrigins {
        switch (inputs[0], inputs[1]) {
        case (var a?, nil):
            a.mix(a.axes.count - 1)
            return a.aligned(shape, replacing: shape.count - 1)
        case (nil, var b?):
            b.mix(b.axes.count - 2)
            return b.aligned(shape, replacing: shape.count - 2)
        default: return inputs.lazy.compactMap { $0 }.first!.allMixed(shape)
        }
    }

    /// Operations that take each position by itself, or join tensors.
    private static func together(_ inputs: [AxisOrigins], _ shape: Shape) -> AxisOrigins {
        guard let base = inputs.first(where: { $0.shape == shape }) ?? inputs.first else { fatalError() }
        var result = base.aligned(shape)
        for other in inputs {
            let other = other.aligned(shape)
            for origin in result.reaches.indices {
                guard let mine = result.reaches[origin], let its = other.reaches[origin],
                    result.indices(of: origin) == other.indices(of: origin)
                else {
                    result.reaches[origin] = nil
                    continue
                }
                result.reaches[origin] = mine.joined(with: its)
            }
        }
        return result
    }

    private func reduced(_ axes: [Int], _ keepDims: Bool, _ shape: Shape) -> AxisOrigins {
        var result = self
        let folded = Set(axes.map { $0 < 0 ? $0 + rank : $0 })
        for axis in self.axes.indices where folded.contains(axis) { result.mix(axis) }
        let axes = self.axes.indices.compactMap { axis -> [Factor]? in
            folded.contains(axis) ? (keepDims ? [Factor(extent: 1)] : nil) : result.axes[axis]
        }
        return AxisOrigins(shape, axes, result.reaches)
    }

    // MARK: Steps

    /// From now on each position of the axis counts as depending on all of them.
    private mutating func mix(_ axis: Int) {
        for case let origin? in axes[axis].map(\.origin) { reaches[origin] = nil }
        for index in axes[axis].indices { axes[axis][index].origin = nil }
    }

    /// Each position sees a window along an axis, or all of it.
    private mutating func compose(along axis: Int, through window: AxisReach?) {
        if window == .identity { return }
        let factors = axes[axis]
        if let origin = factors[0].origin, factors.count == 1, !factors[0].isPart, let window {
            reaches[origin] = reaches[origin]?.followed(by: window)
        } else {
            mix(axis)
        }
    }

    private func allMixed(_ shape: Shape) -> AxisOrigins {
        AxisOrigins(shape, shape.map { [Factor(extent: $0)] }, reaches.map { _ in nil })
    }

    /// These origins in a result of `shape`, whose last axes are this tensor's. Where extents differ, or at `replaced`,
    /// positions are mixed.
    private func aligned(_ shape: Shape, replacing replaced: Int? = nil) -> AxisOrigins {
        if shape == self.shape && replaced == nil { return self }
        if shape.count < axes.count { return allMixed(shape) }
        var (result, added) = (self, shape.count - axes.count)
        for axis in axes.indices where self.shape[axis] != shape[axis + added] && axis + added != replaced {
            result.mix(axis)
        }
        let axes = shape.indices.map { axis in
            axis < added || axis == replaced || self.shape[axis - added] != shape[axis]
                ? [Factor(extent: shape[axis])] : result.axes[axis - added]
        }
        return AxisOrigins(shape, axes, result.reaches)
    }

    /// The axis that runs along a spatial axis of the input, and along nothing else.
    func axis(along origin: Int) -> Int? {
        axes.indices.first { axes[$0].count == 1 && axes[$0][0].origin == origin && !axes[$0][0].isPart }
    }

    private func indices(of origin: Int) -> [Int] {
        axes.indices.filter { axes[$0].contains { $0.origin == origin } }
    }
}

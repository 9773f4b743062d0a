/// What comes beyond the edges of a padded tensor.
public enum PadMode: Sendable {
    /// One number everywhere.
    case constant(Double)
    /// The mirror image, without repeating the edge: c b | a b c | b a.
    case reflect
    /// The edge, again and again: a a | a b c | c c.
    case replicate
    /// The other end: b c | a b c | a b.
    case circular
}

extension Tensor {
    /// This tensor with positions added before and after its axes; negative amounts take some away.
    ///
    /// - Parameters:
    ///   - amounts: positions before and after, for the last axes in their order: two pairs are for
    ///     the last two axes.
    ///   - mode: zeros by default.
    public func pad(
        _ amounts: [(before: Int, after: Int)], mode: PadMode = .constant(0),
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if amounts.count > rank {
            fail("pad", "\(amounts.count) pairs are too many for shape \(shape)", at: site)
        }
        let first = rank - amounts.count
        for (number, amount) in amounts.enumerated() {
            let extent = shape[first + number]
            let longest = Swift.max(amount.before, amount.after)
            let fits: Bool
            switch mode {
            case .constant: fits = true
            case .reflect: fits = longest < Swift.max(extent, 1)
            case .replicate: fits = longest <= 0 || extent > 0
            case .circular: fits = longest <= extent
            }
            if !fits || extent + amount.before + amount.after < 0
                || Swift.min(amount.before, amount.after) < -extent
            {
                fail(
                    "pad", "axis \(first + number) of shape \(shape) cannot be padded by \(amount) (\(mode))",
                    at: site)
            }
        }
        if case .constant(let value) = mode { return paddedConstant(amounts, first, value, site) }
        var result = self
        for (number, amount) in amounts.enumerated() where amount != (0, 0) {
            let extent = shape[first + number]
            let source = (-amount.before..<(extent + amount.after)).map { mode.source(of: $0, extent) }
            result = result.indexSelect(
                axis: first + number, index: Tensor(source, shape: [source.count]))
            result.node?.reach = {
                .shifted(amounts.indices.map { $0 == number ? amount.before : 0 })
            }
        }
        return result
    }

    private func paddedConstant(
        _ amounts: [(before: Int, after: Int)], _ first: Int, _ value: Double, _ site: CallSite
    ) -> Tensor {
        var (inner, target, starts) = (self, shape, [Int](repeating: 0, count: rank))
        for (number, amount) in amounts.enumerated() {
            let axis = first + number
            target[axis] += amount.before + amount.after
            starts[axis] = Swift.max(amount.before, 0)
            let (cut, end) = (Swift.max(-amount.before, 0), Swift.max(-amount.after, 0))
            if cut + end > 0 {
                inner = inner.narrow(
                    axis: axis, start: cut, count: Swift.max(0, shape[axis] - cut - end), file: site.file,
                    line: site.line)
            }
        }
        let selection = Selection(target) { [shape = inner.shape, starts] layout in
            var layout = layout
            if !shape.contains(0) {
                for axis in shape.indices { layout.offset += starts[axis] * layout.strides[axis] }
            }
            layout.shape = shape
            return layout
        }
        var result = Tensor.full(target, value, dtype: dtype)
        result.place(inner, selection, "pad", site)
        result.node?.reach = { .shifted(amounts.map { Swift.max($0.before, 0) }) }
        return result
    }
}

extension PadMode {
    /// The position that stands at `position` (outside `0..<extent` in the padding).
    fileprivate func source(of position: Int, _ extent: Int) -> Int {
        switch self {
        case .constant: position
        case .reflect: position < 0 ? -position : position >= extent ? 2 * (extent - 1) - position : position
        case .replicate: Swift.min(Swift.max(position, 0), extent - 1)
        case .circular: (position + extent) % extent
        }
    }
}

extension Operation {
    static let pad = Operation(
        "pad", dtypes: DType.everything,
        [
            Sample("F.pad(x, (1, 2))", [Input([2, 3])]) { $0[0].pad([(1, 2)]) },
            Sample("F.pad(x, (1, 0, 2, 1), value=1.0)", [Input([2, 3])]) {
                $0[0].pad([(2, 1), (1, 0)], mode: .constant(1))
            },
            Sample("F.pad(x, (-1, 2, 0, -1))", [Input([2, 3, 4])]) { $0[0].pad([(0, -1), (-1, 2)]) },
            Sample("torch.cat([x[:, 1:3].flip(1), x, x[:, -2:-1]], 1)", [Input([2, 4])]) {
                $0[0].pad([(2, 1)], mode: .reflect)
            },
            Sample("torch.cat([x[:, :1], x[:, :1], x, x[:, -1:]], 1)", [Input([2, 4])]) {
                $0[0].pad([(2, 1)], mode: .replicate)
            },
            Sample("torch.cat([x[:, -2:], x, x[:, :1]], 1)", [Input([2, 4])]) {
                $0[0].pad([(2, 1)], mode: .circular)
            },
        ])
}

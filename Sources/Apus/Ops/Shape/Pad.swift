/// What comes beyond the edges of a padded tensor.
public enum PadMode: Sendable {
    /// One number everywhere.
    case constant(Double)
    /// One complex number everywhere, for complex tensors.
    case complexConstant(Complex<Double>)
    /// The mirror image, without repeating the edge: c b | a b c | b a.
    case reflect
    /// The edge, again and again: a a | a b c | c c.
    case replicate
    /// The other end: b c | a b c | a b.
    case circular
}

extension Tensor {
    /// This tensor with positions added before and after its axes. Negative amounts take some away, before anything
    /// is added.
    ///
    /// - Parameters:
    ///   - amounts: positions before and after, for the last axes in their order: two pairs are for
    ///     the last two axes.
    ///   - mode: zeros by default.
    public func pad(
        _ amounts: [(before: Int, after: Int)], mode: PadMode = .constant(0),
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        padded(amounts, mode: mode, "pad", CallSite(file: file, line: line))
    }

    /// - Parameter operation: the name in messages.
    func padded(
        _ amounts: [(before: Int, after: Int)], mode: PadMode = .constant(0), _ operation: String,
        _ site: CallSite?
    ) -> Tensor {
        if amounts.count > rank {
            fail(operation, "\(amounts.count) pairs are too many for shape \(shape)", at: site)
        }
        let first = rank - amounts.count
        var (inner, target) = (self, shape)
        for (number, amount) in amounts.enumerated() {
            let (axis, extent) = (first + number, shape[first + number])
            let cut = Swift.max(0.subtractingClamped(amount.before), 0)
            let end = Swift.max(0.subtractingClamped(amount.after), 0)
            let kept = extent.subtractingClamped(cut.addingClamped(end))
            let longest = Swift.max(amount.before, amount.after)
            let fits: Bool
            switch mode {
            case .constant, .complexConstant: fits = true
            case .reflect: fits = longest < Swift.max(kept, 1)
            case .replicate: fits = longest <= 0 || kept > 0
            case .circular: fits = longest <= Swift.max(kept, 0)
            }
            if !fits || kept < 0 {
                fail(
                    operation, "axis \(axis) of shape \(shape) cannot be padded by \(amount) (\(mode))",
                    at: site)
            }
            if cut + end > 0 { inner = inner.narrow(axis: axis, start: cut, count: kept) }
            target[axis] = kept.addingClamped(Swift.max(amount.before, 0))
                .addingClamped(Swift.max(amount.after, 0))
        }
        Tensor.checkShape(target, operation, site)
        let before = amounts.map { Swift.max($0.before, 0) }
        if case .constant(let value) = mode {
            return inner.paddedConstant(before, target, value, operation, site)
        }
        if case .complexConstant(let value) = mode {
            if !dtype.isComplex {
                fail(operation, "a \(dtype) tensor cannot hold the complex value \(value)", at: site)
            }
            return inner.paddedConstant(before, target, value, operation, site)
        }
        for (number, start) in before.enumerated() where target[first + number] != inner.shape[first + number]
        {
            let axis = first + number
            let index = mode.sources(from: -start, count: target[axis], inner.shape[axis])
            inner = inner.indexSelect(axis: axis, index: index)
            inner.node?.reach = { .shifted(before.indices.map { $0 == number ? start : 0 }) }
        }
        return inner
    }

    private func paddedConstant<S: TensorScalar>(
        _ before: [Int], _ target: Shape, _ value: S, _ operation: String, _ site: CallSite?
    ) -> Tensor {
        let first = rank - before.count
        let selection = Selection(target) { [shape] layout in
            var layout = layout
            if !shape.contains(0) {
                for (number, start) in before.enumerated() {
                    layout.offset += start * layout.strides[first + number]
                }
            }
            layout.shape = shape
            return layout
        }
        var result = Tensor.full(target, value, dtype: dtype)
        result.place(self, selection, operation, site)
        result.node?.reach = { .shifted(before) }
        return result
    }
}

extension PadMode {
    /// The positions of an axis of `extent` that stand at `count` positions from `first` on.
    fileprivate func sources(from first: Int, count: Int, _ extent: Int) -> Tensor {
        let positions = Tensor.arange(first, first + count)
        switch self {
        case .constant, .complexConstant: return positions
        case .reflect: return (extent - 1) - ((extent - 1) - positions.abs()).abs()
        case .replicate: return positions.maximum(0).minimum(extent - 1)
        case .circular: return positions % extent
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

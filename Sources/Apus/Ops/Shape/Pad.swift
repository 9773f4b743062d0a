/// The input within a tensor of one number: so many positions from the start along the last axes.
struct Pad: SingleResult {
    let before: [Int]
    /// The result's.
    let shape: Shape
    /// `.constant` or `.complexConstant`.
    let mode: PadMode
    let name = "pad"

    private func inner(_ input: Shape) -> StridedView {
        let starts = [Int](repeating: 0, count: input.count - before.count) + before
        return StridedView(starts: starts, shape: input)
    }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let result: Tensor
        switch mode {
        case .constant(let value): result = .full(shape, value, dtype: x.dtype)
        case .complexConstant(let value): result = .full(shape, value, dtype: x.dtype)
        case .reflect, .replicate, .circular: fail(name, "\(mode) is not one number")
        }
        result.write(x, through: inner(x.shape), adding: false)
        return result
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [backward.gradient.selecting(Selection(inner(backward.shape(0))), name)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .shifted(before) }
}

/// One axis continued at its ends by positions of its own.
struct PadAxis: SingleResult {
    let axis: Int
    let before: Int
    /// The axis's extent in the result.
    let count: Int
    /// `.reflect`, `.replicate` or `.circular`.
    let mode: PadMode
    let name = "pad"

    /// Which position of the input stands at each of the result's.
    private func sources(_ extent: Int) -> Selection {
        let positions = Tensor.arange(-before, count - before)
        let inside =
            switch mode {
            case .constant, .complexConstant: positions
            case .reflect: (extent - 1) - ((extent - 1) - positions.abs()).abs()
            case .replicate: positions.maximum(0).minimum(extent - 1)
            case .circular: positions % extent
            }
        return Selection(axis: axis, inside)
    }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].selecting(sources(inputs[0].shape[axis]), name) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let shape = backward.shape(0)
        var gradient = Tensor.zeros(shape, dtype: backward.dtype(0))
        gradient.place(backward.gradient, sources(shape[axis]), adding: true, name)
        return [gradient]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        .shifted([before] + [Int](repeating: 0, count: result.count - axis - 1))
    }
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
        if case .complexConstant(let value) = mode, !dtype.isComplex {
            fail(operation, "a \(dtype) tensor cannot hold the complex value \(value)", at: site)
        }
        switch mode {
        case .constant, .complexConstant:
            return Tensor.apply(Pad(before: before, shape: target, mode: mode), to: [inner], at: site)
        case .reflect, .replicate, .circular: break
        }
        for (number, start) in before.enumerated() where target[first + number] != inner.shape[first + number]
        {
            let axis = first + number
            let pad = PadAxis(axis: axis, before: start, count: target[axis], mode: mode)
            inner = Tensor.apply(pad, to: [inner], at: site)
        }
        return inner
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

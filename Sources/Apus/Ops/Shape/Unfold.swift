struct Unfold: SingleResult {
    let axis: Int
    let size: Int
    let step: Int
    let name = "unfold"

    func value(of inputs: [Tensor]) -> Tensor {
        var layout = inputs[0].layout
        let windows = (layout.shape[axis] - size) / step + 1
        layout.shape[axis] = windows
        layout.shape.append(size)
        layout.strides.append(layout.strides[axis])
        // A single window needs no step.
        if windows > 1 { layout.strides[axis] *= step }
        return inputs[0].viewed(layout)
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [backward.gradient.overlapAdded(axis: axis, step: step, to: backward.shape(0))]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        if size == 0 { return .everything }
        let window = AxisReach.window(span: size, stride: step, before: 0)
        return .axes(
            inputs[0].indices.map { ($0, $0 == axis ? window : .identity) } + [(nil, .identity)])
    }
}

/// The transpose of `Unfold`: windows added up where they overlap.
struct OverlapAdd: SingleResult {
    let axis: Int
    let step: Int
    let shape: Shape
    let name = "overlapAdd"

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let (windows, size) = (x.shape[axis], x.shape[x.rank - 1])
        let total = Tensor.zeros(shape, dtype: x.dtype)
        // Windows that are `apart` steps from each other do not overlap, and are added together.
        let apart = size == 0 ? 0 : (size - 1) / step + 1
        for first in 0..<min(apart, windows) {
            let count = (windows - first + apart - 1) / apart
            var chosen = x.layout
            chosen.offset += first * chosen.strides[axis]
            chosen.shape[axis] = count
            chosen.strides[axis] *= apart
            var starts = [Int](repeating: 0, count: shape.count)
            starts[axis] = first * step
            var axes = shape.indices.map { StridedView.Axis($0) }
            if count > 1 { axes[axis] = StridedView.Axis(axis, step: apart * step) }
            let targets = StridedView(
                starts: starts, shape: chosen.shape, axes: axes + [StridedView.Axis(axis)])
            total.write(x.viewed(chosen), through: targets, adding: true)
        }
        return total
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let input = backward.shape(0)
        let windows = backward.gradient.unfold(axis: axis, size: input[input.count - 1], step: step)
        return [windows.narrow(axis: axis, start: 0, count: input[axis])]
    }
}

extension Tensor {
    /// Windows of `size` positions that slide along an axis by `step`: a view whose axis counts the
    /// windows, and whose last, new axis runs through each. Of a scalar, which counts as one position, there is
    /// one window, which makes no axis.
    public func unfold(
        axis: Int, size: Int, step: Int = 1, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank == 0 {
            let axis = rowAxis(axis, "unfold", site)
            if !(0...1).contains(size) || step < 1 {
                fail(
                    "unfold", "windows of \(size) positions, \(step) apart, do not fit in a scalar", at: site)
            }
            return reshape([1]).narrow(axis: axis, start: 0, count: size)
        }
        let axis = self.axis(axis, "unfold", site)
        if size < 0 || size > shape[axis] || step < 1 {
            fail(
                "unfold",
                "windows of \(size) positions, \(step) apart, do not fit in axis \(axis) of shape \(shape)",
                at: site)
        }
        if rank == Layout.maximumRank { (shape + [size]).checkRank("unfold", site) }
        return Tensor.apply(Unfold(axis: axis, size: size, step: step), to: [self], at: site)
    }

    /// The transpose of `unfold`: windows, with their indices along `axis` and their positions along the last
    /// axis, added up where they overlap.
    func overlapAdded(axis: Int, step: Int, to target: Shape) -> Tensor {
        Tensor.apply(OverlapAdd(axis: axis, step: step, shape: target), to: [self], at: nil)
    }
}

extension Operation {
    static let unfold = Operation(
        "unfold", dtypes: DType.everything,
        [
            Sample("x.unfold(0, 1, 1)", [Input([])]) { $0[0].unfold(axis: 0, size: 1) },
            Sample("x.unfold(0, 3, 1)", [Input([6])]) { $0[0].unfold(axis: 0, size: 3) },
            Sample("x.unfold(1, 3, 2)", [Input([2, 8, 3])]) { $0[0].unfold(axis: 1, size: 3, step: 2) },
        ])
}

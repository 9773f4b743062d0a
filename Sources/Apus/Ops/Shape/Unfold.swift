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
        let windows = (shape[axis] - size) / step + 1
        var layout = layout
        layout.shape[axis] = windows
        layout.shape.append(size)
        layout.shape.checkRank("unfold", site)
        layout.strides.append(layout.strides[axis])
        // One window goes no step.
        if windows > 1 { layout.strides[axis] *= step }
        let result = record("unfold", viewed(layout), [self]) { [shape] backward in
            [backward.gradient.overlapAdded(axis: axis, step: step, to: shape)]
        }
        if size > 0 {
            result.node?.reach = { [rank] in
                let window = AxisReach.window(span: size, stride: step, before: 0)
                return .axes((0..<rank).map { ($0, $0 == axis ? window : .identity) } + [(nil, .identity)])
            }
        }
        return result
    }

    /// The transpose of `unfold`: windows, with their places along `axis` and their positions along the last
    /// axis, added up where they overlap.
    func overlapAdded(axis: Int, step: Int, to target: Shape) -> Tensor {
        let (windows, size) = (shape[axis], shape[rank - 1])
        var total = Tensor.zeros(target, dtype: dtype)
        // Every so many windows do not overlap, and are added at a time.
        let apart = size == 0 ? 0 : (size - 1) / step + 1
        for first in 0..<Swift.min(apart, windows) {
            let count = (windows - first + apart - 1) / apart
            let chosen = Selection(shape) { layout in
                var layout = layout
                layout.offset += first * layout.strides[axis]
                layout.shape[axis] = count
                layout.strides[axis] *= apart
                return layout
            }
            let places = Selection(target) { layout in
                var layout = layout
                layout.offset += first * step * layout.strides[axis]
                layout.shape.append(size)
                layout.strides.append(layout.strides[axis])
                layout.shape[axis] = count
                if count > 1 { layout.strides[axis] *= apart * step }
                return layout
            }
            total.place(selecting(chosen, "unfold"), places, adding: true, "unfold")
        }
        return total
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

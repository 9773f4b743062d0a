extension Tensor {
    /// Windows of `size` positions that slide along an axis by `step`: a view whose axis counts the
    /// windows, and whose last, new axis runs through each.
    public func unfold(
        axis: Int, size: Int, step: Int = 1, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
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
        layout.strides.append(layout.strides[axis])
        layout.strides[axis] *= step
        return record("unfold", viewed(layout), [self]) { [shape] backward in
            // Windows overlap: position `k` of all of them at a time, which do not.
            var total = Tensor.zeros(shape, dtype: backward.gradient.dtype)
            for k in 0..<size {
                let positions = Selection(shape) { layout in
                    var layout = layout
                    layout.offset += k * layout.strides[axis]
                    layout.shape[axis] = windows
                    layout.strides[axis] *= step
                    return layout
                }
                total.place(
                    backward.gradient.narrow(axis: -1, start: k, count: 1).squeeze(axis: -1), positions,
                    adding: true,
                    "unfold")
            }
            return [total]
        }
    }
}

extension Operation {
    static let unfold = Operation(
        "unfold", dtypes: DType.everything,
        [
            Sample("x.unfold(0, 3, 1)", [Input([6])]) { $0[0].unfold(axis: 0, size: 3) },
            Sample("x.unfold(1, 3, 2)", [Input([2, 8, 3])]) { $0[0].unfold(axis: 1, size: 3, step: 2) },
        ])
}

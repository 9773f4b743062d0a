extension Tensor {
    /// `count` positions of an axis from `start` on: a view.
    public func narrow(
        axis: Int, start: Int, count: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "narrow", site)
        let first = start < 0 ? start + shape[axis] : start
        if first < 0 || count < 0 || count > shape[axis] - first {
            fail(
                "narrow", "\(count) positions from \(start) do not lie within axis \(axis) of shape \(shape)",
                at: site)
        }
        if Observers.areNone, !isRecorded {
            // Loops call this for every step, so it makes nothing but the layout.
            var layout = layout
            if count > 0 { layout.offset += first * layout.strides[axis] }
            layout.shape[axis] = count
            return viewed(layout)
        }
        var starts = [Int](repeating: 0, count: rank)
        if count > 0 { starts[axis] = first }
        var extents = shape
        extents[axis] = count
        return selecting(Selection(StridedView(starts: starts, shape: extents)), "narrow", site)
    }
}

extension Operation {
    static let narrow = Operation(
        "narrow", dtypes: DType.everything,
        [Sample("x.narrow(1, 1, 2)", [Input([3, 4])]) { $0[0].narrow(axis: 1, start: 1, count: 2) }])
}

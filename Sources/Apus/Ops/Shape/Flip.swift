extension Tensor {
    /// `axes` in reverse: a view.
    public func flip(axes: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let mask = axisMask(axes, "flip", CallSite(file: file, line: line))
        let flipped = (0..<rank).filter { mask & (1 << $0) != 0 }
        var layout = layout
        for axis in flipped where shape[axis] > 0 {
            layout.offset += (shape[axis] - 1) * layout.strides[axis]
            layout.strides[axis] = -layout.strides[axis]
        }
        return record("flip", viewed(layout), [self]) { [$0.gradient.flip(axes: flipped)] }
    }

    public func flip(axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        flip(axes: [axis], file: file, line: line)
    }
}

extension Operation {
    static let flip = Operation(
        "flip", dtypes: DType.everything,
        [
            Sample("x.flip(0)", [Input([3, 4])]) { $0[0].flip(axis: 0) },
            Sample("x.flip(0, 2)", [Input([2, 3, 4])]) { $0[0].flip(axes: [0, -1]) },
        ])
}

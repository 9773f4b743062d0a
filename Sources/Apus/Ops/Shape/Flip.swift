struct Flip: SingleResult {
    let axes: [Int]
    var name: String { "flip" }

    func value(of inputs: [Tensor]) -> Tensor {
        var layout = inputs[0].layout
        for axis in axes where layout.shape[axis] > 0 {
            layout.offset += (layout.shape[axis] - 1) * layout.strides[axis]
            layout.strides[axis] = -layout.strides[axis]
        }
        return inputs[0].viewed(layout)
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.flip(axes: axes)] }
}

extension Tensor {
    /// `axes` in reverse: a view.
    public func flip(axes: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let mask = axisMask(axes, "flip", CallSite(file: file, line: line))
        let flipped = (0..<rank).filter { mask & (1 << $0) != 0 }
        return Tensor.apply(Flip(axes: flipped), to: [self], at: nil)
    }

    /// One axis in reverse: a view.
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

struct Squeeze: SingleResult {
    let axes: [Int]
    var name: String { "squeeze" }
    var isView: Bool { true }

    func value(of inputs: [Tensor]) -> Tensor {
        var layout = inputs[0].layout
        for axis in axes.reversed() {
            layout.shape.remove(at: axis)
            layout.strides.remove(at: axis)
        }
        return inputs[0].viewed(layout)
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.reshape(backward.shape(0))] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .reshape }
}

extension Tensor {
    /// This tensor without `axes`, each of extent 1: a view.
    public func squeeze(axes: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let gone = axisMask(axes, "squeeze", site)
        if let axis = shape.indices.first(where: { gone & (1 << $0) != 0 && shape[$0] != 1 }) {
            fail("squeeze", "axis \(axis) of shape \(shape) has \(shape[axis]) positions, not one", at: site)
        }
        if gone == 0 { return self }
        let sorted = (0..<rank).filter { gone & (1 << $0) != 0 }
        return Tensor.apply(Squeeze(axes: sorted), to: [self], at: nil)
    }

    /// This tensor without one axis, whose extent is 1: a view.
    public func squeeze(axis: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        squeeze(axes: [axis], file: file, line: line)
    }

    /// This tensor without any axis of extent 1: a view.
    public func squeeze() -> Tensor { squeeze(axes: (0..<rank).filter { shape[$0] == 1 }) }
}

extension Operation {
    static let squeeze = Operation(
        "squeeze", dtypes: DType.everything,
        [
            Sample("x.squeeze()", [Input([1, 3, 1, 4])]) { $0[0].squeeze() },
            Sample("x.squeeze(-2)", [Input([1, 3, 1, 4])]) { $0[0].squeeze(axis: -2) },
        ])
}

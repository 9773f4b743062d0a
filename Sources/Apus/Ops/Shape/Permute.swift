struct Permute: SingleResult {
    /// Axis `i` of the result is axis `axes[i]` of the input.
    let axes: [Int]
    var name: String { "permute" }
    var isView: Bool { true }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0].viewed(inputs[0].layout.permuted(axes)) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        var inverse = axes
        for (position, axis) in axes.enumerated() { inverse[axis] = position }
        return [backward.gradient.permute(inverse)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .kept(axes) }
}

extension Tensor {
    /// The axes in another order: a view.
    ///
    /// - Parameter axes: each axis once; axis `i` of the result is axis `axes[i]` of this tensor.
    public func permute(_ axes: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let order = axes.map { axis($0, "permute", site) }
        // The axes as bits: each once.
        let named = order.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        if order.count != rank || named.nonzeroBitCount != rank {
            fail("permute", "\(axes) does not name each axis of shape \(shape) once", at: site)
        }
        if node == nil, Observers.areNone { return viewed(layout.permuted(order)) }
        return Tensor.apply(Permute(axes: order), to: [self], at: nil)
    }

    /// The axes in another order: `x.permute(0, 2, 3, 1)` puts the second last, as a view.
    public func permute(_ axes: Int..., file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        permute(axes, file: file, line: line)
    }
}

extension Operation {
    static let permute = Operation(
        "permute", dtypes: DType.everything,
        [Sample("x.permute(2, 0, 1)", [Input([2, 3, 4])]) { $0[0].permute(2, 0, 1) }])
}

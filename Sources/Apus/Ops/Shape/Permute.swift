extension Tensor {
    /// The axes in another order: a view.
    ///
    /// - Parameter axes: each axis once; axis `i` of the result is axis `axes[i]` of this tensor.
    public func permute(_ axes: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let order = axes.map { axis($0, "permute", site) }
        if order.count != rank || Set(order).count != rank {
            fail("permute", "\(axes) does not name each axis of shape \(shape) once", at: site)
        }
        let result = record("permute", viewed(layout.permuted(order)), [self]) { backward in
            var inverse = order
            for (position, axis) in order.enumerated() { inverse[axis] = position }
            return [backward.gradient.permute(inverse)]
        }
        result.node?.reach = { .kept(order) }
        return result
    }

    public func permute(_ axes: Int..., file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        permute(axes, file: file, line: line)
    }
}

extension Operation {
    static let permute = Operation(
        "permute", dtypes: DType.everything,
        [Sample("x.permute(2, 0, 1)", [Input([2, 3, 4])]) { $0[0].permute(2, 0, 1) }])
}

extension Tensor {
    /// The plane of two axes rotated by `count` right angles, from the first axis towards the second: a view.
    ///
    /// - Parameter count: negative ones turn the other way.
    public func rot90(
        _ count: Int = 1, axes: (Int, Int) = (0, 1), file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (first, second) = (axis(axes.0, "rot90", site), axis(axes.1, "rot90", site))
        if first == second { fail("rot90", "axis \(first) alone of shape \(shape) spans no plane", at: site) }
        // The last two bits are the remainder for negative numbers as well.
        switch count & 3 {
        case 1: return flip(axis: second).transpose(first, second)
        case 2: return flip(axes: [first, second])
        case 3: return flip(axis: first).transpose(first, second)
        default: return self
        }
    }
}

extension Operation {
    static let rot90 = Operation(
        "rot90", dtypes: DType.everything,
        [
            Sample("torch.rot90(x)", [Input([3, 4])]) { $0[0].rot90() },
            Sample("torch.rot90(x, 2, (0, 2))", [Input([2, 3, 4])]) { $0[0].rot90(2, axes: (0, -1)) },
            Sample("torch.rot90(x, -1, (2, 1))", [Input([2, 3, 4])]) { $0[0].rot90(-1, axes: (2, 1)) },
        ])
}

extension Tensor {
    /// An axis in `count` consecutive parts, of which the first are one position longer where the extent does not
    /// divide: views.
    ///
    /// Unlike `chunk` it always gives as many parts, the last of them empty where positions are few.
    public func tensorSplit(
        _ count: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "tensorSplit", site)
        if count < 1 || count > Int32.max {
            fail("tensorSplit", "axis \(axis) of shape \(shape) has no \(count) parts", at: site)
        }
        let (size, rest) = shape[axis].quotientAndRemainder(dividingBy: count)
        let sizes = (0..<count).map { $0 < rest ? size + 1 : size }
        return split(sizes: sizes, axis: axis, file: file, line: line)
    }

    /// An axis cut before each of the given positions: views, one more than there are positions.
    ///
    /// - Parameter positions: negative ones count from the end, and what lies outside the axis means its ends, as
    ///   for slices in Python; a part whose end comes before its start is empty.
    public func tensorSplit(
        at positions: [Int], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        let axis = self.axis(axis, "tensorSplit", CallSite(file: file, line: line))
        let extent = shape[axis]
        let cuts = positions.map { Swift.min(Swift.max($0 < 0 ? $0 + extent : $0, 0), extent) }
        return zip([0] + cuts, cuts + [extent]).map { start, end in
            narrow(axis: axis, start: start, count: Swift.max(0, end - start), file: file, line: line)
        }
    }
}

extension Operation {
    static let tensorSplit = Operation(
        "tensorSplit", dtypes: DType.everything,
        [
            Sample("x.tensor_split(3, 1)[0]", [Input([2, 7])]) { $0[0].tensorSplit(3, axis: 1).part(0) },
            Sample("x.tensor_split(3)[2]", [Input([2, 7])]) { $0[0].tensorSplit(3).part(2) },
            Sample("x.tensor_split((2, -2), 1)[1]", [Input([2, 7])]) {
                $0[0].tensorSplit(at: [2, -2], axis: 1).part(1)
            },
            Sample("torch.cat(x.tensor_split((4, 2, 9)))", [Input([7, 2])]) {
                .cat($0[0].tensorSplit(at: [4, 2, 9]))
            },
        ])
}

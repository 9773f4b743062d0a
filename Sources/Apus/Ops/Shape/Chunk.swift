extension Tensor {
    /// An axis in at most `count` equal parts, the last of which may be shorter: views.
    ///
    /// As in PyTorch there are fewer parts where the extent does not divide: 5 positions in 4 parts give 3.
    public func chunk(_ count: Int, axis: Int = 0, file: StaticString = #fileID, line: UInt = #line)
        -> [Tensor]
    {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "chunk", site)
        if count < 1 { fail("chunk", "an axis has no \(count) parts", at: site) }
        if shape[axis] == 0 {
            if count > Extents.most { fail("chunk", "\(count) empty parts are too many", at: site) }
            return Array(repeating: self, count: count)
        }
        return split(size: (shape[axis] - 1) / count + 1, axis: axis, file: file, line: line)
    }
}

extension Operation {
    static let chunk = Operation(
        "chunk", dtypes: DType.everything,
        [Sample("x.chunk(4, 1)[2]", [Input([2, 5])]) { $0[0].chunk(4, axis: 1).part(2) }])
}

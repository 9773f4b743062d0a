extension Tensor {
    /// Each position of an axis `count` times in a row.
    public func repeatInterleave(
        _ count: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "repeatInterleave", site)
        if count < 0 { fail("repeatInterleave", "nothing can be repeated \(count) times", at: site) }
        var merged = shape
        merged[axis] *= count
        // The axes on either side are one each: a new one could be one too many.
        let (outer, inner) = (shape[...axis].reduce(1, *), shape[(axis + 1)...].reduce(1, *))
        return reshape([outer, 1, inner]).broadcast(to: [outer, count, inner]).reshape(merged)
    }

    /// Position `i` of an axis `counts[i]` times in a row.
    public func repeatInterleave(
        _ counts: [Int], axis: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "repeatInterleave", site)
        if counts.count != shape[axis] || counts.contains(where: { $0 < 0 }) {
            fail("repeatInterleave", "\(counts) is not one count a position of axis \(axis)", at: site)
        }
        let index = counts.enumerated().flatMap { Array(repeating: $0.offset, count: $0.element) }
        return indexSelect(
            axis: axis, index: Tensor(index, shape: [index.count]), file: file, line: line)
    }
}

extension Operation {
    static let repeatInterleave = Operation(
        "repeatInterleave", dtypes: DType.everything,
        [
            Sample("x.repeat_interleave(3, 1)", [Input([2, 3])]) { $0[0].repeatInterleave(3, axis: 1) },
            Sample("x.repeat_interleave(torch.tensor([2, 0, 1]), 1)", [Input([2, 3])]) {
                $0[0].repeatInterleave([2, 0, 1], axis: 1)
            },
        ])
}

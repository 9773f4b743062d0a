extension Tensor {
    /// Each position of an axis `count` times in a row.
    public func repeatInterleave(
        _ count: Int, axis: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axis = self.axis(axis, "repeatInterleave", site)
        if count < 0 { fail("repeatInterleave", "nothing can be repeated \(count) times", at: site) }
        var merged = shape
        merged[axis] = merged[axis].multipliedClamped(by: count)
        Tensor.checkShape(merged, "repeatInterleave", site)
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
        var result = shape
        result[axis] = counts.clampedSum
        Tensor.checkShape(result, "repeatInterleave", site)
        var index = onItsDevice { Tensor(uninitialized: [result[axis]], .int64) }
        index.withUnsafeMutableBytes { bytes in
            let index = bytes.bindMemory(to: Int64.self)
            var start = 0
            for (position, count) in counts.enumerated() {
                index[start..<(start + count)].update(repeating: Int64(position))
                start += count
            }
        }
        return indexSelect(axis: axis, index: index, file: file, line: line)
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

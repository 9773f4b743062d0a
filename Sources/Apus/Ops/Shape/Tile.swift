extension Tensor {
    /// This tensor laid out `counts[i]` times along axis `i`.
    ///
    /// - Parameter counts: one an axis; more of them add leading axes, fewer count for the last ones.
    public func tile(_ counts: [Int], file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        if counts.contains(where: { $0 < 0 }) { fail("tile", "\(counts) has a negative count", at: site) }
        counts.checkRank("tile", site)
        let rank = Swift.max(counts.count, self.rank)
        let counts = Array(repeating: 1, count: rank - counts.count) + counts
        let extents = Array(repeating: 1, count: rank - self.rank) + shape
        var (split, full, merged): (Shape, Shape, Shape) = ([], [], [])
        for (count, extent) in zip(counts, extents) {
            // An axis is split in two only where both parts are needed: twice the axes could be more than a tensor may
            // have.
            if count != 1 {
                split.append(1)
                full.append(count)
            }
            if extent != 1 {
                split.append(extent)
                full.append(extent)
            }
            merged.append(count.multipliedClamped(by: extent))
        }
        Tensor.checkShape(merged, "tile", site)
        return reshape(split).broadcast(to: full).reshape(merged)
    }
}

extension Operation {
    static let tile = Operation(
        "tile", dtypes: DType.everything,
        [
            Sample("x.tile((2, 3))", [Input([2, 3])]) { $0[0].tile([2, 3]) },
            Sample("x.tile((2,))", [Input([2, 3])]) { $0[0].tile([2]) },
            Sample("x.tile((2, 1, 2))", [Input([2, 3])]) { $0[0].tile([2, 1, 2]) },
        ])
}

extension Tensor {
    /// `axes` moved to the end and merged into one.
    func merging(_ axes: [Int], _ operation: String, _ site: CallSite?) -> Tensor {
        let folded = axisMask(axes, operation, site)
        let kept = (0..<rank).filter { folded & (1 << $0) == 0 }
        let last = (0..<rank).filter { folded & (1 << $0) != 0 }
        return permute(kept + last).reshape(
            kept.map { shape[$0] } + [last.map { shape[$0] }.elementCount])
    }

    /// The inverse of `merging`, for a tensor that had `shape` before.
    func unmerging(_ axes: [Int], to shape: Shape) -> Tensor {
        let folded = Set(axes.map { $0 < 0 ? $0 + shape.count : $0 })
        let order = shape.indices.filter { !folded.contains($0) } + shape.indices.filter(folded.contains)
        var inverse = order
        for (position, axis) in order.enumerated() { inverse[axis] = position }
        return reshape(order.map { shape[$0] }).permute(inverse)
    }

    /// Axis numbers of all axes.
    var allAxes: [Int] { Array(0..<rank) }

    /// n × n booleans, true on the diagonal.
    static func diagonalMask(_ n: Int) -> Tensor { eye(n, dtype: .bool) }

    /// This tensor with an axis, which `rowAxis` returned, swapped with the last one. The same call undoes it.
    func swappingLast(_ axis: Int) -> Tensor {
        rank == 0 || axis == rank - 1 ? self : transpose(axis, rank - 1)
    }
}

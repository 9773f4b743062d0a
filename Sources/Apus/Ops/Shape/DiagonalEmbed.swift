extension Tensor {
    /// Square matrices with the last axis on a diagonal and zeros elsewhere: [..., n] gives
    /// [..., n + |offset|, n + |offset|].
    ///
    /// - Parameter offset: 0 is the main diagonal, positive ones lie above it.
    public func diagonalEmbed(_ offset: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank == 0 { fail("diagonalEmbed", "a scalar has no axis to lay on a diagonal", at: site) }
        (shape + [1]).checkRank("diagonalEmbed", site)
        let side = shape[rank - 1].addingClamped(offset.magnitudeClamped)
        Tensor.checkShape(shape.dropLast() + [side, side], "diagonalEmbed", site)
        let (down, right) = (Swift.max(-offset, 0), Swift.max(offset, 0))
        let selection = Selection(shape.dropLast() + [side, side]) { layout in
            let last = layout.rank - 1
            var diagonal = layout
            diagonal.strides.removeLast(2)
            diagonal.shape.removeLast(2)
            diagonal.shape.append(layout.shape[last] - down - right)
            diagonal.strides.append(layout.strides[last - 1] + layout.strides[last])
            diagonal.offset += down * layout.strides[last - 1] + right * layout.strides[last]
            return diagonal
        }
        var result = Tensor.zeros(selection.shape, dtype: dtype)
        result.place(self, selection, "diagonalEmbed", site)
        return result
    }
}

extension Operation {
    static let diagonalEmbed = Operation(
        "diagonalEmbed", dtypes: DType.everything,
        [
            Sample("torch.diag_embed(x)", [Input([2, 3])]) { $0[0].diagonalEmbed() },
            Sample("torch.diag_embed(x, -1)", [Input([3])]) { $0[0].diagonalEmbed(-1) },
        ])
}

struct DiagonalEmbed: SingleResult {
    let offset: Int
    let name = "diagonalEmbed"

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, last) = (inputs[0], inputs[0].rank - 1)
        let side = x.shape[last] + abs(offset)
        let result = Tensor.zeros(x.shape.dropLast() + [side, side], dtype: x.dtype)
        result.write(
            x, through: .diagonal(of: result.shape, last, last + 1, offset: offset), adding: false)
        return result
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.diagonal(offset)] }
}

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
        return Tensor.apply(DiagonalEmbed(offset: offset), to: [self], at: site)
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

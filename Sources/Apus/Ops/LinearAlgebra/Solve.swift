import ApusKernels

extension Tensor {
    /// X with A·X = B for the square matrices A in this tensor's last two axes.
    ///
    /// - Parameter b: [..., n, columns], or vectors: of shape [n], or the shape of A without its last
    ///   axis. Leading axes broadcast.
    /// - Throws: `LinearAlgebraError` where a matrix A is not finite or singular.
    public func solve(_ b: Tensor, file: StaticString = #fileID, line: UInt = #line) throws -> Tensor {
        let site = CallSite(file: file, line: line)
        if b.rank == 1 || (b.rank == rank - 1 && b.shape == Array(shape.dropLast())) {
            return try solve(b.unsqueeze(-1), file: file, line: line).squeeze(axis: -1)
        }
        let (a, b) = Tensor.system(self, b, "solve", site)
        let factors = LUFactors(a)
        try LinearAlgebraError.check(factors.info, "solve", .singular)
        return Tensor.solved(a, b, adjoint: false, factors)
    }

    /// X with A·X = B, or Aᴴ·X = B, from A's factors; recorded.
    ///
    /// With G the gradient of X, that of B is A⁻ᴴG and that of A is −(A⁻ᴴG)Xᴴ; with A and Aᴴ
    /// exchanged for the adjoint.
    static func solved(_ a: Tensor, _ b: Tensor, adjoint: Bool, _ factors: LUFactors) -> Tensor {
        record("solve", factors.solve(b, adjoint: adjoint), [a, b], savesOutput: true) { backward in
            let toB = solved(a, backward.gradient, adjoint: !adjoint, factors)
            if !backward.needs[0] { return [nil, toB] }
            let x = backward.output
            return [adjoint ? -x.matmul(toB.adjoint()) : -toB.matmul(x.adjoint()), toB]
        }
    }
}

extension Operation {
    static let solve = Operation(
        "solve", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.solve(x + 5 * torch.eye(3), y)", [Input([3, 3]), Input([3, 2])]) {
                try! ($0[0] + 5 * Tensor.eye(3)).solve($0[1])
            },
            Sample("torch.linalg.solve(x + 5 * torch.eye(3), y)", [Input([2, 3, 3]), Input([2, 3])]) {
                try! ($0[0] + 5 * Tensor.eye(3)).solve($0[1])
            },
            Sample("torch.linalg.solve(x + 5 * torch.eye(3), y)", [Input([3, 3]), Input([2, 3, 2])]) {
                try! ($0[0] + 5 * Tensor.eye(3)).solve($0[1])
            },
        ])
}

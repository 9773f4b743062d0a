/// X with A·X = B, or Aᴴ·X = B, computed from B and A's factors; A itself is an input for the gradient alone.
///
/// With G the gradient of X, that of B is A⁻ᴴG and that of A is −(A⁻ᴴG)Xᴴ; with A and Aᴴ exchanged for the adjoint.
struct Solve: SingleResult {
    let adjoint: Bool
    let name = "solve"
    var types: TypeRule { .factorization }

    func value(of inputs: [Tensor]) -> Tensor {
        LUFactors(inputs[2], inputs[3]).solve(inputs[1], adjoint: adjoint)
    }

    func saved(for needs: [Bool]) -> Saved {
        let saved: Saved = [.input(0), .input(2), .input(3)]
        return needs[0] ? saved.union(.output) : saved
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let factors = LUFactors(backward.input(2), backward.input(3))
        let toB = Tensor.solved(backward.input(0), backward.gradient, adjoint: !adjoint, factors)
        if !backward.needs[0] { return [nil, toB, nil, nil] }
        let x = backward.output
        return [adjoint ? -x.matmul(toB.adjoint()) : -toB.matmul(x.adjoint()), toB, nil, nil]
    }
}

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
        let factors = try LUFactors(a, "solve", refusesSingular: true)
        return Tensor.solved(a, b, adjoint: false, factors)
    }

    /// X with A·X = B, or Aᴴ·X = B, from A's factors.
    static func solved(_ a: Tensor, _ b: Tensor, adjoint: Bool, _ factors: LUFactors) -> Tensor {
        apply(Solve(adjoint: adjoint), to: [a, b, factors.lu, factors.pivots], at: nil)
    }
}

extension Operation {
    static let solve = Operation(
        "solve", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.solve(x + 5 * torch.eye(3), y)", [Input([3, 3]), Input([3, 2])]) {
                try! ($0[0] + 5 * Tensor.eye(3).to($0[0].device)).solve($0[1])
            },
            Sample("torch.linalg.solve(x + 5 * torch.eye(3), y)", [Input([2, 3, 3]), Input([2, 3])]) {
                try! ($0[0] + 5 * Tensor.eye(3).to($0[0].device)).solve($0[1])
            },
            Sample("torch.linalg.solve(x + 5 * torch.eye(3), y)", [Input([3, 3]), Input([2, 3, 2])]) {
                try! ($0[0] + 5 * Tensor.eye(3).to($0[0].device)).solve($0[1])
            },
        ])
}

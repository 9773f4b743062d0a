/// Which triangle of a matrix is read.
struct Triangle: Sendable {
    let upper: Bool
    /// Whether the diagonal counts as ones, whatever it holds.
    let unitDiagonal: Bool

    /// The matrices with zeros in the other triangle.
    func masked(_ x: Tensor) -> Tensor {
        let first = unitDiagonal ? 1 : 0
        return upper ? x.triu(first) : x.tril(-first)
    }
}

/// X with A·X = B, or Aᴴ·X = B; with the gradients of `Solve` within the triangle.
struct TriangularSolve: SingleResult {
    let triangle: Triangle
    let adjoint: Bool
    let name = "triangularSolve"
    var types: TypeRule { .factorization }

    func value(of inputs: [Tensor]) -> Tensor {
        let (a, b) = (inputs[0].detachedContiguous(), inputs[1].detachedContiguous())
        let result = Tensor(uninitialized: b.shape, b.dtype)
        kernels.triangularSolve(
            b.dtype, batch: b.matrixCount, n: b.rows, columns: b.columns, a: a.start,
            upper: triangle.upper, unitDiagonal: triangle.unitDiagonal,
            transposition: adjoint ? .adjoint : .none, b: b.start, x: result.start)
        withExtendedLifetime((a, b)) {}
        return result
    }

    func saved(for needs: [Bool]) -> Saved { needs[0] ? [.input(0), .output] : .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let toB = Tensor.solved(triangle, backward.input(0), backward.gradient, adjoint: !adjoint)
        if !backward.needs[0] { return [nil, toB] }
        let x = backward.output
        let toA = adjoint ? -x.matmul(toB.adjoint()) : -toB.matmul(x.adjoint())
        return [triangle.masked(toA), toB]
    }
}

extension Tensor {
    /// X with A·X = B for the triangular matrices A in this tensor's last two axes; the other triangles
    /// are not looked at. Where a diagonal holds a zero the result is not finite.
    ///
    /// - Parameters:
    ///   - b: [..., n, columns]; leading axes broadcast.
    ///   - upper: whether A is upper triangular.
    ///   - left: false solves X·A = B, with b of shape [..., rows, n].
    ///   - unitDiagonal: takes the diagonal for ones without looking at it.
    public func triangularSolve(
        _ b: Tensor, upper: Bool, left: Bool = true, unitDiagonal: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (a, b) = Tensor.system(
            self, b, "triangularSolve", left: left, CallSite(file: file, line: line))
        let triangle = Triangle(upper: upper, unitDiagonal: unitDiagonal)
        if left { return Tensor.solved(triangle, a, b, adjoint: false) }
        return Tensor.solved(triangle, a, b.adjoint(), adjoint: true).adjoint()
    }

    /// X with A·X = B, or Aᴴ·X = B.
    static func solved(_ triangle: Triangle, _ a: Tensor, _ b: Tensor, adjoint: Bool) -> Tensor {
        apply(TriangularSolve(triangle: triangle, adjoint: adjoint), to: [a, b], at: nil)
    }
}

extension Operation {
    static let triangularSolve = Operation(
        "triangularSolve", dtypes: DType.factorizable,
        [
            Sample(
                "torch.linalg.solve_triangular(x + 4 * torch.eye(3), y, upper=True)",
                [Input([3, 3]), Input([3, 2])]
            ) { ($0[0] + 4 * Tensor.eye(3).to($0[0].device)).triangularSolve($0[1], upper: true) },
            Sample(
                "torch.linalg.solve_triangular(x + 4 * torch.eye(3), y, upper=False, left=False)",
                [Input([2, 3, 3]), Input([2, 3])]
            ) {
                ($0[0] + 4 * Tensor.eye(3).to($0[0].device)).triangularSolve($0[1], upper: false, left: false)
            },
            Sample(
                "torch.linalg.solve_triangular(x, y, upper=False, unitriangular=True)",
                [Input([3, 3], -0.5, 0.5), Input([2, 3, 2])]
            ) { $0[0].triangularSolve($0[1], upper: false, unitDiagonal: true) },
        ])
}

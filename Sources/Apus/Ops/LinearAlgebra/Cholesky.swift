/// The lower triangular L with A = L·Lᴴ.
///
/// With G the gradient of L and P the lower triangle of LᴴG, the gradient is L⁻ᴴ·½(P + tril(P, −1)ᴴ)·L⁻¹ (Murray 2016,
/// "Differentiation of the Cholesky decomposition").
struct Cholesky: SingleResult {
    let name = "cholesky"
    var types: TypeRule { .factorization }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let a = inputs[0]
        let source = a.detachedContiguous()
        let result = Tensor(uninitialized: a.shape, a.dtype)
        let info = kernels.cholesky(
            a.dtype, batch: a.matrixCount, n: a.rows, a: source.start, l: result.start)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.check(info, name, .notPositiveDefinite)
        return result
    }

    func saved(for needs: [Bool]) -> Saved { .output }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let l = backward.output
        let p = l.adjoint().matmul(backward.gradient).tril()
        let middle = (p + p.tril(-1).adjoint()) * 0.5
        let triangle = Triangle(upper: false, unitDiagonal: false)
        // M·L⁻¹ = (L⁻ᴴ·Mᴴ)ᴴ
        let right = Tensor.solved(triangle, l, middle.adjoint(), adjoint: true).adjoint()
        return [Tensor.solved(triangle, l, right, adjoint: true)]
    }
}

extension Tensor {
    /// The lower triangular L with A = L·Lᴴ, for the Hermitian positive-definite matrices in the last
    /// two axes, of which only the lower triangles are read.
    ///
    /// - Parameter upper: gives Lᴴ instead.
    /// - Throws: `LinearAlgebraError` where a matrix is not finite or not positive definite.
    public func cholesky(upper: Bool = false, file: StaticString = #fileID, line: UInt = #line) throws
        -> Tensor
    {
        let a = matrices("cholesky", square: true, CallSite(file: file, line: line))
        let l = try Tensor.results(of: Cholesky(), [a])[0]
        return upper ? l.adjoint() : l
    }
}

extension Operation {
    static let cholesky = Operation(
        "cholesky", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.cholesky(x @ x.mH + 2 * torch.eye(3))", [Input([3, 3])]) {
                try! ($0[0].matmul($0[0].adjoint()) + 2 * Tensor.eye(3).to($0[0].device)).cholesky()
            },
            Sample("torch.linalg.cholesky(x @ x.mH + 2 * torch.eye(2), upper=True)", [Input([2, 2, 3])]) {
                try! ($0[0].matmul($0[0].adjoint()) + 2 * Tensor.eye(2).to($0[0].device)).cholesky(
                    upper: true)
            },
        ])
}

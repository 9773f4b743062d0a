import ApusKernels

extension Tensor {
    /// A = V·diag(w)·Vᴴ for the Hermitian (real symmetric) matrices in the last two axes, eigenvalues
    /// ascending.
    ///
    /// [..., n, n] gives w [..., n] (real) and V [..., n, n], an eigenvector in each column. Eigenvectors
    /// are determined up to a factor of magnitude 1: gradients are defined for functions that do not
    /// depend on it, and finite where no eigenvalue is repeated. With Gw and GV the gradients, that of A
    /// is V·(diag(Gw) + VᴴGV / E)·Vᴴ, where Eᵢⱼ = wⱼ − wᵢ.
    ///
    /// - Parameter lower: reads only the lower triangles, otherwise only the upper ones.
    /// - Throws: `LinearAlgebraError` where a triangle is not finite or the iteration did not converge.
    public func eigh(lower: Bool = true, file: StaticString = #fileID, line: UInt = #line) throws -> (
        values: Tensor, vectors: Tensor
    ) {
        let a = matrices("eigh", square: true, CallSite(file: file, line: line))
        let v = Tensor(uninitialized: a.shape, a.dtype)
        let w = try a.eigenvalues("eigh", lower: lower, vectors: v)
        return (
            a.recordEigenvalues(w, v, lower),
            a.record("eigh", v, [a]) { backward in
                let (w, v) = a.eighFactors(w, v, lower)
                let n = w.shape[w.rank - 1]
                let gaps = w.unsqueeze(-2) - w.unsqueeze(-1) + Tensor.eye(n, dtype: w.dtype)
                let turn = v.adjoint().matmul(backward.gradient) / gaps
                let middle = turn - turn.diagonal().diagonalEmbed()
                return [v.matmul(middle).matmul(v.adjoint())]
            }
        )
    }

    /// The eigenvalues of the Hermitian matrices in the last two axes, ascending.
    ///
    /// - Parameter lower: reads only the lower triangles, otherwise only the upper ones.
    /// - Throws: `LinearAlgebraError` where a triangle is not finite or the iteration did not converge.
    public func eigvalsh(lower: Bool = true, file: StaticString = #fileID, line: UInt = #line) throws
        -> Tensor
    {
        let a = matrices("eigvalsh", square: true, CallSite(file: file, line: line))
        if !a.isRecorded { return try a.eigenvalues("eigvalsh", lower: lower, vectors: nil) }
        let v = Tensor(uninitialized: a.shape, a.dtype)
        let w = try a.eigenvalues("eigvalsh", lower: lower, vectors: v)
        return a.recordEigenvalues(w, v, lower)
    }

    private func recordEigenvalues(_ w: Tensor, _ v: Tensor, _ lower: Bool) -> Tensor {
        record("eigh", w, [self]) { [self] backward in
            let v = eighFactors(w, v, lower).v
            return [(v * backward.gradient.unsqueeze(-2)).matmul(v.adjoint())]
        }
    }

    /// The factors, computed anew with a history where gradients are to be differentiated; as in qr, no output's function
    /// holds the other output with its history.
    private func eighFactors(_ w: Tensor, _ v: Tensor, _ lower: Bool) -> (w: Tensor, v: Tensor) {
        if GradientMode.current == .recording, let again = try? eigh(lower: lower) {
            return (again.values, again.vectors)
        }
        return (w, v)
    }

    /// The eigenvalues without history; the eigenvectors are written to `vectors`.
    private func eigenvalues(_ operation: String, lower: Bool, vectors: Tensor?) throws -> Tensor {
        let source = detachedContiguous()
        let w = Tensor(uninitialized: lead + [rows], dtype.realType)
        let info = LinearAlgebraKernels.eigh(
            dtype, batch: matrixCount, n: rows, lower: lower, a: source.start, w: w.start, v: vectors?.start)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.check(info, operation, .notConverged)
        return w
    }
}

extension Operation {
    // Eigenvectors are determined up to factors that cancel in these products.
    static let eigh = Operation(
        "eigh", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.eigvalsh(x + x.mH)", [Input([3, 3])]) {
                try! ($0[0] + $0[0].adjoint()).eigvalsh()
            },
            Sample(
                "(lambda w, v: (v * (w * w * w).unsqueeze(-2)) @ v.mH)(*torch.linalg.eigh(x + x.mH))",
                [Input([2, 3, 3])]
            ) {
                let (w, v) = try! ($0[0] + $0[0].adjoint()).eigh(lower: false)
                return (v * (w * w * w).unsqueeze(-2)).matmul(v.adjoint())
            },
        ])
}

/// The eigenvalues and eigenvectors of Hermitian matrices.
///
/// With Gw and GV their gradients, that of A is V·(diag(Gw) + VᴴGV / E)·Vᴴ, where Eᵢⱼ = wⱼ − wᵢ.
struct Eigh: Primitive {
    let name: String
    /// Reads only the lower triangles, otherwise only the upper ones.
    let lower: Bool
    var types: TypeRule { .factorization }

    func values(of inputs: [Tensor]) throws -> [Tensor] {
        let a = inputs[0]
        let v = Tensor(uninitialized: a.shape, a.dtype)
        let w = try Eigvalsh.eigenvalues(a, name, lower: lower, vectors: v)
        return [w, v]
    }

    func saved(for needs: [Bool]) -> Saved { [.input(0), .output(0), .output(1)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (w, v) = factors(backward)
        if backward.index == 0 {
            return [(v * backward.gradient.unsqueeze(-2)).matmul(v.adjoint())]
        }
        let n = w.shape[w.rank - 1]
        let gaps = w.unsqueeze(-2) - w.unsqueeze(-1) + Tensor.eye(n, dtype: w.dtype)
        let rotation = v.adjoint().matmul(backward.gradient) / gaps
        let middle = rotation - rotation.diagonal().diagonalEmbed()
        return [v.matmul(middle).matmul(v.adjoint())]
    }

    /// The factors, computed anew with a history where gradients are to be differentiated: each result's
    /// gradient depends on the other result too.
    private func factors(_ backward: Backward) -> (w: Tensor, v: Tensor) {
        if GradientMode.current == .recording, let again = try? backward.input(0).eigh(lower: lower) {
            return (again.values, again.vectors)
        }
        return (backward.output(0), backward.output(1))
    }
}

/// The eigenvalues of Hermitian matrices alone, which is faster.
struct Eigvalsh: SingleResult {
    let lower: Bool
    let name = "eigvalsh"
    var types: TypeRule { .factorization }

    func value(of inputs: [Tensor]) throws -> Tensor {
        try Eigvalsh.eigenvalues(inputs[0], name, lower: lower, vectors: nil)
    }

    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        guard let v = try? backward.input(0).eigh(lower: lower).vectors else {
            fail(name, "there are no eigenvectors for its gradient")
        }
        return [(v * backward.gradient.unsqueeze(-2)).matmul(v.adjoint())]
    }

    /// The eigenvectors are written to `vectors`.
    fileprivate static func eigenvalues(_ a: Tensor, _ operation: String, lower: Bool, vectors: Tensor?)
        throws -> Tensor
    {
        let source = a.detachedContiguous()
        let w = Tensor(uninitialized: a.lead + [a.rows], a.dtype.realType)
        let info = kernels.eigh(
            a.dtype, batch: a.matrixCount, n: a.rows, lower: lower, a: source.start, w: w.start,
            v: vectors?.start)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.check(info, operation, .notConverged)
        return w
    }
}

extension Tensor {
    /// A = V·diag(w)·Vᴴ for the Hermitian (real symmetric) matrices in the last two axes, eigenvalues
    /// ascending.
    ///
    /// [..., n, n] gives w [..., n] (real) and V [..., n, n], an eigenvector in each column. Eigenvectors
    /// are determined up to a factor of magnitude 1: gradients are defined for functions that do not
    /// depend on it, and finite where no eigenvalue is repeated.
    ///
    /// - Parameter lower: reads only the lower triangles, otherwise only the upper ones.
    /// - Throws: `LinearAlgebraError` where a triangle is not finite or the iteration did not converge.
    public func eigh(lower: Bool = true, file: StaticString = #fileID, line: UInt = #line) throws -> (
        values: Tensor, vectors: Tensor
    ) {
        let a = matrices("eigh", square: true, CallSite(file: file, line: line))
        let results = try Tensor.results(of: Eigh(name: "eigh", lower: lower), [a])
        return (results[0], results[1])
    }

    /// The eigenvalues of the Hermitian matrices in the last two axes, ascending.
    ///
    /// - Parameter lower: reads only the lower triangles, otherwise only the upper ones.
    /// - Throws: `LinearAlgebraError` where a triangle is not finite or the iteration did not converge.
    public func eigvalsh(lower: Bool = true, file: StaticString = #fileID, line: UInt = #line) throws
        -> Tensor
    {
        let a = matrices("eigvalsh", square: true, CallSite(file: file, line: line))
        // The gradient is made of the eigenvectors.
        if a.isRecorded { return try Tensor.results(of: Eigh(name: "eigvalsh", lower: lower), [a])[0] }
        return try Tensor.results(of: Eigvalsh(lower: lower), [a])[0]
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

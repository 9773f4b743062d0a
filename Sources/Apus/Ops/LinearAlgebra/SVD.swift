/// A = U·diag(S)·Vᴴ: the results are U, S and Vᴴ.
struct SVD: Primitive {
    let name: String
    /// U is m × m and Vᴴ n × n.
    let full: Bool
    var types: TypeRule { .factorization }

    func values(of inputs: [Tensor]) throws -> [Tensor] {
        let (u, s, vh) = try SVD.values(inputs[0], name, full: full)
        return [u, s, vh]
    }

    static func values(_ a: Tensor, _ operation: String, full: Bool) throws -> (
        u: Tensor, s: Tensor, vh: Tensor
    ) {
        let k = Swift.min(a.rows, a.columns)
        let u = Tensor(uninitialized: a.lead + [a.rows, full ? a.rows : k], a.dtype)
        let vh = Tensor(uninitialized: a.lead + [full ? a.columns : k, a.columns], a.dtype)
        return (u, try singularValues(a, operation, full: full, u: u, vh: vh), vh)
    }

    /// The singular values; the singular vectors are written to `u` and `vh`.
    fileprivate static func singularValues(
        _ a: Tensor, _ operation: String, full: Bool, u: Tensor?, vh: Tensor?
    ) throws -> Tensor {
        let source = a.detachedContiguous()
        let s = Tensor(uninitialized: a.lead + [Swift.min(a.rows, a.columns)], a.dtype.realType)
        let info = kernels.svd(
            a.dtype, batch: a.matrixCount, m: a.rows, n: a.columns, full: full, a: source.start, u: u?.start,
            s: s.start, vh: vh?.start)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.check(info, operation, .notConverged)
        return s
    }

    func saved(for needs: [Bool]) -> Saved { [.input(0), .output(0), .output(1), .output(2)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (factors, gradient) = (factors(backward), backward.gradient)
        let k = factors.s.shape[factors.s.rank - 1]
        switch backward.index {
        case 0: return [factors.gradient(ofU: gradient.narrow(axis: -1, start: 0, count: k))]
        case 1: return [factors.gradient(ofS: gradient)]
        default: return [factors.gradient(ofVH: gradient.narrow(axis: -2, start: 0, count: k))]
        }
    }

    /// The factors, computed anew with a history where gradients are to be differentiated: each result's
    /// gradient depends on the other results too.
    private func factors(_ backward: Backward) -> SVDFactors {
        if GradientMode.current == .recording, let again = try? backward.input(0).svd() {
            return SVDFactors(u: again.u, s: again.s, vh: again.vh)
        }
        let (u, s, vh) = (backward.output(0), backward.output(1), backward.output(2))
        let k = s.shape[s.rank - 1]
        return SVDFactors(
            u: u.narrow(axis: -1, start: 0, count: k), s: s, vh: vh.narrow(axis: -2, start: 0, count: k))
    }
}

/// The singular values alone, which is faster.
struct SingularValues: SingleResult {
    let name = "svdvals"
    var types: TypeRule { .factorization }

    func value(of inputs: [Tensor]) throws -> Tensor {
        try SVD.singularValues(inputs[0], name, full: false, u: nil, vh: nil)
    }

    func saved(for needs: [Bool]) -> Saved { .input(0) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        guard let (u, s, vh) = try? backward.input(0).svd() else {
            fail(name, "there are no singular vectors for its gradient")
        }
        return [SVDFactors(u: u, s: s, vh: vh).gradient(ofS: backward.gradient)]
    }
}

/// Gradients through a reduced singular value decomposition, each for one output (Townsend 2016,
/// "Differentiating the singular value decomposition"; Wan and Zhang 2019 for complex matrices).
private struct SVDFactors {
    let u: Tensor
    let s: Tensor
    let vh: Tensor

    /// sⱼ² − sᵢ² with ones on the diagonal.
    private var gaps: Tensor {
        let squares = s * s
        return squares.unsqueeze(-2) - squares.unsqueeze(-1) + Tensor.eye(s.shape[s.rank - 1], dtype: s.dtype)
    }

    /// U·diag(G)·Vᴴ
    func gradient(ofS g: Tensor) -> Tensor { (u * g.unsqueeze(-2)).matmul(vh) }

    func gradient(ofU g: Tensor) -> Tensor {
        let product = u.adjoint().matmul(g)
        let skew = product - product.adjoint()
        var middle = skew / gaps * s.unsqueeze(-2)
        if g.dtype.isComplex {
            // The phases that U and V share are taken from U.
            let diagonal = skew.diagonal()
            middle = middle + (diagonal / (2 * s) - diagonal * s).diagonalEmbed()
        }
        var left = u.matmul(middle)
        if u.rows > u.columns {
            // The part that lies outside of the span of U.
            let scaled = g / s.unsqueeze(-2)
            left = left + scaled - u.matmul(u.adjoint().matmul(scaled))
        }
        return left.matmul(vh)
    }

    func gradient(ofVH g: Tensor) -> Tensor {
        let product = vh.matmul(g.adjoint())
        let skew = product - product.adjoint()
        var middle = s.unsqueeze(-1) * (skew / gaps)
        if g.dtype.isComplex {
            middle = middle - (skew.diagonal() * s).diagonalEmbed()
        }
        var right = middle.matmul(vh)
        if vh.columns > vh.rows {
            let scaled = g / s.unsqueeze(-1)
            right = right + scaled - scaled.matmul(vh.adjoint()).matmul(vh)
        }
        return u.matmul(right)
    }
}

extension Tensor {
    /// A = U·diag(S)·Vᴴ for the matrices in the last two axes, singular values in descending order.
    ///
    /// [..., m, n] gives U [..., m, k], S [..., k] (real) and Vᴴ [..., k, n] with k = min(m, n). Each pair of
    /// singular vectors is determined up to a common factor of magnitude 1: gradients are defined for
    /// functions that do not depend on it, and finite where no singular value is repeated or zero.
    ///
    /// - Parameter full: U is m × m and Vᴴ n × n; the added vectors have no gradient.
    /// - Throws: `LinearAlgebraError` where a matrix is not finite or the iteration did not converge.
    public func svd(full: Bool = false, file: StaticString = #fileID, line: UInt = #line) throws -> (
        u: Tensor, s: Tensor, vh: Tensor
    ) {
        let a = matrices("svd", CallSite(file: file, line: line))
        let results = try Tensor.results(of: SVD(name: "svd", full: full), [a])
        return (results[0], results[1], results[2])
    }

    /// The singular values of the matrices in the last two axes, in descending order.
    ///
    /// - Throws: `LinearAlgebraError` where a matrix is not finite or the iteration did not converge.
    public func svdvals(file: StaticString = #fileID, line: UInt = #line) throws -> Tensor {
        let a = matrices("svdvals", CallSite(file: file, line: line))
        // The gradient is made of the singular vectors.
        if a.isRecorded { return try Tensor.results(of: SVD(name: "svdvals", full: false), [a])[1] }
        return try Tensor.results(of: SingularValues(), [a])[0]
    }
}

extension Operation {
    // Singular vectors are determined up to factors that cancel in these products.
    static let svd = Operation(
        "svd", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.svdvals(x)", [Input([3, 4])]) { try! $0[0].svdvals() },
            Sample(
                "(lambda u, s, v: (u * (s * s).unsqueeze(-2)) @ v)(*torch.linalg.svd(x, full_matrices=False))",
                [Input([2, 4, 3])]
            ) {
                let (u, s, vh) = try! $0[0].svd()
                return (u * (s * s).unsqueeze(-2)).matmul(vh)
            },
            Sample(
                "(lambda u, s, v: (u * s.exp().unsqueeze(-2)) @ v)(*torch.linalg.svd(x, full_matrices=False))",
                [Input([2, 3])]
            ) {
                let (u, s, vh) = try! $0[0].svd()
                return (u * s.exp().unsqueeze(-2)).matmul(vh)
            },
        ])
}

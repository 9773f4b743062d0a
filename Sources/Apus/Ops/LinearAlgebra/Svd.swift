import ApusKernels

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
        let (u, s, vh) = try a.svdValues("svd", full: full)
        let k = s.shape[s.rank - 1]
        let factors: @Sendable () -> SVDFactors = {
            .of(a, u.narrow(axis: -1, start: 0, count: k), s, vh.narrow(axis: -2, start: 0, count: k))
        }
        return (
            a.record("svd", u, [a]) {
                [factors().gradient(ofU: $0.gradient.narrow(axis: -1, start: 0, count: k))]
            },
            a.record("svd", s, [a]) { [factors().gradient(ofS: $0.gradient)] },
            a.record("svd", vh, [a]) {
                [factors().gradient(ofVH: $0.gradient.narrow(axis: -2, start: 0, count: k))]
            }
        )
    }

    /// The singular values of the matrices in the last two axes, in descending order.
    ///
    /// - Throws: `LinearAlgebraError` where a matrix is not finite or the iteration did not converge.
    public func svdvals(file: StaticString = #fileID, line: UInt = #line) throws -> Tensor {
        let a = matrices("svdvals", CallSite(file: file, line: line))
        if a.isRecorded {
            let (u, s, vh) = try a.svdValues("svdvals", full: false)
            return a.record("svdvals", s, [a]) { [SVDFactors.of(a, u, s, vh).gradient(ofS: $0.gradient)] }
        }
        let source = a.detachedContiguous()
        let s = Tensor(uninitialized: a.lead + [Swift.min(a.rows, a.columns)], a.dtype.realType)
        let info = LinearAlgebraKernels.svd(
            a.dtype, batch: a.matrixCount, m: a.rows, n: a.columns, full: false, a: source.start, u: nil,
            s: s.start, vh: nil)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.check(info, "svdvals", .notConverged)
        return s
    }

    /// The three factors without history.
    func svdValues(_ operation: String, full: Bool) throws -> (u: Tensor, s: Tensor, vh: Tensor) {
        let k = Swift.min(rows, columns)
        let source = detachedContiguous()
        let u = Tensor(uninitialized: lead + [rows, full ? rows : k], dtype)
        let s = Tensor(uninitialized: lead + [k], dtype.realType)
        let vh = Tensor(uninitialized: lead + [full ? columns : k, columns], dtype)
        let info = LinearAlgebraKernels.svd(
            dtype, batch: matrixCount, m: rows, n: columns, full: full, a: source.start, u: u.start,
            s: s.start, vh: vh.start)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.check(info, operation, .notConverged)
        return (u, s, vh)
    }
}

/// Gradients through a reduced singular value decomposition, each for one output (Townsend 2016,
/// "Differentiating the singular value decomposition"; Wan and Zhang 2019 for complex matrices).
private struct SVDFactors {
    let u: Tensor
    let s: Tensor
    let vh: Tensor

    /// The factors of `a`, computed anew with a history where gradients are to be differentiated; as in qr, no output's
    /// function holds another output with its history.
    static func of(_ a: Tensor, _ u: Tensor, _ s: Tensor, _ vh: Tensor) -> SVDFactors {
        if GradientMode.current == .recording, let again = try? a.svd() {
            return SVDFactors(u: again.u, s: again.s, vh: again.vh)
        }
        return SVDFactors(u: u, s: s, vh: vh)
    }

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
            // What leaves the span of U.
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

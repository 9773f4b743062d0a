import ApusKernels

extension Tensor {
    /// A = Q·R with orthonormal columns in Q and an upper triangular R, for the matrices in the last two axes.
    ///
    /// [..., m, n] gives Q [..., m, k] and R [..., k, n] with k = min(m, n). The signs of R's diagonal are
    /// LAPACK's; it is real.
    ///
    /// - Parameter complete: Q is m × m and R m × n; for m > n that has no gradient.
    /// - Throws: `LinearAlgebraError` where a matrix is not finite.
    public func qr(complete: Bool = false, file: StaticString = #fileID, line: UInt = #line) throws -> (
        q: Tensor, r: Tensor
    ) {
        let a = matrices("qr", CallSite(file: file, line: line))
        let (m, n) = (a.rows, a.columns)
        let width = complete ? m : Swift.min(m, n)
        let source = a.detachedContiguous()
        let q = Tensor(uninitialized: a.lead + [m, width], a.dtype)
        let r = Tensor(uninitialized: a.lead + [width, n], a.dtype)
        let info = LinearAlgebraKernels.qr(
            a.dtype, batch: a.matrixCount, m: m, n: n, complete: complete, a: source.start, q: q.start,
            r: r.start)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.checkFinite(info, "qr")
        // To be differentiated again, the gradient needs factors with a history: they are computed anew,
        // for if each output's function held the other output, neither would ever be freed.
        let factors: @Sendable () -> (q: Tensor, r: Tensor) = {
            if width > n {
                fail("qr", "the complete form of a \(m) × \(n) matrix has no gradient; use the reduced one")
            }
            if GradientMode.current == .recording, let again = try? a.qr() { return again }
            return (q, r)
        }
        return (
            a.record("qr", q, [a]) { backward in
                let (q, r) = factors()
                return [Tensor.qrGradient(q, r, backward.gradient, nil)]
            },
            a.record("qr", r, [a]) { backward in
                let (q, r) = factors()
                return [Tensor.qrGradient(q, r, nil, backward.gradient)]
            }
        )
    }

    /// For m ≥ n: (GQ + Q·H(triu(GR·Rᴴ − Qᴴ·GQ)))·R⁻ᴴ, where H(X) = X + Xᴴ with the diagonal's real part
    /// counted once (Walter and Lehmann 2018, "Algorithmic differentiation of linear algebra functions").
    ///
    /// A wide A = [X Y] has R = [U V] with X = Q·U and V = Qᴴ·Y, which leads back to that.
    private static func qrGradient(_ q: Tensor, _ r: Tensor, _ toQ: Tensor?, _ toR: Tensor?) -> Tensor {
        let (m, n) = (q.rows, r.columns)
        if m < n {
            let u = r.narrow(axis: -1, start: 0, count: m)
            guard let toR else {
                let toX = qrGradient(q, u, toQ, nil)
                return cat([toX, .zeros(q.lead + [m, n - m], dtype: toX.dtype)], axis: -1)
            }
            let v = r.narrow(axis: -1, start: m, count: n - m)
            let toU = toR.narrow(axis: -1, start: 0, count: m)
            let toV = toR.narrow(axis: -1, start: m, count: n - m)
            // V = Qᴴ·Y and Y = Q·V: the gradient of Q gets Y·GVᴴ.
            let toQ = q.matmul(v).matmul(toV.adjoint())
            return cat([qrGradient(q, u, toQ, toU), q.matmul(toV)], axis: -1)
        }
        var middle: Tensor
        if let toR {
            middle = toR.matmul(r.adjoint())
            if let toQ { middle = middle - q.adjoint().matmul(toQ) }
        } else {
            middle = -q.adjoint().matmul(toQ!)
        }
        let upper = middle.triu()
        let diagonal = upper.diagonal().real.to(upper.dtype).diagonalEmbed()
        var sum = q.matmul(upper + upper.adjoint() - diagonal)
        if let toQ { sum = sum + toQ }
        // S·R⁻ᴴ = (R⁻¹·Sᴴ)ᴴ
        let triangle = Triangle(upper: true, unitDiagonal: false)
        return solved(triangle, r, sum.adjoint(), adjoint: false).adjoint()
    }
}

extension Operation {
    // Columns of Q and rows of R are determined up to a sign, which cancels in these products.
    static let qr = Operation(
        "qr", dtypes: DType.factorizable,
        [
            Sample(
                "(lambda q, r: (q * torch.tensor([1.0, 2.0, 3.0])) @ r)(*torch.linalg.qr(x))",
                [Input([4, 3])]
            ) {
                let (q, r) = try! $0[0].qr()
                return (q * Tensor([1.0, 2, 3])).matmul(r)
            },
            Sample(
                "(lambda q, r: (q * torch.tensor([1.0, 2.0])) @ r)(*torch.linalg.qr(x))",
                [Input([2, 2, 4])]
            ) {
                let (q, r) = try! $0[0].qr()
                return (q * Tensor([1.0, 2])).matmul(r)
            },
            Sample("torch.linalg.qr(x)[1].abs()", [Input([3, 3])]) {
                try! $0[0].qr(complete: true).r.abs()
            },
        ])
}

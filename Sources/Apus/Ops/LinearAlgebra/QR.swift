/// A = Q·R: the results are Q and R.
struct QR: Primitive {
    /// Q is m × m and R m × n.
    let complete: Bool
    let name = "qr"
    var types: TypeRule { .factorization }

    func values(of inputs: [Tensor]) throws -> [Tensor] {
        let a = inputs[0]
        let (m, n) = (a.rows, a.columns)
        let width = complete ? m : Swift.min(m, n)
        let source = a.detachedContiguous()
        let q = Tensor(uninitialized: a.lead + [m, width], a.dtype)
        let r = Tensor(uninitialized: a.lead + [width, n], a.dtype)
        let info = kernels.qr(
            a.dtype, batch: a.matrixCount, m: m, n: n, complete: complete, a: source.start, q: q.start,
            r: r.start)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.checkFinite(info, name)
        return [q, r]
    }

    func saved(for needs: [Bool]) -> Saved { [.input(0), .output(0), .output(1)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let (q, r) = factors(backward)
        let gradient = backward.gradient
        return [backward.index == 0 ? QR.gradient(q, r, gradient, nil) : QR.gradient(q, r, nil, gradient)]
    }

    /// The factors, computed anew with a history where gradients are to be differentiated: each result's
    /// gradient depends on the other result too.
    private func factors(_ backward: Backward) -> (q: Tensor, r: Tensor) {
        let a = backward.input(0)
        if complete && a.rows > a.columns {
            fail(
                name,
                "the complete form of a \(a.rows) × \(a.columns) matrix has no gradient; use the reduced one")
        }
        if GradientMode.current == .recording, let again = try? a.qr() { return again }
        return (backward.output(0), backward.output(1))
    }

    /// For m ≥ n: (GQ + Q·H(triu(GR·Rᴴ − Qᴴ·GQ)))·R⁻ᴴ, where H(X) = X + Xᴴ with the diagonal's real part
    /// counted once (Walter and Lehmann 2018, "Algorithmic differentiation of linear algebra functions").
    ///
    /// A wide A = [X Y] has R = [U V] with X = Q·U and V = Qᴴ·Y, which reduces it to that case.
    private static func gradient(_ q: Tensor, _ r: Tensor, _ toQ: Tensor?, _ toR: Tensor?) -> Tensor {
        let (m, n) = (q.rows, r.columns)
        if m < n {
            let u = r.narrow(axis: -1, start: 0, count: m)
            guard let toR else {
                let toX = gradient(q, u, toQ, nil)
                return Tensor.cat([toX, Tensor.zeros(q.lead + [m, n - m], dtype: toX.dtype)], axis: -1)
            }
            let v = r.narrow(axis: -1, start: m, count: n - m)
            let toU = toR.narrow(axis: -1, start: 0, count: m)
            let toV = toR.narrow(axis: -1, start: m, count: n - m)
            // V = Qᴴ·Y and Y = Q·V: the gradient of Q gets Y·GVᴴ.
            let toQ = q.matmul(v).matmul(toV.adjoint())
            return Tensor.cat([gradient(q, u, toQ, toU), q.matmul(toV)], axis: -1)
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
        return Tensor.solved(triangle, r, sum.adjoint(), adjoint: false).adjoint()
    }
}

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
        let results = try Tensor.results(of: QR(complete: complete), [a])
        return (results[0], results[1])
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
                return (q * Tensor([1.0, 2, 3]).to(q.device)).matmul(r)
            },
            Sample(
                "(lambda q, r: (q * torch.tensor([1.0, 2.0])) @ r)(*torch.linalg.qr(x))",
                [Input([2, 2, 4])]
            ) {
                let (q, r) = try! $0[0].qr()
                return (q * Tensor([1.0, 2]).to(q.device)).matmul(r)
            },
            Sample("torch.linalg.qr(x)[1].abs()", [Input([3, 3])]) {
                try! $0[0].qr(complete: true).r.abs()
            },
        ])
}

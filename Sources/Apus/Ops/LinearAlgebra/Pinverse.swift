/// The Moore-Penrose pseudo-inverses. The gradient is that of Golub and Pereyra (1973), defined where the rank
/// is constant.
struct Pinverse: SingleResult {
    /// Singular values below this share of the largest count as zero.
    let tolerance: Double
    let name = "pinverse"
    var types: TypeRule { .factorization }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let (u, s, vh) = try SVD.values(inputs[0], name, full: false)
        let k = s.shape[s.rank - 1]
        let values = s.array(of: Double.self)
        let inverted = values.indices.map {
            values[$0] > tolerance * values[$0 / k * k] ? 1 / values[$0] : 0
        }
        let inverses = Tensor(inverted, shape: s.shape, dtype: s.dtype)
        return (vh.adjoint() * inverses.unsqueeze(-2)).matmul(u.adjoint())
    }

    func saved(for needs: [Bool]) -> Saved { [.input(0), .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let a = backward.input(0)
        let (p, g) = (backward.output, backward.gradient.adjoint())
        let ph = p.adjoint()
        if a.rows <= a.columns {
            let k = g.matmul(p)
            let kph = k.matmul(ph)
            let along = kph - a.matmul(p).matmul(kph)
            return [along + ph.matmul(p).matmul(g - k.matmul(a)) - p.matmul(k).adjoint()]
        }
        let k = p.matmul(g)
        let phk = ph.matmul(k)
        let along = phk - phk.matmul(p).matmul(a)
        return [along + (g - a.matmul(k)).matmul(p).matmul(ph) - k.matmul(p).adjoint()]
    }
}

extension Tensor {
    /// The Moore-Penrose pseudo-inverses of the matrices in the last two axes: [..., m, n] gives
    /// [..., n, m].
    ///
    /// The gradient is defined where the rank is constant.
    ///
    /// - Parameter tolerance: singular values below this share of the largest count as zero; by default
    ///   max(m, n) rounding errors.
    /// - Throws: `LinearAlgebraError` where a matrix is not finite or the singular values cannot be found.
    public func pinverse(tolerance: Double? = nil, file: StaticString = #fileID, line: UInt = #line) throws
        -> Tensor
    {
        let a = matrices("pinverse", CallSite(file: file, line: line))
        let ulp = a.dtype.realType == .float32 ? 0x1p-23 : 0x1p-52
        let share = tolerance ?? Double(Swift.max(a.rows, a.columns)) * ulp
        return try Tensor.results(of: Pinverse(tolerance: share), [a])[0]
    }
}

extension Operation {
    static let pinverse = Operation(
        "pinverse", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.pinv(x)", [Input([4, 2])]) { try! $0[0].pinverse() },
            Sample("torch.linalg.pinv(x)", [Input([2, 2, 3])]) { try! $0[0].pinverse() },
        ])
}

/// P·A = L·U of a batch of square matrices. What is computed from the factors has its gradient in the matrices.
struct LUFactor: Primitive {
    /// The operation that needs the factors, for errors.
    let operation: String
    let refusesSingular: Bool
    let name = "luFactor"
    var isDifferentiable: Bool { false }
    var types: TypeRule { .factorization }

    func values(of inputs: [Tensor]) throws -> [Tensor] {
        let a = inputs[0]
        let source = a.detachedContiguous()
        let lu = Tensor(uninitialized: a.shape, a.dtype)
        let pivots = Tensor(uninitialized: a.lead + [a.rows], .int32)
        let info = kernels.luFactor(
            a.dtype, batch: a.matrixCount, m: a.rows, n: a.rows, a: source.start, lu: lu.start,
            pivots: pivots.start)
        withExtendedLifetime(source) {}
        if refusesSingular {
            try LinearAlgebraError.check(info, operation, .singular)
        } else {
            try LinearAlgebraError.checkFinite(info, operation)
        }
        return [lu, pivots]
    }
}

/// The factors P·A = L·U of a batch of square matrices, for solving with them more than once.
struct LUFactors {
    /// U on and above the diagonal, L without its unit diagonal below.
    let lu: Tensor
    /// For each step the row it was swapped with: int32.
    let pivots: Tensor

    init(_ lu: Tensor, _ pivots: Tensor) {
        self.lu = lu
        self.pivots = pivots
    }

    /// The factors of `a`.
    ///
    /// - Throws: `LinearAlgebraError` where a matrix is not finite or, with `refusesSingular`, singular.
    init(_ a: Tensor, _ operation: String, refusesSingular: Bool) throws {
        let factor = LUFactor(operation: operation, refusesSingular: refusesSingular)
        let results = try Tensor.results(of: factor, [a.detach()])
        self.init(results[0], results[1])
    }
}

// What primitives compute from the factors, without history.
extension LUFactors {
    /// X with A·X = B, or Aᴴ·X = B; not finite where A is singular.
    func solve(_ b: Tensor, adjoint: Bool) -> Tensor {
        let source = b.detachedContiguous()
        let (lu, pivots) = (lu.detachedContiguous(), pivots.detachedContiguous())
        let result = Tensor(uninitialized: b.shape, b.dtype)
        kernels.luSolve(
            b.dtype, batch: b.matrixCount, n: b.rows, columns: b.columns, lu: lu.start, pivots: pivots.start,
            transposition: adjoint ? .adjoint : .none, b: source.start, x: result.start)
        withExtendedLifetime((source, lu, pivots)) {}
        return result
    }

    /// The diagonals of U, and for each matrix the sign of its row swaps.
    private var diagonals: (values: [[Complex<Double>]], signs: [Double]) {
        let n = lu.rows
        let flat = lu.diagonal().to(.complex128).array(of: Complex<Double>.self)
        let swaps = pivots.array(of: Int32.self)
        let matrices = 0..<lu.matrixCount
        return (
            matrices.map { Array(flat[$0 * n..<($0 + 1) * n]) },
            matrices.map { item in
                (0..<n).reduce(1) { swaps[item * n + $1] == Int32($1) ? $0 : -$0 }
            }
        )
    }

    /// The determinants, one a matrix.
    func determinants() -> Tensor {
        let (values, signs) = diagonals
        return scalars(zip(values, signs).map { $0.reduce(Complex($1)) { $0.times($1) } })
    }

    /// The logarithms of the determinants' magnitudes, in the real type, and their signs (for complex
    /// matrices their directions): 0 and minus infinity where they are zero.
    func logDeterminants() -> (sign: Tensor, logAbs: Tensor) {
        let (values, signs) = diagonals
        var directions: [Complex<Double>] = []
        var logarithms: [Double] = []
        for (values, sign) in zip(values, signs) {
            var (direction, logarithm) = (Complex<Double>(sign), 0.0)
            for value in values {
                let (x, y) = value.rawStorage
                let size = Double.hypot(x, y)
                direction = size == 0 ? Complex(0) : direction.times(Complex(x / size, y / size))
                logarithm += Double.log(size)
            }
            directions.append(direction)
            logarithms.append(logarithm)
        }
        return (
            scalars(directions), Tensor(logarithms, shape: lu.lead, dtype: lu.dtype.realType)
        )
    }

    private func scalars(_ values: [Complex<Double>]) -> Tensor {
        Tensor(values, shape: lu.lead, dtype: .complex128).converted(to: lu.dtype)
    }

    /// These factors with zeros on the diagonal replaced by something tiny, for gradients at singular
    /// matrices.
    var regular: LUFactors {
        let diagonals = diagonals.values
        if !diagonals.contains(where: { $0.contains(Complex(0)) }) { return self }
        let n = lu.rows
        let tiny = lu.dtype.realType == .float32 ? 0x1p-23 : 0x1p-52
        var added: [Complex<Double>] = []
        for values in diagonals {
            let scale = values.map { $0.length }.max() ?? 0
            for value in values {
                added.append(Complex(value == Complex(0) ? tiny * (scale > 0 ? scale : 1) : 0))
            }
        }
        let diagonal = Tensor(added, shape: lu.lead + [n], dtype: .complex128).converted(to: lu.dtype)
        return LUFactors(lu + diagonal.diagonalEmbed(), pivots)
    }
}

extension Complex<Double> {
    /// The product of the parts: swift-numerics' own loses them where one is not finite.
    fileprivate func times(_ other: Complex) -> Complex {
        let (a, b) = (rawStorage, other.rawStorage)
        return Complex(a.x * b.x - a.y * b.y, a.x * b.y + a.y * b.x)
    }
}

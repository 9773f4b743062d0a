extension Tensor {
    /// The signs of the determinants of the square matrices in the last two axes, and the logarithms of
    /// their magnitudes: det A = sign·exp(logAbs), without overflow.
    ///
    /// For complex matrices the sign is a number of magnitude 1. A singular matrix has sign 0 and
    /// logarithm −∞. With g the gradient of logAbs, that of A is g·A⁻ᴴ.
    ///
    /// - Throws: `LinearAlgebraError` where a matrix is not finite.
    public func logDeterminant(file: StaticString = #fileID, line: UInt = #line) throws -> (
        sign: Tensor, logAbs: Tensor
    ) {
        let a = matrices("logDeterminant", square: true, CallSite(file: file, line: line))
        let factors = LUFactors(a)
        try LinearAlgebraError.checkFinite(factors.info, "logDeterminant")
        let (sign, logAbs) = factors.logDeterminants()
        let gradient: @Sendable (Tensor) -> Tensor = { scale in
            Tensor.solved(a, scale.timesIdentity(a.rows, a.dtype), adjoint: true, factors)
        }
        return (
            // A real sign is constant wherever it has a gradient.
            a.dtype.isComplex
                ? a.record("logDeterminant", sign, [a], savesOutput: true) { backward in
                    let turn = (backward.gradient.conjugate() * backward.output).imaginary
                    return [gradient(turn * Complex<Double>(0, -1))]
                } : sign,
            a.record("logDeterminant", logAbs, [a]) { [gradient($0.gradient)] }
        )
    }
}

extension Operation {
    static let logDeterminant = Operation(
        "logDeterminant", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.slogdet(x)[1]", [Input([3, 3])]) { try! $0[0].logDeterminant().logAbs },
            Sample("torch.linalg.slogdet(x)[0] * torch.linalg.slogdet(x)[1]", [Input([2, 2, 2])]) {
                let (sign, logAbs) = try! $0[0].logDeterminant()
                return sign * logAbs
            },
        ])
}

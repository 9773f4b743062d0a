/// The signs of determinants and the logarithms of their magnitudes, computed from the matrices' factors; the matrices
/// are inputs for the gradient alone.
///
/// With g the gradient of the logarithm, that of A is g·A⁻ᴴ.
struct LogDeterminant: Primitive {
    let name = "logDeterminant"
    var types: TypeRule { .factorization }

    func values(of inputs: [Tensor]) -> [Tensor] {
        let (sign, logAbs) = LUFactors(inputs[1], inputs[2]).logDeterminants()
        return [sign, logAbs]
    }

    func saved(for needs: [Bool]) -> Saved { [.inputs, .output(0)] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let a = backward.input(0)
        var scale = backward.gradient
        if backward.index == 0 {
            // A real sign is constant wherever it has a gradient.
            if !a.dtype.isComplex { return [nil, nil, nil] }
            scale = (scale.conjugate() * backward.output).imaginary * Complex<Double>(0, -1)
        }
        let factors = LUFactors(backward.input(1), backward.input(2))
        return [
            Tensor.solved(a, scale.timesIdentity(a.rows, a.dtype), adjoint: true, factors), nil, nil,
        ]
    }
}

extension Tensor {
    /// The signs of the determinants of the square matrices in the last two axes, and the logarithms of
    /// their magnitudes: det A = sign·exp(logAbs), without overflow.
    ///
    /// For complex matrices the sign is a number of magnitude 1. A singular matrix has sign 0 and
    /// logarithm −∞.
    ///
    /// - Throws: `LinearAlgebraError` where a matrix is not finite.
    public func logDeterminant(file: StaticString = #fileID, line: UInt = #line) throws -> (
        sign: Tensor, logAbs: Tensor
    ) {
        let a = matrices("logDeterminant", square: true, CallSite(file: file, line: line))
        let factors = try LUFactors(a, "logDeterminant", refusesSingular: false)
        let results = try Tensor.results(of: LogDeterminant(), [a, factors.lu, factors.pivots])
        return (a.dtype.isComplex ? results[0] : results[0].detach(), results[1])
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

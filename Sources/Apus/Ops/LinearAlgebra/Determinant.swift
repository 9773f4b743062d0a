/// The determinants of matrices, computed from their factors; the matrices are inputs for the gradient alone.
///
/// With g the gradient of d = det A, the gradient is g·d̄·A⁻ᴴ.
struct Determinant: SingleResult {
    let name = "determinant"
    var types: TypeRule { .factorization }

    func value(of inputs: [Tensor]) -> Tensor { LUFactors(inputs[1], inputs[2]).determinants() }
    func saved(for needs: [Bool]) -> Saved { [.inputs, .output] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let factors = LUFactors(backward.input(1), backward.input(2))
        if GradientMode.current != .recording {
            let inputs = [backward.gradient, factors.lu, factors.pivots]
            return [Tensor.apply(DeterminantGradient(), to: inputs, at: nil), nil, nil]
        }
        let a = backward.input(0)
        let scale = backward.gradient * backward.output.conjugate()
        return [
            Tensor.solved(a, scale.timesIdentity(a.rows, a.dtype), adjoint: true, factors), nil, nil,
        ]
    }
}

/// The gradient of matrices from that of their determinants and from their factors, where it is not
/// differentiated again. Singular matrices are moved by a rounding error.
struct DeterminantGradient: SingleResult {
    let name = "determinantGradient"
    var isDifferentiable: Bool { false }

    func value(of inputs: [Tensor]) -> Tensor {
        let factors = LUFactors(inputs[1], inputs[2]).regular
        let scale = inputs[0] * factors.determinants().conjugate()
        return factors.solve(scale.timesIdentity(factors.lu.rows, factors.lu.dtype), adjoint: true)
    }
}

extension Tensor {
    /// The determinants of the square matrices in the last two axes: [..., n, n] gives [...].
    ///
    /// At a singular matrix the first gradient is that of a matrix moved by a rounding error; the second is
    /// not finite.
    ///
    /// - Throws: `LinearAlgebraError` where a matrix is not finite.
    public func determinant(file: StaticString = #fileID, line: UInt = #line) throws -> Tensor {
        let a = matrices("determinant", square: true, CallSite(file: file, line: line))
        let factors = try LUFactors(a, "determinant", refusesSingular: false)
        return try Tensor.results(of: Determinant(), [a, factors.lu, factors.pivots])[0]
    }
}

extension Operation {
    static let determinant = Operation(
        "determinant", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.det(x)", [Input([3, 3])]) { try! $0[0].determinant() },
            Sample("torch.linalg.det(x)", [Input([2, 2, 2])]) { try! $0[0].determinant() },
        ])
}

extension Tensor {
    /// The determinants of the square matrices in the last two axes: [..., n, n] gives [...].
    ///
    /// With g the gradient of d = det A, the gradient is g·d̄·A⁻ᴴ. At a singular matrix the first gradient
    /// is that of a matrix moved by a rounding error; the second is not finite.
    ///
    /// - Throws: `LinearAlgebraError` where a matrix is not finite.
    public func determinant(file: StaticString = #fileID, line: UInt = #line) throws -> Tensor {
        let a = matrices("determinant", square: true, CallSite(file: file, line: line))
        let factors = LUFactors(a)
        try LinearAlgebraError.checkFinite(factors.info, "determinant")
        return a.record("determinant", factors.determinants(), [a], savesOutput: true) { backward in
            let again = GradientMode.current == .recording
            let factors = again ? factors : factors.regular
            let value = again ? backward.output : factors.determinants()
            let scale = backward.gradient * value.conjugate()
            return [Tensor.solved(a, scale.timesIdentity(a.rows, a.dtype), adjoint: true, factors)]
        }
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

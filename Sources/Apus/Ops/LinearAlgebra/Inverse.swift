/// With Y the inverse and G its gradient, the gradient is −YᴴGYᴴ.
struct Inverse: SingleResult {
    let name = "inverse"
    var types: TypeRule { .factorization }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let a = inputs[0]
        let source = a.detachedContiguous()
        let result = Tensor(uninitialized: a.shape, a.dtype)
        let info = kernels.inverse(
            a.dtype, batch: a.matrixCount, n: a.rows, a: source.start, result: result.start)
        withExtendedLifetime(source) {}
        try LinearAlgebraError.check(info, name, .singular)
        return result
    }

    func saved(for needs: [Bool]) -> Saved { .output }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let y = backward.output.adjoint()
        return [-y.matmul(backward.gradient).matmul(y)]
    }
}

extension Tensor {
    /// The inverses of the square matrices in the last two axes.
    ///
    /// - Throws: `LinearAlgebraError` where a matrix is not finite or singular.
    public func inverse(file: StaticString = #fileID, line: UInt = #line) throws -> Tensor {
        let a = matrices("inverse", square: true, CallSite(file: file, line: line))
        return try Tensor.results(of: Inverse(), [a])[0]
    }
}

extension Operation {
    static let inverse = Operation(
        "inverse", dtypes: DType.factorizable,
        [
            Sample("torch.linalg.inv(x + 5 * torch.eye(3))", [Input([3, 3])]) {
                try! ($0[0] + 5 * Tensor.eye(3).to($0[0].device)).inverse()
            },
            Sample("torch.linalg.inv(x + 5 * torch.eye(2))", [Input([2, 2, 2])]) {
                try! ($0[0] + 5 * Tensor.eye(2).to($0[0].device)).inverse()
            },
        ])
}

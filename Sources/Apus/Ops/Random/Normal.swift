struct Normal: SingleResult, RandomPrimitive {
    let shape: Shape
    let mean: Double
    let std: Double
    let dtype: DType
    let generator: RandomGenerator
    let rows = BatchRows.said
    var name: String { "normal" }

    func value(of inputs: [Tensor]) -> Tensor {
        if !dtype.isComplex { return reals(mean, std) }
        let result = reals(0, std * 0.5.squareRoot())
        return mean == 0 ? result : result + mean
    }

    /// Both parts of complex numbers are drawn in the same way.
    private func reals(_ mean: Double, _ std: Double) -> Tensor {
        Tensor.drawn(shape, dtype, generator, rows, name) {
            kernels.drawNormal(into: $0, $1, count: $2, $3, mean: mean, standardDeviation: std)
        }
    }
}

extension Tensor {
    /// Normally distributed numbers.
    ///
    /// Complex ones have independent parts of half the variance each, and the mean is real, as in PyTorch.
    ///
    /// - Parameter std: the standard deviation.
    public static func normal(
        _ shape: Shape, mean: Double = 0, std: Double = 1, dtype: DType = .float32,
        using generator: RandomGenerator = .default, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if !(std >= 0) { fail("normal", "the standard deviation \(std) is negative", at: site) }
        checkDraw("normal", shape, dtype, site)
        let draw = Normal(shape: shape, mean: mean, std: std, dtype: dtype, generator: generator)
        return apply(draw, to: [], at: site)
    }
}

extension Operation {
    static let normal = Operation(
        "normal", isDifferentiable: false,
        [
            Sample("torch.full_like(x, 0.5)", [Input([3, 4])]) {
                .normal($0[0].shape, mean: 0.5, std: 0, dtype: $0[0].dtype, using: RandomGenerator(seed: 1))
            }
        ])
}

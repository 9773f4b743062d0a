struct Bernoulli: SingleResult, RandomPrimitive {
    let shape: Shape
    let probability: Double
    let dtype: DType
    let generator: RandomGenerator
    let rows = BatchRows.said
    var name: String { "bernoulli" }

    func value(of inputs: [Tensor]) -> Tensor {
        let result = Tensor(uninitialized: shape, .bool)
        kernels.drawBernoulli(
            into: result.base, count: result.count, generator.draw(shape, rows: rows, name),
            probability: probability)
        return result.converted(to: dtype)
    }
}

extension Tensor {
    /// 1 with the given probability, else 0.
    public static func bernoulli(
        _ shape: Shape, probability: Double = 0.5, dtype: DType = .float32,
        using generator: RandomGenerator = .default, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        checkShape(shape, "bernoulli", site)
        if !(0...1).contains(probability) {
            fail("bernoulli", "\(probability) is no probability", at: site)
        }
        let draw = Bernoulli(shape: shape, probability: probability, dtype: dtype, generator: generator)
        return apply(draw, to: [], at: site)
    }
}

extension Operation {
    static let bernoulli = Operation(
        "bernoulli", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.ones_like(x)", [Input([3, 4])]) {
                .bernoulli($0[0].shape, probability: 1, dtype: $0[0].dtype, using: RandomGenerator(seed: 1))
            },
            Sample("torch.zeros_like(x)", [Input([3, 4])]) {
                .bernoulli($0[0].shape, probability: 0, dtype: $0[0].dtype, using: RandomGenerator(seed: 1))
            },
        ])
}

struct Uniform: SingleResult, RandomPrimitive {
    let shape: Shape
    let low: Double
    let high: Double
    let dtype: DType
    let generator: RandomGenerator
    let rows = BatchRows.said
    var name: String { "uniform" }

    func value(of inputs: [Tensor]) -> Tensor {
        let range = dtype.numbers(from: low, below: high)
        return Tensor.drawn(shape, dtype, generator, rows, name) {
            kernels.drawUniform(into: $0, $1, count: $2, $3, low: low, high: high, within: range)
        }
    }
}

extension Tensor {
    /// Numbers uniformly distributed in [low, high); both parts of complex ones are.
    ///
    /// Numbers of 16 bits are rounded to the nearest, but never up to `high` or below `low`.
    public static func uniform(
        _ shape: Shape, low: Double = 0, high: Double = 1, dtype: DType = .float32,
        using generator: RandomGenerator = .default, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if !(low <= high && low.isFinite && high.isFinite) {
            fail("uniform", "there are no numbers from \(low) up to \(high)", at: site)
        }
        let range = dtype.numbers(from: low, below: high)
        if !range.lowerBound.isFinite || !range.upperBound.isFinite {
            fail("uniform", "\(dtype) does not reach from \(low) up to \(high)", at: site)
        }
        checkDraw("uniform", shape, dtype, site)
        let draw = Uniform(shape: shape, low: low, high: high, dtype: dtype, generator: generator)
        return apply(draw, to: [], at: site)
    }
}

extension Operation {
    static let uniform = Operation(
        "uniform", dtypes: DType.realFloating, isDifferentiable: false,
        [
            Sample("torch.full_like(x, 1.5)", [Input([3, 4])]) {
                .uniform(
                    $0[0].shape, low: 1.5, high: 1.5, dtype: $0[0].dtype, using: RandomGenerator(seed: 1))
            }
        ])
}

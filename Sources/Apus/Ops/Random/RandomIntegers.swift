struct RandomIntegers: SingleResult, RandomPrimitive {
    let shape: Shape
    let low: Int
    let high: Int
    let dtype: DType
    let generator: RandomGenerator
    let rows = BatchRows.said
    var name: String { "randomIntegers" }

    func value(of inputs: [Tensor]) -> Tensor {
        var result = Tensor(uninitialized: shape, .int64)
        kernels.drawIntegers(
            into: result.base, count: result.count, generator.draw(shape, rows: rows, name), low: low,
            high: high)
        // Rounding to a floating-point type may lead out of the range.
        if dtype.isDifferentiable {
            let held = dtype.numbers(from: low, through: high - 1)
            if held != low...(high - 1) {
                result = result.clamp(min: Double(held.lowerBound), max: Double(held.upperBound))
            }
        }
        return result.converted(to: dtype)
    }
}

extension Tensor {
    /// Integers uniformly distributed in low ..< high.
    ///
    /// - Parameter dtype: any type; a value it does not hold is converted as by `to`, in floating-point types without
    ///   leaving the range.
    public static func randomIntegers(
        _ shape: Shape, low: Int = 0, high: Int, dtype: DType = .int64,
        using generator: RandomGenerator = .default, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        checkShape(shape, "randomIntegers", site)
        if low >= high { fail("randomIntegers", "there are no integers in \(low) ..< \(high)", at: site) }
        let draw = RandomIntegers(shape: shape, low: low, high: high, dtype: dtype, generator: generator)
        return apply(draw, to: [], at: site)
    }
}

extension Operation {
    static let randomIntegers = Operation(
        "randomIntegers", dtypes: DType.numeric, isDifferentiable: false,
        [
            Sample("torch.full_like(x, 3)", [Input([3, 4])]) {
                .randomIntegers(
                    $0[0].shape, low: 3, high: 4, dtype: $0[0].dtype, using: RandomGenerator(seed: 1))
            }
        ])
}

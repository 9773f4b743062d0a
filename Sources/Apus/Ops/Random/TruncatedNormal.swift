struct TruncatedNormal: SingleResult, RandomPrimitive {
    let shape: Shape
    let mean: Double
    let std: Double
    let dtype: DType
    let generator: RandomGenerator
    let rows = BatchRows.said
    var name: String { "truncatedNormal" }

    func value(of inputs: [Tensor]) -> Tensor {
        guard let part = BatchPart.current, rows != .shared else {
            return withBatchPart(nil) { drawn(shape) }
        }
        // How many numbers are drawn again depends on those of all rows.
        let (axis, each) = part.check(shape, rows, name)
        var whole = shape
        whole[axis] = part.total * each
        return withBatchPart(nil) { drawn(whole) }
            .narrow(axis: axis, start: part.start * each, count: part.count * each).contiguous()
    }

    private func drawn(_ shape: Shape) -> Tensor {
        let computed: DType = dtype == .float64 ? .float64 : .float32
        var result = Tensor.normal(shape, dtype: computed, using: generator)
        if computed == .float64 {
            result.redraw(Double.self, generator)
        } else {
            result.redraw(Float.self, generator)
        }
        // Rounding to the type may lead beyond the bounds again.
        let range = dtype.numbers(from: mean - 2 * std, through: mean + 2 * std)
        return (result * std + mean).clamp(min: range.lowerBound, max: range.upperBound).converted(to: dtype)
    }
}

extension Tensor {
    /// Normally distributed numbers within two standard deviations of the mean: those beyond are drawn again.
    ///
    /// - Parameters:
    ///   - std: the standard deviation before truncation.
    ///   - dtype: a real floating-point type.
    public static func truncatedNormal(
        _ shape: Shape, mean: Double = 0, std: Double = 1, dtype: DType = .float32,
        using generator: RandomGenerator = .default, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        checkShape(shape, "truncatedNormal", site)
        if !(std >= 0) { fail("truncatedNormal", "the standard deviation \(std) is negative", at: site) }
        if !mean.isFinite || !std.isFinite {
            fail("truncatedNormal", "there are no numbers within \(std) of \(mean)", at: site)
        }
        if !dtype.isFloatingPoint {
            fail("truncatedNormal", "draws real floating-point numbers, not \(dtype)", at: site)
        }
        let draw = TruncatedNormal(shape: shape, mean: mean, std: std, dtype: dtype, generator: generator)
        return apply(draw, to: [], at: site)
    }

    /// Replaces what lies beyond 2 by fresh numbers until nothing does: about 4.6 % each round.
    fileprivate mutating func redraw<T: BinaryFloatingPoint & TensorScalar>(
        _: T.Type, _ generator: RandomGenerator
    ) {
        let count = count
        let dtype = dtype
        withUnsafeMutableBytes { bytes in
            let values = bytes.bindMemory(to: T.self)
            var beyond = (0..<count).filter { !(values[$0].magnitude <= 2) }
            while !beyond.isEmpty {
                let fresh = Tensor.normal([beyond.count], dtype: dtype, using: generator).array(of: T.self)
                for (index, value) in zip(beyond, fresh) { values[index] = value }
                beyond = beyond.filter { !(values[$0].magnitude <= 2) }
            }
        }
    }
}

extension Operation {
    static let truncatedNormal = Operation(
        "truncatedNormal", dtypes: DType.realFloating, isDifferentiable: false,
        [
            Sample("torch.full_like(x, 0.5)", [Input([3, 4])]) {
                .truncatedNormal(
                    $0[0].shape, mean: 0.5, std: 0, dtype: $0[0].dtype, using: RandomGenerator(seed: 1))
            }
        ])
}

struct Permutation: SingleResult, RandomPrimitive {
    let count: Int
    let generator: RandomGenerator
    let rows = BatchRows.said
    var name: String { "permutation" }

    func value(of inputs: [Tensor]) -> Tensor {
        let result = Tensor(uninitialized: [count], .int64)
        // It has no parts: within one of a batch it must be the same on all ranks.
        let draw = generator.draw([count], rows: rows == .shared ? rows : nil, name)
        kernels.drawPermutation(into: result.base, count: count, draw.state)
        return result
    }
}

extension Tensor {
    /// The integers 0 ..< count in random order, as int64 (Fisher and Yates's shuffle).
    public static func permutation(
        _ count: Int, using generator: RandomGenerator = .default, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        checkShape([count], "permutation", CallSite(file: file, line: line))
        return apply(Permutation(count: count, generator: generator), to: [], at: nil)
    }
}

extension Operation {
    static let permutation = Operation(
        "permutation", dtypes: [.int64], isDifferentiable: false,
        [
            Sample("torch.zeros(1, dtype=torch.int64)", [Input([3])]) { _ in
                .permutation(1, using: RandomGenerator(seed: 1))
            }
        ])
}

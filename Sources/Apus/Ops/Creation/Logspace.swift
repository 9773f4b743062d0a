import Glibc

extension Tensor {
    /// `base` to the power of `count` evenly spaced exponents from `start` to `end`, both included.
    public static func logspace(
        _ start: Double, _ end: Double, count: Int, base: Double = 10, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let exponents = sequence(
            "logspace", .between(start: start, end: end), count, .float64, CallSite(file: file, line: line))
        let powers = exponents.array(of: Double.self).map { pow(base, $0) }
        return Tensor(powers, shape: [count], dtype: dtype)
    }
}

extension Operation {
    static let logspace = Operation(
        "logspace", dtypes: [.float32, .float64], isDifferentiable: false,
        [
            Sample("torch.logspace(-1, 2, 5, 2, dtype=x.dtype)", [Input([1])]) {
                .logspace(-1, 2, count: 5, base: 2, dtype: $0[0].dtype)
            }
        ])
}

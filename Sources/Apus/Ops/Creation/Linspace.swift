extension Tensor {
    /// `count` evenly spaced numbers from `start` to `end`, both included.
    public static func linspace(
        _ start: Double, _ end: Double, count: Int, dtype: DType = .float32,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        sequence(
            "linspace", .between(start: start, end: end), count, dtype, CallSite(file: file, line: line))
    }
}

extension Operation {
    static let linspace = Operation(
        "linspace", dtypes: [.float32, .float64], isDifferentiable: false,
        [
            Sample("torch.linspace(-1, 2, 7, dtype=x.dtype)", [Input([1])]) {
                .linspace(-1, 2, count: 7, dtype: $0[0].dtype)
            },
            Sample("torch.linspace(3, 2, 1, dtype=x.dtype)", [Input([1])]) {
                .linspace(3, 2, count: 1, dtype: $0[0].dtype)
            },
        ])
}

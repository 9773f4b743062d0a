extension Tensor {
    /// A matrix of zeros with ones on its main diagonal, square unless `columns` says otherwise.
    public static func eye(
        _ rows: Int, _ columns: Int? = nil, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        let shape = [rows, columns ?? rows]
        checkShape(shape, "eye", CallSite(file: file, line: line))
        let result = zeros(shape, dtype: dtype)
        result.write(Tensor(1, dtype: dtype), through: .diagonal(of: shape, 0, 1, offset: 0), adding: false)
        return result
    }
}

extension Operation {
    static let eye = Operation(
        "eye", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.eye(3, dtype=x.dtype)", [Input([1])]) { .eye(3, dtype: $0[0].dtype) },
            Sample("torch.eye(2, 4, dtype=x.dtype)", [Input([1])]) { .eye(2, 4, dtype: $0[0].dtype) },
        ])
}

extension Tensor {
    /// The matrices of the last two axes with zeros below a diagonal.
    ///
    /// - Parameter diagonal: the first one kept: 0 is the main diagonal, positive ones lie above it.
    public func triu(_ diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        triangle(ClearedTriangle(diagonal: diagonal, keepsLower: false), CallSite(file: file, line: line))
    }
}

extension Operation {
    static let triu = Operation(
        "triu", dtypes: DType.everything,
        [
            Sample("x.triu()", [Input([3, 4])]) { $0[0].triu() },
            Sample("x.triu(2)", [Input([2, 4, 3])]) { $0[0].triu(2) },
        ])
}

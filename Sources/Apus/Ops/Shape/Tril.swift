/// The matrices of the last two axes with one side of a diagonal cleared.
struct ClearedTriangle: SingleResult {
    let diagonal: Int
    let keepsLower: Bool
    var name: String { keepsLower ? "tril" : "triu" }

    var attributes: [Attribute] { [Attribute("diagonal", .integer(diagonal))] }

    func value(of inputs: [Tensor]) -> Tensor {
        let x = inputs[0]
        let result = Tensor(uninitialized: x.shape, x.dtype)
        kernels.copyElements(x.operand, into: result.operand)
        if x.count > 0 {
            kernels.clearTriangle(
                result.base, size: x.dtype.size, batch: x.matrixCount, rows: x.rows, columns: x.columns,
                diagonal: diagonal, keepingLower: keepsLower)
        }
        return result
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(self, to: [backward.gradient], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

extension Tensor {
    /// The matrices of the last two axes with zeros above a diagonal.
    ///
    /// - Parameter diagonal: the last one kept: 0 is the main diagonal, positive ones lie above it.
    public func tril(_ diagonal: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        triangle(ClearedTriangle(diagonal: diagonal, keepsLower: true), CallSite(file: file, line: line))
    }

    func triangle(_ triangle: ClearedTriangle, _ site: CallSite) -> Tensor {
        if rank < 2 { fail(triangle.name, "a tensor of shape \(shape) is not a matrix", at: site) }
        return Tensor.apply(triangle, to: [self], at: site)
    }
}

extension Operation {
    static let tril = Operation(
        "tril", dtypes: DType.everything,
        [
            Sample("x.tril()", [Input([3, 4])]) { $0[0].tril() },
            Sample("x.tril(-1)", [Input([2, 4, 3])]) { $0[0].tril(-1) },
        ])
}

extension Tensor {
    /// Two axes exchanged, the last two by default: a view.
    public func transpose(_ a: Int = -2, _ b: Int = -1, file: StaticString = #fileID, line: UInt = #line)
        -> Tensor
    {
        let site = CallSite(file: file, line: line)
        let (first, second) = (rowAxis(a, "transpose", site), rowAxis(b, "transpose", site))
        if rank == 0 { return self }
        var axes = Array(0..<rank)
        axes.swapAt(first, second)
        return permute(axes, file: file, line: line)
    }
}

extension Operation {
    static let transpose = Operation(
        "transpose", dtypes: DType.everything,
        [
            Sample("x.transpose(-2, -1)", [Input([2, 3, 4])]) { $0[0].transpose() },
            Sample("x.transpose(0, -1)", [Input([])]) { $0[0].transpose(0, -1) },
            Sample("x.transpose(0, 2)", [Input([2, 3, 4])]) { $0[0].transpose(0, 2) },
        ])
}

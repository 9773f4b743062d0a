extension Tensor {
    /// One axis at another index, the others in their order: a view.
    public func moveAxis(
        from source: Int, to target: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let (from, to) = (rowAxis(source, "moveAxis", site), rowAxis(target, "moveAxis", site))
        if rank == 0 { return self }
        var axes = Array(0..<rank)
        axes.insert(axes.remove(at: from), at: to)
        return permute(axes)
    }
}

extension Operation {
    static let moveAxis = Operation(
        "moveAxis", dtypes: DType.everything,
        [Sample("x.movedim(0, 2)", [Input([2, 3, 4])]) { $0[0].moveAxis(from: 0, to: -1) }])
}

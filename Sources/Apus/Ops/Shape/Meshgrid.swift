extension Tensor {
    /// The coordinates of a grid: for each of the `axes` a view of the grid's shape that varies along this axis alone.
    ///
    /// - Parameters:
    ///   - axes: tensors of one axis each (or none).
    ///   - columnsFirst: as on paper, x before y ("xy" indexing): the first two axes of the results are swapped.
    public static func meshgrid(
        _ axes: [Tensor], columnsFirst: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> [Tensor] {
        for axis in axes where axis.rank > 1 {
            fail(
                "meshgrid", "a coordinate of shape \(axis.shape) has more than one axis",
                at: CallSite(file: file, line: line))
        }
        let shape = axes.map(\.count)
        shape.checkRank("meshgrid", CallSite(file: file, line: line))
        let grids = axes.enumerated().map { number, axis in
            var own = [Int](repeating: 1, count: axes.count)
            own[number] = axis.count
            return axis.reshape(own).broadcast(to: shape)
        }
        return columnsFirst && axes.count > 1 ? grids.map { $0.transpose(0, 1) } : grids
    }
}

extension Operation {
    static let meshgrid = Operation(
        "meshgrid", dtypes: DType.everything,
        [
            Sample("torch.meshgrid(x, y, indexing='ij')[1]", [Input([3]), Input([4])]) {
                Tensor.meshgrid([$0[0], $0[1]])[1]
            },
            Sample("torch.meshgrid(x, y, indexing='xy')[0]", [Input([3]), Input([4])]) {
                Tensor.meshgrid([$0[0], $0[1]], columnsFirst: true)[0]
            },
        ])
}

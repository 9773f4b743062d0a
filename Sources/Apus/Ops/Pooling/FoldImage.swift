struct FoldImage: SingleResult {
    let windows: ImageWindows
    let name = "foldImage"

    func value(of inputs: [Tensor]) -> Tensor { windows.folded(inputs[0]) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(UnfoldImage(windows: windows), to: [backward.gradient], at: nil)]
    }
}

extension Tensor {
    /// Columns back into planes (col2im): [N, C·kh·kw, windows] → [N, C, H, W], or without batch; where windows
    /// overlap, their elements add up.
    ///
    /// PyTorch's `F.fold`, the transpose of `unfoldImage`.
    ///
    /// - Parameter planes: H and W.
    public func foldImage(
        _ planes: Extents, _ size: Extents, dilation: Extents = 1, padding: Extents = 0, stride: Extents = 1,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let plane = planes.resolved(2, minimum: 1, "foldImage", "size", at: site)
        let windows = ImageWindows(
            WindowOptions(size: size, stride: stride, padding: padding, dilation: dilation), plane: plane,
            "foldImage", site)
        let x = rank == 2 ? unsqueeze(0) : self
        if x.rank != 3 || x.shape[1] % windows.size.elementCount != 0
            || x.shape[2] != windows.counts.elementCount
        {
            fail(
                "foldImage",
                "shape \(shape) is not [N, C·\(windows.size.elementCount), \(windows.counts.elementCount)], with or "
                    + "without N, which windows of \(size) of planes \(plane) give", at: site)
        }
        return Tensor.apply(FoldImage(windows: windows), to: [x], at: site).withoutBatch(rank == 2)
    }
}

extension Operation {
    static let foldImage = Operation(
        "foldImage", dtypes: DType.differentiable,
        [
            Sample("F.fold(x, (4, 5), 2)", [Input([2, 12, 12])]) { $0[0].foldImage([4, 5], 2) },
            Sample("F.fold(x, (5, 6), (2, 3), (2, 1), (1, 0), (1, 2))", [Input([1, 12, 10])]) {
                $0[0].foldImage([5, 6], [2, 3], dilation: [2, 1], padding: [1, 0], stride: [1, 2])
            },
            Sample("F.fold(x, (3, 4), 3, padding=1)", [Input([18, 12])]) {
                $0[0].foldImage([3, 4], 3, padding: 1)
            },
        ])
}

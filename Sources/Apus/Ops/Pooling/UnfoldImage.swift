struct UnfoldImage: SingleResult {
    let windows: ImageWindows
    let name = "unfoldImage"

    func value(of inputs: [Tensor]) -> Tensor { windows.unfolded(inputs[0]) }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [Tensor.apply(FoldImage(windows: windows), to: [backward.gradient], at: nil)]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { windows.reach }
}

extension Tensor {
    /// The windows of planes as columns (im2col): [N, C, H, W] → [N, C·kh·kw, windows], or without batch.
    ///
    /// PyTorch's `F.unfold`. Channel and position in the window make the row c·kh·kw + i·kw + j; windows are in
    /// row-major order.
    public func unfoldImage(
        _ size: Extents, dilation: Extents = 1, padding: Extents = 0, stride: Extents = 1,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank != 3 && rank != 4 {
            fail("unfoldImage", "shape \(shape) is not [N, C, H, W], with or without N", at: site)
        }
        let x = rank == 3 ? unsqueeze(0) : self
        let windows = ImageWindows(
            WindowOptions(size: size, stride: stride, padding: padding, dilation: dilation),
            plane: Array(x.shape[2...]), "unfoldImage", site)
        return Tensor.apply(UnfoldImage(windows: windows), to: [x], at: site).withoutBatch(rank == 3)
    }
}

extension Operation {
    static let unfoldImage = Operation(
        "unfoldImage", dtypes: DType.differentiable,
        [
            Sample("F.unfold(x, 2)", [Input([2, 3, 4, 5])]) { $0[0].unfoldImage(2) },
            Sample("F.unfold(x, (2, 3), (2, 1), (1, 0), (1, 2))", [Input([1, 2, 5, 6])]) {
                $0[0].unfoldImage([2, 3], dilation: [2, 1], padding: [1, 0], stride: [1, 2])
            },
            Sample("F.unfold(x, 3, padding=1)", [Input([2, 3, 4])]) { $0[0].unfoldImage(3, padding: 1) },
        ])
}

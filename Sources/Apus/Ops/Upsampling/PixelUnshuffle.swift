struct PixelUnshuffle: SingleResult {
    let factor: Int
    let name = "pixelUnshuffle"

    func value(of inputs: [Tensor]) -> Tensor {
        let (lead, image) = (Array(inputs[0].shape.dropLast(3)), Array(inputs[0].shape.suffix(3)))
        let (r, count, channels) = (factor, lead.elementCount, image[0])
        let (height, width) = (image[1] / r, image[2] / r)
        // Copied with the channels last.
        let parts = inputs[0].reshape([count] + image).permute(0, 2, 3, 1)
            .reshape([count, height, r, width, r, channels]).permute(0, 1, 3, 5, 2, 4)
        return parts.reshape([count, height, width, channels * r * r]).permute(0, 3, 1, 2)
            .reshape(lead + [channels * r * r, height, width])
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.pixelShuffle(factor)] }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        .windows([AxisReach](repeating: .parts(inputs: factor, outputs: 1), count: 2))
    }
}

extension Tensor {
    /// Positions become channels: [.., C, rH, rW] → [.., C·r², H, W], the inverse of `pixelShuffle`.
    public func pixelUnshuffle(_ factor: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let image = Array(shape.suffix(3))
        if factor < 1 || factor > Extents.most || image.count < 3 || image[1] % factor != 0
            || image[2] % factor != 0
        {
            fail(
                "pixelUnshuffle",
                "shape \(shape) by a factor of \(factor): [.., C, factor·H, factor·W] is wanted", at: site)
        }
        return Tensor.apply(PixelUnshuffle(factor: factor), to: [self], at: site)
    }
}

extension Operation {
    static let pixelUnshuffle = Operation(
        "pixelUnshuffle", dtypes: DType.everything,
        [
            Sample("F.pixel_unshuffle(x, 2)", [Input([2, 3, 4, 6])]) { $0[0].pixelUnshuffle(2) },
            Sample("F.pixel_unshuffle(x, 3)", [Input([2, 3, 6])]) { $0[0].pixelUnshuffle(3) },
        ])
}

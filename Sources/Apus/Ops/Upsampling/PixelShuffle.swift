struct PixelShuffle: SingleResult {
    let factor: Int
    let name = "pixelShuffle"

    func value(of inputs: [Tensor]) -> Tensor {
        let (lead, image) = (Array(inputs[0].shape.dropLast(3)), Array(inputs[0].shape.suffix(3)))
        let (r, count) = (factor, lead.elementCount)
        let (channels, height, width) = (image[0] / (r * r), image[1], image[2])
        // Copied with the channels last.
        let parts = inputs[0].reshape([count] + image).permute(0, 2, 3, 1)
            .reshape([count, height, width, channels, r, r]).permute(0, 1, 4, 2, 5, 3)
        return parts.reshape([count, height * r, width * r, channels]).permute(0, 3, 1, 2)
            .reshape(lead + [channels, height * r, width * r])
    }

    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient.pixelUnshuffle(factor)] }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        .windows([AxisReach](repeating: .parts(inputs: 1, outputs: factor), count: 2))
    }
}

extension Tensor {
    /// Channels become positions: [.., C·r², H, W] → [.., C, rH, rW], where result[c, h·r + a, w·r + b] is
    /// self[c·r² + a·r + b, h, w] (Shi et al. 2016).
    public func pixelShuffle(_ factor: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let image = shape.suffix(3)
        if factor < 1 || factor > Extents.most || image.count < 3 || image.first! % (factor * factor) != 0 {
            fail(
                "pixelShuffle",
                "shape \(shape) by a factor of \(factor): [.., C·factor², H, W] is wanted", at: site)
        }
        return Tensor.apply(PixelShuffle(factor: factor), to: [self], at: site)
    }
}

extension Operation {
    static let pixelShuffle = Operation(
        "pixelShuffle", dtypes: DType.everything,
        [
            Sample("F.pixel_shuffle(x, 2)", [Input([2, 8, 3, 4])]) { $0[0].pixelShuffle(2) },
            Sample("F.pixel_shuffle(x, 3)", [Input([9, 2, 1])]) { $0[0].pixelShuffle(3) },
            Sample("F.pixel_shuffle(x, 2)", [Input([2, 2, 4, 2, 3])]) { $0[0].pixelShuffle(2) },
        ])
}

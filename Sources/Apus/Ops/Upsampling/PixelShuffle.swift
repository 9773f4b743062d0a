extension Tensor {
    /// Channels become positions: [.., C·r², H, W] → [.., C, rH, rW], where result[c, h·r + a, w·r + b] is
    /// self[c·r² + a·r + b, h, w] (Shi et al. 2016).
    public func pixelShuffle(_ factor: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let image = Array(shape.suffix(3))
        if factor < 1 || factor > Extents.most || image.count < 3 || image[0] % (factor * factor) != 0 {
            fail(
                "pixelShuffle",
                "shape \(shape) by a factor of \(factor): [.., C·factor², H, W] is wanted",
                at: CallSite(file: file, line: line))
        }
        let (lead, r) = (Array(shape.dropLast(3)), factor)
        let (count, channels, height, width) = (lead.elementCount, image[0] / (r * r), image[1], image[2])
        // Copied with the channels last.
        let parts = detach().reshape([count] + image).permute(0, 2, 3, 1)
            .reshape([count, height, width, channels, r, r]).permute(0, 1, 4, 2, 5, 3)
        let result = parts.reshape([count, height * r, width * r, channels]).permute(0, 3, 1, 2)
            .reshape(lead + [channels, height * r, width * r])
        let recorded = record("pixelShuffle", result, [self]) { [$0.gradient.pixelUnshuffle(r)] }
        recorded.node?.reach = {
            .windows([AxisReach](repeating: .parts(inputs: 1, outputs: r), count: 2))
        }
        return recorded
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

extension Tensor {
    /// The channels (axis 1) dealt out anew, so that grouped convolutions on both sides mix: seen as
    /// [groups, C / groups] they are transposed, and channel i·C/g + j becomes channel j·g + i (Zhang et al. 2017).
    ///
    /// Its inverse is the shuffle with C / groups groups.
    ///
    /// - Parameter groups: how many; they divide the channels of [batch, channels, spatial axes…].
    public func channelShuffle(groups: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if rank < 3 || groups < 1 || shape[1] % groups != 0 {
            fail(
                "channelShuffle",
                "shape \(shape) in \(groups) groups: [batch, channels, spatial axes…] is wanted, with channels "
                    + "divisible by groups", at: CallSite(file: file, line: line))
        }
        let (channels, spatial) = (shape[1], Array(shape[2...]))
        // Copied with the channels last.
        let last = detach().permute([0] + Array(2..<rank) + [1])
        let result = last.reshape([shape[0], spatial.elementCount, groups, channels / groups])
            .transpose(-1, -2)
            .reshape(last.shape).permute([0, rank - 1] + Array(1..<rank - 1))
        let recorded = record("channelShuffle", result, [self]) {
            [$0.gradient.channelShuffle(groups: Swift.max(channels / groups, 1))]
        }
        recorded.node?.reach = { .windows([nil] + spatial.map { _ in .identity }) }
        return recorded
    }
}

extension Operation {
    static let channelShuffle = Operation(
        "channelShuffle", dtypes: DType.everything,
        [
            Sample("F.channel_shuffle(x, 2)", [Input([2, 6, 3, 4])]) { $0[0].channelShuffle(groups: 2) },
            Sample("F.channel_shuffle(x, 3)", [Input([1, 6, 5])]) { $0[0].channelShuffle(groups: 3) },
            Sample("F.channel_shuffle(x, 4)", [Input([2, 4, 2, 3, 2])]) { $0[0].channelShuffle(groups: 4) },
        ])
}

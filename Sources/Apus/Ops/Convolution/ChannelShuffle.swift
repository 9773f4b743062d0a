struct ChannelShuffle: SingleResult {
    let groups: Int
    let name = "channelShuffle"

    func value(of inputs: [Tensor]) -> Tensor {
        let (x, shape) = (inputs[0], inputs[0].shape)
        let spatial = Array(shape[2...])
        // Copied with the channels last.
        let last = x.permute([0] + Array(2..<x.rank) + [1])
        return last.reshape([shape[0], spatial.elementCount, groups, shape[1] / groups])
            .transpose(-1, -2)
            .reshape(last.shape).permute([0, x.rank - 1] + Array(1..<x.rank - 1))
    }

    func gradients(_ backward: Backward) -> [Tensor?] {
        [backward.gradient.channelShuffle(groups: Swift.max(backward.shape(0)[1] / groups, 1))]
    }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        .windows([nil] + result.dropFirst(2).map { _ in .identity })
    }
}

extension Tensor {
    /// The channels (axis 1) dealt out anew, so that grouped convolutions on both sides mix: seen as
    /// [groups, C / groups] they are transposed, and channel i·C/g + j becomes channel j·g + i (Zhang et al. 2017).
    ///
    /// Its inverse is the shuffle with C / groups groups.
    ///
    /// - Parameter groups: how many; they divide the channels of [batch, channels, spatial axes…].
    public func channelShuffle(groups: Int, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        if rank < 3 || groups < 1 || shape[1] % groups != 0 {
            fail(
                "channelShuffle",
                "shape \(shape) in \(groups) groups: [batch, channels, spatial axes…] is wanted, with channels "
                    + "divisible by groups", at: site)
        }
        return Tensor.apply(ChannelShuffle(groups: groups), to: [self], at: site)
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

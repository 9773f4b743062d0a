import Apus

extension Tensor {
    /// The channels of two maps in turn, of [batch, channels, height, width] each: joined and shuffled in two groups at
    /// once, with the channels last in memory.
    static func interleavedChannels(_ a: Tensor, _ b: Tensor) -> Tensor {
        stack([a, b].map { $0.permute([0, 2, 3, 1]) }, axis: -1).flatten(from: 3).permute([0, 3, 1, 2])
    }
}

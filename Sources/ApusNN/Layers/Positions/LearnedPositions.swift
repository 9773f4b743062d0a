import Apus

/// Adds a vector to each position, that of its place, which is learned.
///
/// Vectors start normal with a standard deviation of 0.02.
public final class LearnedPositions: Module, Layer {
    /// [positions, channels].
    public let weight: Parameter

    /// - Parameter positions: the longest sequence.
    public init(_ positions: Int, _ channels: Int, using generator: RandomGenerator = .default) {
        if positions < 1 || channels < 1 {
            fail("LearnedPositions", "\(positions) positions of \(channels) channels: both are positive")
        }
        weight = Parameter(.normal([positions, channels], mean: 0, std: 0.02, using: generator))
    }

    /// [.., positions, channels], in the same shape; the program stops for more positions than there are.
    public func forward(_ x: Tensor) -> Tensor {
        if weight.shape.count != 2 {
            fail(
                "LearnedPositions", "a weight of shape \(weight.shape), where [positions, channels] is wanted"
            )
        }
        let (most, channels) = (weight.shape[0], weight.shape[1])
        checkLastAxes(x, [channels], "LearnedPositions")
        if x.rank < 2 || x.shape[x.rank - 2] > most {
            fail(
                "LearnedPositions",
                "an input of shape \(x.shape): it takes [.., positions, \(channels)], of at most \(most) positions"
            )
        }
        return x + weight.value.narrow(axis: 0, start: 0, count: x.shape[x.rank - 2])
    }
}

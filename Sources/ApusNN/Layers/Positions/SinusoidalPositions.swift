import Apus
import Glibc

/// Adds waves of growing length to the channels of each position, by which positions can be told apart (Vaswani et al. 2017,
/// section 3.5).
///
/// Channels 2j and 2j + 1 of position t get sin and cos of t / base^(2j / channels).
public final class SinusoidalPositions: Module, Layer {
    /// Of each position.
    public let channels: Int
    /// The longest wave is 2π times as long, in positions.
    public let base: Double

    /// - Parameter base: the longest wave is 2π times as long, in positions.
    public init(_ channels: Int, base: Double = 10_000) {
        if channels < 1 || !(base > 0) {
            fail("SinusoidalPositions", "\(channels) channels and base \(base): both are positive")
        }
        (self.channels, self.base) = (channels, base)
    }

    /// What is added to positions from `start` on: [count, channels].
    public func encoding(_ count: Int, from start: Int = 0, dtype: DType = .float32) -> Tensor {
        let rates = (0..<channels).map { 1 / pow(base, Double($0 / 2 * 2) / Double(channels)) }
        let angles =
            Tensor.arange(start, start + count).to(.float64).unsqueeze(1)
            * Tensor(rates, dtype: .float64)
        let isEven = Tensor((0..<channels).map { $0 % 2 == 0 })
        return Tensor.where(isEven, angles.sin(), angles.cos()).to(dtype)
    }

    /// [.., positions, channels], in the same shape.
    public func forward(_ x: Tensor) -> Tensor { added(to: x, from: 0) }

    /// A part of a sequence, whose first position is `start`: [.., positions, channels], in the same shape.
    public func callAsFunction(
        _ x: Tensor, from start: Int, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) { added(to: x, from: start) }
    }

    private func added(to x: Tensor, from start: Int) -> Tensor {
        checkLastAxes(x, [channels], "SinusoidalPositions")
        if x.rank < 2 { fail("SinusoidalPositions", "takes [.., positions, channels], not shape \(x.shape)") }
        return x + withDevice(x.device) { encoding(x.shape[x.rank - 2], from: start, dtype: x.dtype) }
    }
}

import Apus

/// The angles by which neighboring channels turn from one position to the next, as published models keep them: `freqs`, for each
/// pair 10000^(−2j/n) at first. The first channels turn, as far as there are angles.
final class RotaryFrequencies: Module {
    let freqs: Buffer

    /// - Parameter count: how many channels turn, an even number.
    init(_ count: Int) {
        let exponents = Tensor.arange(0, count, step: 2).to(.float64) * (-1 / Double(max(count, 1)))
        freqs = Buffer((10_000 ** exponents).to(.float32))
    }

    /// - Parameters:
    ///   - x: [batch, time, channels].
    ///   - start: the position of the first step.
    ///   - layer: whose message names angles that do not fit.
    func turned(_ x: Tensor, from start: Int, _ layer: String) -> Tensor {
        let count = 2 * freqs.value.count
        if freqs.shape.count != 1 || count > x.shape[2] {
            fail(layer, "freqs of shape \(freqs.shape), where [half of \(x.shape[2]) at most] is wanted")
        }
        if count == 0 { return x }
        let positions = withDevice(x.device) { Tensor.arange(start, start + x.shape[1], dtype: .float64) }
        let angles = positions.unsqueeze(1) * freqs.value.to(.float64)
        let type = x.dtype == .float64 ? DType.float64 : .float32
        let turns = Tensor.complex(real: angles.cos().to(type), imaginary: angles.sin().to(type))
        let turning = x.narrow(axis: 2, start: 0, count: count).to(type)
        let pairs = turning.reshape([x.shape[0], x.shape[1], count / 2, 2]).viewAsComplex()
        let turned = (pairs * turns).viewAsReal().reshape(turning.shape).to(x.dtype)
        return .cat([turned, x.narrow(axis: 2, start: count, count: x.shape[2] - count)], axis: 2)
    }
}

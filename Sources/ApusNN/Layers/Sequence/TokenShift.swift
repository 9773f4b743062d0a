import Apus

extension Tensor {
    /// [batch, time, channels] in which the first half of the channels comes from the step before: a look at two steps at
    /// once, with which one layer of attention recalls what came after something.
    ///
    /// - Parameters:
    ///   - last: those channels of the step before the first, [batch, half of the channels, rounded up], and afterwards those
    ///     of the last step; nil stands for zeros.
    ///   - layer: whose message names a state of another shape.
    func tokenShifted(after last: inout Tensor?, _ layer: String) -> Tensor {
        let (batch, steps, width) = (shape[0], shape[1], (shape[2] + 1) / 2)
        if let last, last.shape != [batch, width] {
            fail(layer, "a step before of shape \(last.shape), where [\(batch), \(width)] is wanted")
        }
        let before = last?.unsqueeze(1) ?? withDevice(device) { .zeros([batch, 1, width], dtype: dtype) }
        let known = Tensor.cat([before, narrow(axis: 2, start: 0, count: width)], axis: 1)
        last = known.narrow(axis: 1, start: steps, count: 1).squeeze(axis: 1)
        return .cat(
            [
                known.narrow(axis: 1, start: 0, count: steps),
                narrow(axis: 2, start: width, count: shape[2] - width),
            ], axis: 2)
    }
}

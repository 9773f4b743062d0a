import Apus

/// What `GAU` and `FLASH` have in common: of the normalised input the values, the gates, and from few channels queries and keys,
/// which a scale and an offset tell apart. The layer that holds it gives its modules their names.
struct GatedProjections {
    let norm: any Layer
    let toHidden: Sequential
    let toQK: Sequential
    let branches: OffsetScale
    let rotary: RotaryFrequencies?
    let toOut: Linear
    let channels: Int
    let keyChannels: Int
    let hidden: Int
    let shiftsTokens: Bool
    let layer: String

    init(
        _ layer: String, _ channels: Int, keyChannels: Int, expansion: Int, branches: Int,
        usesScaleNorm: Bool,
        rotary: Bool, gamma: Initializer, shiftsTokens: Bool, using generator: RandomGenerator
    ) {
        if min(channels, keyChannels, expansion) < 1 {
            fail(
                layer,
                "\(channels) channels, \(keyChannels) of keys and \(expansion) of values for each: all are positive"
            )
        }
        let width = channels.multipliedClamped(by: expansion)
        Tensor.checkShape([2, width, channels], layer)
        Tensor.checkShape([keyChannels, channels], layer)
        norm = usesScaleNorm ? ScaleNorm(channels) : LayerNorm(channels)
        toHidden = Sequential(Linear(channels, 2 * width, using: generator), SiLU())
        toQK = Sequential(Linear(channels, keyChannels, using: generator), SiLU())
        self.branches = OffsetScale(branches, keyChannels, gamma: gamma, using: generator)
        self.rotary = rotary ? RotaryFrequencies(2 * (min(32, keyChannels) / 2)) : nil
        toOut = Linear(width, channels, using: generator)
        (self.layer, self.channels, self.keyChannels, hidden) = (layer, channels, keyChannels, width)
        self.shiftsTokens = shiftsTokens
    }

    /// Of an input [batch, time, channels] whose first position is `start`: values and gates [batch, time, hidden], and the
    /// branches [batch, time, keyChannels], turned.
    func callAsFunction(
        _ x: Tensor, from start: Int, shifted: inout Tensor?
    ) -> (values: Tensor, gates: Tensor, branches: [Tensor]) {
        var input = norm(x)
        if shiftsTokens { input = input.tokenShifted(after: &shifted, layer) }
        let wide = toHidden(input)
        let narrow = toQK(input)
        if wide.shape != [x.shape[0], x.shape[1], 2 * hidden]
            || narrow.shape != [x.shape[0], x.shape[1], keyChannels]
        {
            fail(
                layer,
                "projections to \(wide.shape) and \(narrow.shape), where the last axes are \(2 * hidden) and "
                    + "\(keyChannels)")
        }
        let parts = wide.chunk(2, axis: 2)
        let all = branches(narrow, layer).map { rotary?.turned($0, from: start, layer) ?? $0 }
        return (parts[0], parts[1], all)
    }

    /// Zeros [batch, 0, count], for keys and values that are yet to come.
    func nothing(_ batch: Int, _ count: Int) -> Tensor {
        let weight = toOut.weight.value
        return withDevice(weight.device) { .zeros([batch, 0, count], dtype: weight.dtype) }
    }
}

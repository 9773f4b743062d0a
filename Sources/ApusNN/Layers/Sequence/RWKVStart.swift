import Apus

/// What RWKV-4's layers share: where their parameters start, by the depth of the layer, and how a position's input is mixed with
/// the one's before it.
struct RWKVStart {
    let channels: Int
    /// From 0 in the first layer to 1 in the last.
    let depth: Double
    /// From 1 in the first layer down by equal parts.
    let rest: Double

    init(_ channels: Int, _ layer: Int, _ layers: Int) {
        self.channels = channels
        depth = layers > 1 ? Double(layer) / Double(layers - 1) : 0
        rest = 1 - Double(layer) / Double(layers)
    }

    /// A number for each channel.
    func each(_ value: (Double) -> Double) -> Tensor {
        Tensor((0..<channels).map { value(Double($0)) }, dtype: .float32)
    }

    /// The share of the position's own input, from the channel's place among all.
    func mix(_ value: (Double) -> Double) -> Parameter {
        Parameter(each { value($0 / Double(channels)) }.reshape([1, 1, channels]))
    }

    /// A linear layer of zeros, as the authors start what leads to sums, or of other weights.
    func projection(
        _ inputs: Int, _ outputs: Int, _ start: Initializer, _ generator: RandomGenerator
    ) -> Linear {
        let layer = Linear(inputs, outputs, bias: false, using: generator)
        layer.weight.value = start([outputs, inputs], using: generator)
        return layer
    }

    /// The inputs of projections: for each mix m ⊙ x + (1 - m) ⊙ x of the step before, which is zero at the start.
    static func mixed(_ x: Tensor, _ before: Tensor, _ mixes: [Parameter], _ name: String) -> [Tensor] {
        let channels = mixes[0].shape.last ?? 0
        if x.rank != 3 || x.shape[2] != channels || x.shape[1] == 0 {
            fail(
                name, "an input of shape \(x.shape): it takes [batch, time, \(channels)], of one step or more"
            )
        }
        if before.shape != [x.shape[0], channels] {
            fail(name, "a state of shape \(before.shape), where [\(x.shape[0]), \(channels)] is wanted")
        }
        let earlier = x.narrow(axis: 1, start: 0, count: x.shape[1] - 1)
        let shifted = Tensor.cat([before.unsqueeze(1), earlier], axis: 1)
        return mixes.map { shifted + (x - shifted) * $0.value }
    }

    /// The last input, [batch, channels].
    static func last(_ x: Tensor) -> Tensor {
        x.narrow(axis: 1, start: x.shape[1] - 1, count: 1).squeeze(axis: 1)
    }
}

import Apus

/// Several vectors from one: γᵢ ⊙ z + βᵢ (Hua et al. 2022, section 2.2). State: `gamma`, `beta` [branches, channels].
final class OffsetScale: Module {
    /// γ, [branches, channels].
    let gamma: Parameter
    /// β, [branches, channels], 0 at first.
    let beta: Parameter

    init(_ branches: Int, _ channels: Int, gamma: Initializer, using generator: RandomGenerator) {
        self.gamma = Parameter(gamma([branches, channels], using: generator))
        beta = Parameter(.zeros([branches, channels]))
    }

    /// [batch, time, channels] each.
    ///
    /// - Parameter layer: whose message names parameters of other shapes.
    func callAsFunction(_ z: Tensor, _ layer: String) -> [Tensor] {
        for (name, parameter) in [("gamma", gamma), ("beta", beta)]
        where parameter.shape.count != 2 || parameter.shape[1] != z.shape[2]
            || parameter.shape[0] != gamma.shape[0]
        {
            fail(layer, "\(name) of shape \(parameter.shape), where [branches, \(z.shape[2])] is wanted")
        }
        return (z.unsqueeze(2) * gamma.value + beta.value).unbind(axis: 2)
    }
}

import Apus
import ApusNN

/// A Mamba with a residual, normalised before: the blocks of the published models (Gu and Dao 2023, section 3.4).
///
/// State: `norm.weight`, `mixer.…`.
final class MambaBlock: Module, StepwiseLayer {
    let norm: RMSNorm
    let mixer: Mamba

    /// - Parameter layers: how many blocks there are: what adds to the channels starts smaller by its root.
    init(_ channels: Int, layers: Int, using generator: RandomGenerator) {
        norm = RMSNorm(channels, epsilon: 1e-5)
        mixer = Mamba(channels, using: generator)
        mixer.outProjection.weight.value = mixer.outProjection.weight.value / Double(layers).squareRoot()
    }

    func forward(_ x: Tensor) -> Tensor { x + mixer(norm(x)) }

    func initialState(batch: Int) -> Mamba.State { mixer.initialState(batch: batch) }

    func advance(_ x: Tensor, _ state: inout Mamba.State) -> Tensor {
        x + mixer.advance(norm(x), &state)
    }
}

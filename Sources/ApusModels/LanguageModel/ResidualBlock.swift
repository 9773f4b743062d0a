import Apus
import ApusNN

/// A mixer with a residual, normalised before: the blocks of the published Mambas (Gu and Dao 2023, section 3.4).
///
/// State: `norm.weight`, `mixer.…`.
final class ResidualBlock<Mixer: StepwiseLayer>: Module, StepwiseLayer {
    let norm: RMSNorm
    let mixer: Mixer

    init(_ mixer: Mixer, _ channels: Int) {
        norm = RMSNorm(channels, epsilon: 1e-5)
        self.mixer = mixer
    }

    func forward(_ x: Tensor) -> Tensor { x + mixer(norm(x)) }

    func initialState(batch: Int) -> Mixer.State { mixer.initialState(batch: batch) }

    func advance(_ x: Tensor, _ state: inout Mixer.State) -> Tensor {
        x + mixer.advance(norm(x), &state)
    }
}

import Apus
import ApusNN

/// A mixer of positions and two linear layers at each, both with a residual and normalised before (Touvron et al. 2023, "LLaMA", section 2.2,
/// with GELU).
///
/// State: `norm1.weight`, `mixer.…`, `norm2.weight`, `linear1.…` [4·channels, channels], `linear2.…`.
final class TransformerBlock<Mixer: StepwiseLayer>: Module, StepwiseLayer {
    let mixer: Mixer
    let norm1: RMSNorm
    let norm2: RMSNorm
    let linear1: Linear
    let linear2: Linear
    let dropout: Double

    init(_ mixer: Mixer, _ channels: Int, dropout: Double, using generator: RandomGenerator) {
        self.mixer = mixer
        norm1 = RMSNorm(channels, epsilon: 1e-5)
        norm2 = RMSNorm(channels, epsilon: 1e-5)
        linear1 = Linear(channels, 4 * channels, using: generator)
        linear2 = Linear(4 * channels, channels, using: generator)
        self.dropout = dropout
    }

    func forward(_ x: Tensor) -> Tensor { added(x, mixer(norm1(x))) }

    func initialState(batch: Int) -> Mixer.State { mixer.initialState(batch: batch) }

    func advance(_ x: Tensor, _ state: inout Mixer.State) -> Tensor {
        added(x, mixer.advance(norm1(x), &state))
    }

    private func added(_ x: Tensor, _ mixed: Tensor) -> Tensor {
        let y = x + dropped(mixed)
        return y + dropped(linear2(linear1(norm2(y)).gelu()))
    }

    private func dropped(_ x: Tensor) -> Tensor { isTraining && dropout > 0 ? x.dropout(dropout) : x }
}

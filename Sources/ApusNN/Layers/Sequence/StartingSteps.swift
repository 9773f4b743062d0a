import Apus
import Glibc

/// ln Δ of each channel at the start: uniform between those of the shortest and the longest step.
func startingLogSteps(
    _ channels: Int, _ steps: ClosedRange<Double>, _ dtype: DType, _ generator: RandomGenerator
) -> Tensor {
    .uniform(
        [channels], low: log(steps.lowerBound), high: log(steps.upperBound), dtype: dtype, using: generator)
}

/// What softplus makes Δ of in Mamba's start, of which none is below 10⁻⁴ (Gu and Dao 2023, the authors' code).
func startingStepBias(_ channels: Int, _ steps: ClosedRange<Double>, _ generator: RandomGenerator) -> Tensor {
    startingLogSteps(channels, steps, .float64, generator).exp().clamp(min: 1e-4).inverseSoftplus()
        .to(.float32)
}

extension Tensor {
    /// The numbers whose softplus these are: y + ln(1 − e^(−y)).
    func inverseSoftplus() -> Tensor { self + (-(-self).expm1()).log() }
}

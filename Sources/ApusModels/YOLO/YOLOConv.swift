import Apus
import ApusNN

/// The convolution of YOLOv5: without bias, with batch normalisation and SiLU. State: `conv.weight`, `bn.…`.
func yoloConv(
    _ inputs: Int, _ outputs: Int, kernel: Int = 1, stride: Int = 1, padding: Int? = nil,
    using generator: RandomGenerator
) -> ConvNorm {
    ConvNorm(
        inputs, outputs, kernel: kernel, stride: stride, padding: padding, epsilon: 1e-3, momentum: 0.03,
        activation: .silu, names: ("conv", "bn"), using: generator)
}

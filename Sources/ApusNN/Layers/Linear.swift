import Apus

/// A fully connected layer: x·Wᵀ + b for inputs [.., in], giving [.., out].
///
/// Weight [out, in] and bias [out] start uniform in ±1/√in, as PyTorch's.
///
/// With a complex `dtype` weight, bias and result are complex, W·x = (A·a − B·b) + i(B·a + A·b) for W = A + iB and
/// x = a + ib (Trabelsi et al. 2018, section 3.2), with one complex bias an output. Weights then start as
/// `Initializer.rayleigh(.he)`, with in complex units, and the bias at 0.
public final class Linear: Module, Layer {
    /// W, [outputs, inputs].
    public let weight: Parameter
    /// b, [outputs]; nil for a layer without.
    public let bias: Parameter?
    /// What is applied to the result, as part of the operation.
    public let activation: FusedActivation

    /// - Parameters:
    ///   - inputs: the extent of the last axis of the input, at least 1.
    ///   - outputs: the extent of the last axis of the result.
    ///   - dtype: of weight and bias; floating-point or complex.
    public init(
        _ inputs: Int, _ outputs: Int, bias: Bool = true, activation: FusedActivation = .none,
        dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        if inputs < 1 || outputs < 0 {
            fail("Linear", "\(inputs) inputs and \(outputs) outputs make no layer")
        }
        self.activation = activation
        (weight, self.bias) = startingParameters(
            "Linear", [outputs, inputs], bias ? outputs : nil, dtype, generator)
    }

    /// [.., inputs] to [.., outputs].
    public func forward(_ x: Tensor) -> Tensor {
        x.linear(weight.value, bias: bias?.value, activation: activation)
    }
}

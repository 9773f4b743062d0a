import Apus

/// A fully connected layer: x·Wᵀ + b for inputs [.., in], giving [.., out].
///
/// Weight [out, in] and bias [out] start uniform in ±1/√in, as PyTorch's.
public final class Linear: Module, Layer {
    public let weight: Parameter
    public let bias: Parameter?

    public init(_ inputs: Int, _ outputs: Int, bias: Bool = true, using generator: RandomGenerator = .default)
    {
        if inputs < 1 || outputs < 0 {
            fail("Linear", "\(inputs) inputs and \(outputs) outputs make no layer")
        }
        let bound = 1 / Double(inputs).squareRoot()
        weight = Parameter(.uniform([outputs, inputs], low: -bound, high: bound, using: generator))
        self.bias = bias ? Parameter(.uniform([outputs], low: -bound, high: bound, using: generator)) : nil
    }

    /// With given parameters.
    init(weight: Parameter, bias: Parameter?) {
        self.weight = weight
        self.bias = bias
    }

    public func callAsFunction(_ x: Tensor) -> Tensor { x.linear(weight.value, bias: bias?.value) }
}

import Apus

/// A bilinear map of two inputs: y_o = xᵀ·W_o·x′ + b_o.
///
/// Weight and bias start uniform in ±1/√features of the first input, as PyTorch's.
public final class Bilinear: Module {
    /// W, [outputs, inputs, other inputs].
    public let weight: Parameter
    /// b, [outputs]; nil for a layer without.
    public let bias: Parameter?

    /// - Parameters:
    ///   - inputs: the extent of the last axis of the first input.
    ///   - otherInputs: the extent of the last axis of the second input.
    ///   - outputs: the extent of the last axis of the result.
    ///   - dtype: a real floating-point type.
    public init(
        _ inputs: Int, _ otherInputs: Int, _ outputs: Int, bias: Bool = true, dtype: DType = .float32,
        using generator: RandomGenerator = .default
    ) {
        if Swift.min(inputs, otherInputs, outputs) < 1 {
            fail("Bilinear", "\(inputs) and \(otherInputs) inputs and \(outputs) outputs make no layer")
        }
        if !dtype.isDifferentiable || dtype.isComplex {
            fail("Bilinear", "weights of \(dtype): they are real floating-point numbers")
        }
        Tensor.checkShape([outputs, inputs, otherInputs], "Bilinear")
        let bound = 1 / Double(inputs).squareRoot()
        func uniform(_ shape: Shape) -> Parameter {
            Parameter(.uniform(shape, low: -bound, high: bound, dtype: dtype, using: generator))
        }
        weight = uniform([outputs, inputs, otherInputs])
        self.bias = bias ? uniform([outputs]) : nil
    }

    /// [.., inputs] and [.., other inputs] to [.., outputs].
    public func callAsFunction(
        _ x: Tensor, _ other: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        called(file: file, line: line) {
            x.bilinear(other, weight: weight.value, bias: bias?.value, file: file, line: line)
        }
    }
}

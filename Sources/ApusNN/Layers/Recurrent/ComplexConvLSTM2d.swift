import Apus

/// The convolutional LSTM of Trabelsi et al. 2018 (section 4.3; Shi et al. 2015): sequences of complex images
/// [batch, time, inputs, height, width] to [batch, time, hidden, height, width].
///
/// i, f, o = σ(W∗x + U∗h + b) and g = tanh(W∗x + U∗h + b), each with its own outputs of the convolutions; then
/// c′ = f∘c + i∘g and h′ = o∘tanh(c′). The convolutions and b are complex and keep the size of the image; σ, tanh and
/// the products ∘ act on each part for itself.
///
/// State: `weight_ih` [4·hidden, inputs, kernel…], `weight_hh` [4·hidden, hidden, kernel…] and `bias` [4·hidden], in
/// the order i, f, g, o. Weights start as `Initializer.rayleigh(.glorot)`, each gate for itself, and biases at 0.
public final class ComplexConvLSTM2d: Module {
    /// Channels of each image of the sequence.
    public let inputs: Int
    /// Channels of the states and of each image of the result.
    public let hidden: Int
    /// W, `weight_ih`: [4·hidden, inputs, kernel…].
    public let inputWeight: Parameter
    /// U, `weight_hh`: [4·hidden, hidden, kernel…].
    public let hiddenWeight: Parameter
    /// b, [4·hidden]; nil for a layer without.
    public let bias: Parameter?

    /// - Parameters:
    ///   - kernel: height and width of both convolutions.
    ///   - dtype: complex64 or complex128.
    public init(
        _ inputs: Int, _ hidden: Int, kernel: Extents, bias: Bool = true, dtype: DType = .complex64,
        using generator: RandomGenerator = .default
    ) {
        if min(inputs, hidden) < 1 {
            fail("ComplexConvLSTM2d", "\(inputs) inputs and \(hidden) hidden channels make no layer")
        }
        if !dtype.isComplex { fail("ComplexConvLSTM2d", "has complex weights, not \(dtype) ones") }
        self.inputs = inputs
        self.hidden = hidden
        let window = kernel.resolved(2, minimum: 1, "ComplexConvLSTM2d", "kernel")
        Tensor.checkShape([4, hidden, max(inputs, hidden)] + window, "ComplexConvLSTM2d")
        func weight(_ width: Int, _ name: String) -> Parameter {
            let gates = (0..<4).map { _ in
                Initializer.rayleigh(.glorot)([hidden, width] + window, dtype: dtype, using: generator)
            }
            return Parameter(Tensor.cat(gates), name: name)
        }
        inputWeight = weight(inputs, "weight_ih")
        hiddenWeight = weight(hidden, "weight_hh")
        self.bias = bias ? Parameter(.zeros([4 * hidden], dtype: dtype)) : nil
    }

    /// - Parameter state: the hidden and the cell state, each [batch, hidden, height, width]; nil stands for 0.
    /// - Returns: the hidden states at each step, and the states after the last one.
    public func callAsFunction(
        _ x: Tensor, state: (hidden: Tensor, cell: Tensor)? = nil, file: StaticString = #fileID,
        line: UInt = #line
    ) -> (output: Tensor, state: (hidden: Tensor, cell: Tensor)) {
        called(file: file, line: line) { forward(x, state, CallSite(file: file, line: line)) }
    }

    private func forward(_ x: Tensor, _ state: (hidden: Tensor, cell: Tensor)?, _ site: CallSite)
        -> (output: Tensor, state: (hidden: Tensor, cell: Tensor))
    {
        if x.rank != 5 || x.shape[2] != inputs || x.shape[1] == 0 {
            fail(
                "ComplexConvLSTM2d",
                "an input of shape \(x.shape): it takes [batch, time, \(inputs), height, width], with a time of 1 or more",
                at: site)
        }
        let (batch, times, plane) = (x.shape[0], x.shape[1], Array(x.shape[3...]))
        let stateShape = [batch, hidden] + plane
        for given in [state?.hidden, state?.cell] where given != nil && given!.shape != stateShape {
            fail(
                "ComplexConvLSTM2d", "a state of shape \(given!.shape), where \(stateShape) is wanted",
                at: site)
        }
        let dtype = DType.promote(x.dtype, inputWeight.value.dtype)
        // What does not depend on the state, for all steps in one convolution.
        let fromInput = x.to(dtype).transpose(0, 1).reshape([times * batch, inputs] + plane).conv2d(
            inputWeight.value, bias: bias?.value, padding: .same)
        var h = state?.hidden.to(dtype)
        let start = state?.cell.to(dtype) ?? withDevice(x.device) { .zeros(stateShape, dtype: dtype) }
        var c = start.viewAsReal()
        var outputs: [Tensor] = []
        for time in 0..<times {
            var gates = fromInput.narrow(axis: 0, start: time * batch, count: batch)
            if let h { gates = gates + h.conv2d(hiddenWeight.value, padding: .same) }
            let step = lstmStep(gates.viewAsReal(), c, axis: 1, hidden)
            c = step.c
            h = step.h.viewAsComplex()
            outputs.append(h!)
        }
        return (Tensor.stack(outputs, axis: 1), (h!, c.viewAsComplex()))
    }
}

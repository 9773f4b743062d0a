import Apus

extension Module {
    /// Moves every parameter and buffer inside to a device. Optimizers made before keep their slots where they were, and
    /// stop at their next step: make them afterwards.
    public final func to(_ device: Device) {
        for parameter in parameters() where parameter.parametrization == nil {
            parameter.value = parameter.value.detach().to(device)
        }
        for (_, buffer) in namedBuffers() { buffer.value = buffer.value.to(device) }
    }

    /// Zeros for an input, where the parameters are.
    func zeros(_ shape: Shape, dtype: DType) -> Tensor {
        let device = parameters().first?.value.device
        let zeros = Tensor.zeros(shape, dtype: dtype)
        return device.map { zeros.to($0) } ?? zeros
    }
}

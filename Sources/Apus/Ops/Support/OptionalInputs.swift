extension [Tensor] {
    /// These inputs followed by the weight and the bias, where they are given.
    func with(_ weight: Tensor?, _ bias: Tensor?) -> [Tensor] {
        if weight == nil && bias == nil { return self }
        var inputs: [Tensor] = []
        inputs.reserveCapacity(count + 2)
        inputs += self
        if let weight { inputs.append(weight) }
        if let bias { inputs.append(bias) }
        return inputs
    }
}

extension [Tensor] {
    /// An operation's inputs, with those of a weight and a bias that are given at the end.
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

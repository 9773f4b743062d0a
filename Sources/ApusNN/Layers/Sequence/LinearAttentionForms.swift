import Apus

extension Tensor {
    /// Causal linear attention in one of its forms: Sₜ = e^lₜ·Sₜ₋₁ + kₜ·vₜᵀ, yₜ = Sₜᵀ·qₜ for these queries, [batch, heads, time,
    /// channels].
    ///
    /// - Parameters:
    ///   - form: parallel has the products of all pairs in memory, chunked those within 64 steps, recurrent none.
    ///   - logDecay: l, of a shape that broadcasts to [batch, heads, time]; in the parallel form it is [heads, 1] and at most 0.
    ///   - initial: S₀, [batch, heads, channels of the keys, channels of the values].
    /// - Returns: y in the shape of the values, and the last S.
    func linearAttention(
        _ form: SequenceForm, key: Tensor, value: Tensor, logDecay: Tensor? = nil, initial: Tensor
    ) -> (output: Tensor, last: Tensor) {
        switch form {
        case .parallel: return paired(key, value, logDecay, initial)
        case .recurrent: return stepped(key, value, logDecay, initial)
        default: return linearAttention(key: key, value: value, logDecay: logDecay, initial: initial)
        }
    }

    private func paired(_ k: Tensor, _ v: Tensor, _ logDecay: Tensor?, _ initial: Tensor) -> (Tensor, Tensor)
    {
        let products = matmul(k.transpose(-1, -2))
        guard let logDecay else {
            let y = products.tril().matmul(v) + matmul(initial)
            return (y, initial + k.transpose(-1, -2).matmul(v))
        }
        let steps = shape[2]
        let times = withDevice(device) { Tensor.arange(steps).to(logDecay.dtype) }
        // [heads, 1, 1]
        let rate = logDecay.unsqueeze(-1)
        // What comes later has no weight, and is no power of e that overflows.
        let left = (rate * (times.unsqueeze(1) - times).relu()).exp()
        let sinceStart = (rate * (times + 1).unsqueeze(1)).exp()
        let untilEnd = (rate * (Double(steps - 1) - times).unsqueeze(1)).exp()
        let y = (products * left).tril().matmul(v) + (self * sinceStart).matmul(initial)
        let kept = initial * (rate * Double(steps)).exp()
        return (y, kept + (k * untilEnd).transpose(-1, -2).matmul(v))
    }

    private func stepped(_ k: Tensor, _ v: Tensor, _ logDecay: Tensor?, _ initial: Tensor) -> (Tensor, Tensor)
    {
        if shape[2] == 0 { return (v, initial) }
        let decays = logDecay.map {
            $0.exp().broadcast(to: Array(shape.prefix(3))).unsqueeze(-1).unsqueeze(-1).unbind(axis: 2)
        }
        let (queries, keys, values) = (unbind(axis: 2), k.unbind(axis: 2), v.unbind(axis: 2))
        var state = initial
        let results = queries.indices.map { time in
            if let decays { state = state * decays[time] }
            state = state + keys[time].unsqueeze(-1) * values[time].unsqueeze(-2)
            return queries[time].unsqueeze(-2).matmul(state).squeeze(axis: -2)
        }
        return (.stack(results, axis: 2), state)
    }
}

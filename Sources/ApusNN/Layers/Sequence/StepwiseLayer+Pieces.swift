import Apus

extension StepwiseLayer {
    /// The result for a whole sequence [batch, time, features], taken in pieces of so many steps one after the other.
    func advanced(_ x: Tensor, by count: Int) -> Tensor {
        var state = initialState(batch: x.shape[0])
        if x.shape[1] == 0 { return advance(x, &state) }
        let results = stride(from: 0, to: x.shape[1], by: count).map { start in
            advance(x.narrow(axis: 1, start: start, count: min(count, x.shape[1] - start)), &state)
        }
        return .cat(results, axis: 1)
    }
}

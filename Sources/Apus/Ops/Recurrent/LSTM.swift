extension Tensor {
    /// One direction of one layer of a long short-term memory over a sequence [time, batch, features].
    ///
    /// i, f, o = σ(W·x + b + U·h + c) and g = tanh(W·x + b + U·h + c), each with its own rows of the weights in the order
    /// i, f, g, o; then c′ = f∘c + i∘g and h′ = o∘tanh(c′).
    ///
    /// One product computes W·x of all steps; each step is one product with U and one pass for its gates.
    ///
    /// Source: Hochreiter and Schmidhuber, "Long short-term memory", 1997; with a projection Sak, Senior and Beaufays, "Long
    /// short-term memory recurrent neural network architectures for large scale acoustic modeling", 2014.
    ///
    /// - Parameters:
    ///   - inputWeight: W, [4·hidden, features].
    ///   - hiddenWeight: U, [4·hidden, hidden], or [4·hidden, projected].
    ///   - inputBias: b, [4·hidden]; nil stands for 0.
    ///   - hiddenBias: c, [4·hidden]; nil stands for 0.
    ///   - projection: [projected, hidden], by which h′ is multiplied; takes one product more in each step.
    ///   - state: the first hidden and cell state, [batch, projected or hidden] and [batch, hidden]; nil stands for 0.
    ///   - lengths: an integer in 0...time for each sequence. Outputs after it are 0, and the last states are those at its
    ///     end; in reverse it begins there.
    ///   - reversed: from the last time to the first.
    /// - Returns: the hidden states at each time, [time, batch, projected or hidden], and the last states.
    public func lstm(
        inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor? = nil, hiddenBias: Tensor? = nil,
        projection: Tensor? = nil, state: (hidden: Tensor, cell: Tensor)? = nil, lengths: Tensor? = nil,
        reversed: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (output: Tensor, state: (hidden: Tensor, cell: Tensor)) {
        let call = RecurrenceCall(
            "lstm", .lstm, self, inputWeight, hiddenWeight, inputBias, hiddenBias, projection: projection,
            hidden: state?.hidden, cellState: state?.cell, lengths, reversed,
            CallSite(file: file, line: line))
        let (output, hidden, cell) = call.result()
        return (output, (hidden, cell!))
    }
}

extension Operation {
    static let lstm = Operation(
        "lstm", dtypes: DType.realFloating,
        [
            Sample(
                "recurrent('lstm', x, [y, z, u, v], (w, a))",
                [
                    Input([3, 3, 2]), Input([8, 2]), Input([8, 2]), Input([8]), Input([8]), Input([3, 2]),
                    Input([3, 2]),
                ]
            ) {
                let (output, (hidden, cell)) = $0[0].lstm(
                    inputWeight: $0[1], hiddenWeight: $0[2], inputBias: $0[3], hiddenBias: $0[4],
                    state: ($0[5], $0[6]))
                return Tensor.cat([output.flatten(), hidden.flatten(), cell.flatten()])
            },
            Sample(
                "recurrent('lstm', x, [y, z])[:12]", [Input([2, 2, 3]), Input([12, 3]), Input([12, 3])]
            ) {
                $0[0].lstm(inputWeight: $0[1], hiddenWeight: $0[2]).output.flatten()
            },
            Sample(
                "recurrent('lstm', x, [y, z, u, v], (w, a), lengths=b, reverse=True)",
                [
                    Input([3, 3, 2]), Input([8, 2]), Input([8, 2]), Input([8]), Input([8]), Input([3, 2]),
                    Input([3, 2]), Input([3], 0, 4, dtype: .int64),
                ]
            ) {
                let (output, (hidden, cell)) = $0[0].lstm(
                    inputWeight: $0[1], hiddenWeight: $0[2], inputBias: $0[3], hiddenBias: $0[4],
                    state: ($0[5], $0[6]), lengths: $0[7], reversed: true)
                return Tensor.cat([output.flatten(), hidden.flatten(), cell.flatten()])
            },
            Sample(
                "recurrent('lstm', x, [y, z, u], (v, w))",
                [
                    Input([2, 2, 2]), Input([8, 2]), Input([8, 1]), Input([1, 2]), Input([2, 1]),
                    Input([2, 2]),
                ]
            ) {
                let (output, (hidden, cell)) = $0[0].lstm(
                    inputWeight: $0[1], hiddenWeight: $0[2], projection: $0[3], state: ($0[4], $0[5]))
                return Tensor.cat([output.flatten(), hidden.flatten(), cell.flatten()])
            },
        ])
}

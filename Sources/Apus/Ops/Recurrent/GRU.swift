extension Tensor {
    /// One direction of one layer of gated recurrent units over a sequence [time, batch, features].
    ///
    /// r, z = σ(W·x + b + U·h + c), n = tanh(W·x + b + r∘(U·h + c)) and h′ = (1 − z)∘n + z∘h, each with its own rows of the
    /// weights in the order r, z, n.
    ///
    /// One product computes W·x of all steps; each step is one product with U and one pass for its gates.
    ///
    /// Source: Cho et al., "Learning phrase representations using RNN encoder–decoder", 2014, with the bias c inside of r∘(…).
    ///
    /// - Parameters:
    ///   - inputWeight: W, [3·hidden, features].
    ///   - hiddenWeight: U, [3·hidden, hidden].
    ///   - inputBias: b, [3·hidden]; nil stands for 0.
    ///   - hiddenBias: c, [3·hidden]; nil stands for 0.
    ///   - state: the first hidden state, [batch, hidden]; nil stands for 0.
    ///   - lengths: an integer in 0...time for each sequence. Outputs after it are 0, and the last state is that at its end;
    ///     in reverse it begins there.
    ///   - reversed: from the last time to the first.
    /// - Returns: the hidden states at each time, [time, batch, hidden], and the last one.
    public func gru(
        inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor? = nil, hiddenBias: Tensor? = nil,
        state: Tensor? = nil, lengths: Tensor? = nil, reversed: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) -> (output: Tensor, state: Tensor) {
        let call = RecurrenceCall(
            "gru", .gru, self, inputWeight, hiddenWeight, inputBias, hiddenBias, hidden: state, lengths,
            reversed, CallSite(file: file, line: line))
        let (output, hidden, _) = call.result()
        return (output, hidden)
    }
}

extension Operation {
    static let gru = Operation(
        "gru", dtypes: DType.realFloating,
        [
            Sample(
                "recurrent('gru', x, [y, z, u, v], w)",
                [Input([3, 3, 2]), Input([6, 2]), Input([6, 2]), Input([6]), Input([6]), Input([3, 2])]
            ) {
                let (output, hidden) = $0[0].gru(
                    inputWeight: $0[1], hiddenWeight: $0[2], inputBias: $0[3], hiddenBias: $0[4],
                    state: $0[5])
                return Tensor.cat([output.flatten(), hidden.flatten()])
            },
            Sample("recurrent('gru', x, [y, z])[:12]", [Input([2, 2, 3]), Input([9, 3]), Input([9, 3])]) {
                $0[0].gru(inputWeight: $0[1], hiddenWeight: $0[2]).output.flatten()
            },
            Sample(
                "recurrent('gru', x, [y, z, u, v], w, lengths=a, reverse=True)",
                [
                    Input([3, 3, 2]), Input([6, 2]), Input([6, 2]), Input([6]), Input([6]), Input([3, 2]),
                    Input([3], 0, 4, dtype: .int64),
                ]
            ) {
                let (output, hidden) = $0[0].gru(
                    inputWeight: $0[1], hiddenWeight: $0[2], inputBias: $0[3], hiddenBias: $0[4],
                    state: $0[5], lengths: $0[6], reversed: true)
                return Tensor.cat([output.flatten(), hidden.flatten()])
            },
        ])
}

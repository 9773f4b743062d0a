import ApusKernelCalls

extension Tensor {
    /// One direction of one layer of a plain recurrent network over a sequence [time, batch, features]:
    /// h′ = tanh(W·x + b + U·h + c), or max(0, …).
    ///
    /// One product computes W·x of all steps; each step is one product with U and one pass for the function.
    ///
    /// Source: Elman, "Finding structure in time", 1990.
    ///
    /// - Parameters:
    ///   - inputWeight: W, [hidden, features].
    ///   - hiddenWeight: U, [hidden, hidden].
    ///   - inputBias: b, [hidden]; nil stands for 0.
    ///   - hiddenBias: c, [hidden]; nil stands for 0.
    ///   - state: the first hidden state, [batch, hidden]; nil stands for 0.
    ///   - lengths: an integer in 0...time for each sequence. Outputs after it are 0, and the last state is that at its end;
    ///     in reverse it begins there.
    ///   - reversed: from the last time to the first.
    /// - Returns: the hidden states at each time, [time, batch, hidden], and the last one.
    public func rnn(
        inputWeight: Tensor, hiddenWeight: Tensor, inputBias: Tensor? = nil, hiddenBias: Tensor? = nil,
        nonlinearity: RNNNonlinearity = .tanh, state: Tensor? = nil, lengths: Tensor? = nil,
        reversed: Bool = false, file: StaticString = #fileID, line: UInt = #line
    ) -> (output: Tensor, state: Tensor) {
        let call = RecurrenceCall(
            "rnn", nonlinearity.cell, self, inputWeight, hiddenWeight, inputBias, hiddenBias, hidden: state,
            lengths, reversed, CallSite(file: file, line: line))
        let (output, hidden, _) = call.result()
        return (output, hidden)
    }
}

extension Operation {
    static let rnn = Operation(
        "rnn", dtypes: DType.realFloating,
        [
            Sample(
                "recurrent('rnn_tanh', x, [y, z, u, v], w)",
                [Input([3, 3, 2]), Input([2, 2]), Input([2, 2]), Input([2]), Input([2]), Input([3, 2])]
            ) {
                let (output, hidden) = $0[0].rnn(
                    inputWeight: $0[1], hiddenWeight: $0[2], inputBias: $0[3], hiddenBias: $0[4],
                    state: $0[5])
                return Tensor.cat([output.flatten(), hidden.flatten()])
            },
            Sample(
                "recurrent('rnn_relu', x, [y, z])[:12]", [Input([2, 2, 3]), Input([3, 3]), Input([3, 3])]
            ) {
                $0[0].rnn(inputWeight: $0[1], hiddenWeight: $0[2], nonlinearity: .relu).output.flatten()
            },
            Sample(
                "recurrent('rnn_tanh', x, [y, z, u, v], w, lengths=a, reverse=True)",
                [
                    Input([3, 3, 2]), Input([2, 2]), Input([2, 2]), Input([2]), Input([2]), Input([3, 2]),
                    Input([3], 0, 4, dtype: .int64),
                ]
            ) {
                let (output, hidden) = $0[0].rnn(
                    inputWeight: $0[1], hiddenWeight: $0[2], inputBias: $0[3], hiddenBias: $0[4],
                    state: $0[5], lengths: $0[6], reversed: true)
                return Tensor.cat([output.flatten(), hidden.flatten()])
            },
        ])
}

import Apus
import ApusNN
import Testing

/// Recurrent layers against PyTorch's, with the states and results that Scripts/recurrent_peer.py wrote.
@Suite struct RecurrentTests {
    /// A layer's outputs and states, whatever kind it is.
    private static func run(_ layer: Module, _ x: Tensor, _ states: [Tensor], _ lengths: Tensor?) -> (
        output: Tensor, states: [Tensor]
    ) {
        switch layer {
        case let lstm as LSTM:
            let (output, last) = lstm(
                x, state: states.isEmpty ? nil : (states[0], states[1]), lengths: lengths)
            return (output, [last.hidden, last.cell])
        case let gru as GRU:
            let (output, last) = gru(x, state: states.first, lengths: lengths)
            return (output, [last])
        default:
            let (output, last) = (layer as! RNN)(x, state: states.first, lengths: lengths)
            return (output, [last])
        }
    }

    private static let layers: [(name: String, make: @Sendable (DType) -> Module)] = [
        ("lstm", { LSTM(3, 5, layers: 2, bidirectional: true, dtype: $0) }),
        ("gru", { GRU(3, 5, layers: 2, batchFirst: true, bidirectional: true, dtype: $0) }),
        ("rnn", { RNN(3, 5, nonlinearity: .relu, bias: false, dtype: $0) }),
        ("projected", { LSTM(3, 5, layers: 2, bidirectional: true, projection: 2, dtype: $0) }),
    ]

    @Test(arguments: layers.indices, [DType.float64, .float32])
    func resultsAndGradientsOfUnequalLengthsArePyTorchs(_ index: Int, _ dtype: DType) throws {
        let (name, make) = Self.layers[index]
        let values = try PeerFixture("recurrent").part(name)
        let layer = make(dtype)
        let weights = values.part("weights").tensors
        #expect(Set(layer.namedParameters().map(\.name)) == Set(weights.keys))
        try layer.load(weights.mapValues { $0.to(dtype) })
        let tolerance = dtype == .float64 ? 1e-10 : 1e-5
        let x = values["input"]!.to(dtype).requiringGradient()
        let states = (0..<2).compactMap { values["state\($0)"]?.to(dtype) }
        let (output, last) = Self.run(layer, x, states, Tensor([4, 7, 1], shape: [3]))
        expectClose(output, values["output"]!.to(dtype), name, relative: tolerance)
        for (number, state) in last.enumerated() {
            expectClose(state, values["last\(number)"]!.to(dtype), "\(name) \(number)", relative: tolerance)
        }
        last.reduce(PeerFixture.weighted(output)) { $0 + PeerFixture.weighted($1) }.backward()
        expectClose(x.grad!, values["gradient"]!.to(dtype), name, relative: tolerance * 10)
        for (key, parameter) in layer.namedParameters() {
            expectClose(
                parameter.grad!, values["gradients.\(key)"]!.to(dtype), "\(name) \(key)",
                relative: tolerance * 10)
        }
        let first = name == "gru" ? x.detach()[0] : x.detach()[.all, 0]
        let single = Self.run(layer, first, [], nil)
        expectClose(single.output, values["single"]!.to(dtype), name, relative: tolerance)
        #expect(single.states[0].rank == 2)
    }

    @Test func cellsArePyTorchs() throws {
        let values = try PeerFixture("recurrent")
        let (lstm, gru, rnn) = (
            LSTMCell(3, 5, dtype: .float64), GRUCell(3, 5, dtype: .float64), RNNCell(3, 5, dtype: .float64)
        )
        for (name, cell) in [("lstmCell", lstm as Module), ("gruCell", gru), ("rnnCell", rnn)] {
            try cell.load(values.part(name + ".weights").tensors)
        }
        let (h, c) = lstm(
            values["lstmCell.input"]!, state: (values["lstmCell.state0"]!, values["lstmCell.state1"]!))
        expectClose(h, values["lstmCell.last0"]!)
        expectClose(c, values["lstmCell.last1"]!)
        expectClose(
            gru(values["gruCell.input"]!, state: values["gruCell.state0"]!), values["gruCell.last0"]!)
        expectClose(
            rnn(values["rnnCell.input"]!, state: values["rnnCell.state0"]!), values["rnnCell.last0"]!)
        let one = gru(values["gruCell.input"]![0], state: values["gruCell.state0"]![0])
        expectClose(one, values["gruCell.last0"]![0])
        #expect(lstm(values["lstmCell.input"]![0]).cell.shape == [5])
    }

    /// Widths with and without full registers, batches that fill tiles of rows and do not; against steps in tensor operations.
    @Test(arguments: [(1, 1), (5, 33), (13, 32), (32, 64), (30, 70)])
    func sizesOfAllKindsAgreeWithSteps(_ batch: Int, _ hidden: Int) {
        let generator = RandomGenerator(seed: 3)
        let x = Tensor.normal([6, batch, 7], dtype: .float32, using: generator).requiringGradient()
        let lengths = Tensor((0..<batch).map { 6 - $0 % 7 }, shape: [batch])
        for make: () -> Module in [
            { LSTM(7, hidden, bidirectional: true, using: generator) },
            { GRU(7, hidden, bidirectional: true, using: generator) },
            { RNN(7, hidden, bidirectional: true, using: generator) },
        ] {
            let layer = make()
            let leaves = [x] + layer.parameters().map(\.value)
            let (output, states) = Self.run(layer, x, [], lengths)
            let loss = states.reduce(PeerFixture.weighted(output)) { $0 + PeerFixture.weighted($1) }
            let fused = gradient(of: loss, at: leaves, retainGraph: true)
            let composed = gradient(of: loss, at: leaves, createGraph: true)
            for (a, b) in zip(fused, composed) {
                expectClose(a, b.detach(), "\(type(of: layer))", relative: 2e-4)
            }
            // Without gradients nothing is kept for them, and the bits are the same.
            let again = withoutGradient { Self.run(layer, x, [], lengths) }
            #expect(again.output.array(of: Float.self) == output.array(of: Float.self))
            let isPast = Tensor.arange(6).reshape([6, 1, 1]) .>= lengths.reshape([1, batch, 1])
            let past = output.detach().abs() * isPast.to(.float32)
            #expect(past.max().item(as: Float.self) == 0)
        }
    }

    /// Threads share the units of a small batch and the rows of a large one.
    @Test(arguments: [20, 61]) func threadsDoNotMatter(_ batch: Int) {
        let layer = LSTM(40, 96, layers: 2, using: RandomGenerator(seed: 1))
        let x = Tensor.normal([9, batch, 40], using: RandomGenerator(seed: 2)).requiringGradient()
        let before = Apus.threads
        defer { Apus.threads = before }
        let results = [1, 2, 3].map { threads in
            Apus.threads = threads
            let output = layer(x).output
            return [output, gradient(of: PeerFixture.weighted(output), at: x)].map {
                $0.array(of: Float.self)
            }
        }
        #expect(results[1] == results[0])
        #expect(results[2] == results[0])
    }

    @Test func startingWeightsAreUniform() {
        for layer in [LSTM(30, 64), GRU(30, 64), RNN(30, 64), LSTMCell(30, 64)] as [Module] {
            for (name, parameter) in layer.namedParameters() {
                let largest = parameter.value.abs().max().item(as: Double.self)
                #expect(largest <= 0.125 && largest > 0.11, "\(name)")
            }
        }
    }

    @Test func dropoutIsBetweenLayersAndInTrainingOnly() {
        let layer = LSTM(3, 8, layers: 2, dropout: 1, using: RandomGenerator(seed: 1))
        let single = LSTM(3, 8, dropout: 1, using: RandomGenerator(seed: 1))
        let x = Tensor.normal([4, 2, 3], using: RandomGenerator(seed: 2))
        let y = Tensor.normal([4, 2, 3], using: RandomGenerator(seed: 3))
        // The second layer sees nothing of the input.
        #expect(layer(x).output.array(of: Float.self) == layer(y).output.array(of: Float.self))
        #expect(single(x).output.array(of: Float.self) != single(y).output.array(of: Float.self))
        layer.evaluate()
        #expect(layer(x).output.array(of: Float.self) != layer(y).output.array(of: Float.self))
    }

    @Test func nanAndInfinityPass() {
        let layer = GRU(2, 3, using: RandomGenerator(seed: 1))
        var x = Tensor.zeros([3, 2, 2])
        x[1, 0, 0] = Tensor(Float.nan)
        x[1, 1, 0] = Tensor(Float.infinity)
        let y = layer(x).output
        #expect(y[0].array(of: Float.self).allSatisfy { $0.isFinite })
        #expect(y[1, 0].array(of: Float.self).allSatisfy { $0.isNaN })
        #expect(y[1, 1].array(of: Float.self).allSatisfy { $0.magnitude <= 1 || $0.isNaN })
        let relu = RNN(1, 1, nonlinearity: .relu)
        #expect(relu(Tensor.full([1, 1, 1], Float.nan)).output.item(as: Float.self).isNaN)
    }

    @Test func mistakesAreNamed() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LSTM(3, 2)(.zeros([4, 2, 3]), lengths: Tensor([2, 5], shape: [2]))
        }
        #expect(message(result).contains("lstm in LSTM: sequence 1 has a length of 5, and there are 4 steps"))
        let other = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = GRU(3, 2)(.zeros([4, 2, 3]), state: .zeros([1, 3, 2]))
        }
        #expect(message(other).contains("a hidden state of shape [1, 3, 2], where [1, 2, 2] is wanted"))
        await #expect(processExitsWith: .failure) { _ = LSTM(3, 2, projection: 2) }
        await #expect(processExitsWith: .failure) { _ = RNN(3, 2)(.zeros([4, 2, 4])) }
    }
}

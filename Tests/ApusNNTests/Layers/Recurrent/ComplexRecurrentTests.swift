import Apus
import ApusNN
import Testing

/// Complex recurrent layers against real arithmetic on both parts, with W = A + iB as [[A, −B], [B, A]].
@Suite struct ComplexRecurrentTests {
    private func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        .normal(shape, dtype: .complex128, using: RandomGenerator(seed: seed))
    }

    /// Both parts of the last axis side by side: [.., re…, im…].
    private func parts(_ z: Tensor) -> Tensor { Tensor.cat([z.real, z.imaginary], axis: -1) }

    /// W·x + b of real parts for rows `range` of complex parameters: [batch, re…, im…].
    private func affine(_ x: Tensor, _ w: Tensor, _ b: Tensor?, _ range: Range<Int>) -> Tensor {
        let w = w.narrow(axis: 0, start: range.lowerBound, count: range.count)
        let (a, i) = (w.real, w.imaginary)
        let expanded = Tensor.cat([Tensor.cat([a, -i], axis: 1), Tensor.cat([i, a], axis: 1)])
        let y = x.matmul(expanded.transpose())
        return b.map { y + parts($0.narrow(axis: 0, start: range.lowerBound, count: range.count)) } ?? y
    }

    private func setBiases(_ module: Module) {
        for (index, item) in module.namedParameters().enumerated() where item.name.contains("bias") {
            item.parameter.value = random(item.parameter.shape, UInt64(50 + index))
        }
    }

    private func difference(_ a: Tensor, _ b: Tensor) -> Double { (a - b).abs().max().item(as: Double.self) }

    @Test func namesAndShapesArePyTorchs() {
        let lstm = ComplexLSTM(3, 5, layers: 2, bidirectional: true)
        let names = lstm.namedParameters().map(\.name)
        #expect(
            names.prefix(8) == [
                "weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0", "weight_ih_l0_reverse",
                "weight_hh_l0_reverse", "bias_ih_l0_reverse", "bias_hh_l0_reverse",
            ])
        #expect(names.count == 16)
        let shapes = Dictionary(
            uniqueKeysWithValues: lstm.namedParameters().map { ($0.name, $0.parameter.shape) })
        #expect(shapes["weight_ih_l0"] == [20, 3] && shapes["weight_ih_l1"] == [20, 10])
        #expect(shapes["weight_hh_l1_reverse"] == [20, 5] && shapes["bias_hh_l1"] == [20])
        let (y, state) = lstm(.zeros([7, 2, 3], dtype: .complex64))
        #expect(y.shape == [7, 2, 10] && state.hidden.shape == [4, 2, 5] && state.cell.shape == [4, 2, 5])
        let gru = ComplexGRU(3, 5, bias: false, batchFirst: true)
        #expect(gru.namedParameters().map(\.name) == ["weight_ih_l0", "weight_hh_l0"])
        #expect(gru(.zeros([2, 7, 3], dtype: .complex64)).output.shape == [2, 7, 5])
    }

    @Test func theLSTMIsTheFormula() {
        let layer = ComplexLSTM(3, 4, dtype: .complex128, using: RandomGenerator(seed: 1))
        setBiases(layer)
        let (x, h0, c0) = (random([5, 2, 3], 2), random([1, 2, 4], 3), random([1, 2, 4], 4))
        let (output, state) = layer(x, state: (h0, c0))
        let w = layer.weights.map(\.value)
        var (h, c) = (parts(h0.squeeze(axis: 0)), parts(c0.squeeze(axis: 0)))
        for time in 0..<5 {
            let input = parts(x.narrow(axis: 0, start: time, count: 1).squeeze(axis: 0))
            func gate(_ index: Int) -> Tensor {
                let rows = (index * 4)..<(index * 4 + 4)
                return affine(input, w[0], w[2], rows) + affine(h, w[1], w[3], rows)
            }
            c = gate(1).sigmoid() * c + gate(0).sigmoid() * gate(2).tanh()
            h = gate(3).sigmoid() * c.tanh()
            let found = parts(output.narrow(axis: 0, start: time, count: 1).squeeze(axis: 0))
            #expect(difference(found, h) < 1e-12)
        }
        #expect(difference(parts(state.hidden.squeeze(axis: 0)), h) < 1e-12)
        #expect(difference(parts(state.cell.squeeze(axis: 0)), c) < 1e-12)
    }

    @Test func theGRUIsTheFormula() {
        let layer = ComplexGRU(3, 4, dtype: .complex128, using: RandomGenerator(seed: 1))
        setBiases(layer)
        let (x, h0) = (random([5, 2, 3], 2), random([1, 2, 4], 3))
        let (output, state) = layer(x, state: h0)
        let w = layer.weights.map(\.value)
        var h = parts(h0.squeeze(axis: 0))
        for time in 0..<5 {
            let input = parts(x.narrow(axis: 0, start: time, count: 1).squeeze(axis: 0))
            func rows(_ index: Int) -> Range<Int> { (index * 4)..<(index * 4 + 4) }
            func gate(_ index: Int) -> Tensor {
                affine(input, w[0], w[2], rows(index)) + affine(h, w[1], w[3], rows(index))
            }
            let (r, z) = (gate(0).sigmoid(), gate(1).sigmoid())
            let n = (affine(input, w[0], w[2], rows(2)) + r * affine(h, w[1], w[3], rows(2))).tanh()
            h = (1 - z) * n + z * h
            let found = parts(output.narrow(axis: 0, start: time, count: 1).squeeze(axis: 0))
            #expect(difference(found, h) < 1e-12)
        }
        #expect(difference(parts(state.squeeze(axis: 0)), h) < 1e-12)
    }

    /// The backward direction is the forward one of a reversed sequence; a second layer reads the first one's.
    @Test func directionsAndLayersFollowEachOther() {
        let generator = RandomGenerator(seed: 6)
        let both = ComplexLSTM(3, 4, layers: 2, bidirectional: true, dtype: .complex128, using: generator)
        setBiases(both)
        func single(_ inputs: Int, _ first: Int) -> ComplexLSTM {
            let layer = ComplexLSTM(inputs, 4, dtype: .complex128)
            for index in 0..<4 { layer.weights[index].value = both.weights[first + index].value.detach() }
            return layer
        }
        let x = random([5, 2, 3], 2)
        var sequence = x
        for (layer, inputs) in [(0, 3), (1, 8)] {
            let forward = single(inputs, layer * 8)(sequence).output
            let backward = single(inputs, layer * 8 + 4)(sequence.flip(axis: 0)).output.flip(axis: 0)
            sequence = Tensor.cat([forward, backward], axis: 2)
        }
        let (output, state) = both(x)
        #expect(difference(output, sequence) < 1e-12)
        let last = state.hidden.narrow(axis: 0, start: 3, count: 1).squeeze(axis: 0)
        #expect(
            difference(
                last,
                sequence.narrow(axis: 0, start: 0, count: 1).squeeze(axis: 0)
                    .narrow(axis: 1, start: 4, count: 4)) < 1e-12)
        let other = ComplexLSTM(
            3, 4, layers: 2, batchFirst: true, bidirectional: true, dtype: .complex128,
            using: RandomGenerator(seed: 6))
        setBiases(other)
        #expect(difference(other(x.transpose(0, 1)).output.transpose(0, 1), output) < 1e-12)
    }

    @Test func gradientsAreRight() {
        let lstm = ComplexLSTM(2, 2, dtype: .complex128, using: RandomGenerator(seed: 3))
        let gru = ComplexGRU(2, 2, dtype: .complex128, using: RandomGenerator(seed: 3))
        let conv = ComplexConvLSTM2d(1, 2, kernel: 3, dtype: .complex128, using: RandomGenerator(seed: 3))
        let cases: [(Module, Shape, (Tensor) -> Tensor)] = [
            (lstm, [3, 2, 2], { lstm($0).output }), (gru, [3, 2, 2], { gru($0).output }),
            (conv, [1, 3, 1, 3, 3], { conv($0).output }),
        ]
        for (module, shape, call) in cases {
            let x = random(shape, 8)
            func loss(_ x: Tensor) -> Tensor { call(x).abs().square().sum() }
            module.zeroGradients()
            let leaf = x.requiringGradient()
            loss(leaf).backward()
            #expect(module.parameters().allSatisfy { $0.grad != nil })
            // Along one direction in the space of the input, and of each parameter.
            let step = 1e-6
            let direction = random(shape, 9)
            let slope =
                (loss(x + direction * step) - loss(x - direction * step)).item(as: Double.self) / (2 * step)
            let wanted = (leaf.grad!.conjugate() * direction).sum().real.item(as: Double.self)
            #expect((slope - wanted).magnitude < 1e-6 * max(1, wanted.magnitude))
            for parameter in module.parameters() {
                let (value, grad) = (parameter.value.detach(), parameter.grad!)
                let direction = random(value.shape, 10)
                parameter.value = value + direction * step
                let above = loss(x).item(as: Double.self)
                parameter.value = value - direction * step
                let below = loss(x).item(as: Double.self)
                parameter.value = value
                let wanted = (grad.conjugate() * direction).sum().real.item(as: Double.self)
                #expect(((above - below) / (2 * step) - wanted).magnitude < 1e-6 * max(1, wanted.magnitude))
            }
        }
    }

    @Test func theConvolutionalLSTMIsTheFormula() {
        let layer = ComplexConvLSTM2d(
            2, 3, kernel: [3, 5], dtype: .complex128, using: RandomGenerator(seed: 5))
        #expect(layer.namedParameters().map(\.name) == ["weight_ih", "weight_hh", "bias"])
        layer.bias!.value = random([12], 7)
        let x = random([2, 3, 2, 6, 5], 1)
        let (output, state) = layer(x)
        #expect(output.shape == [2, 3, 3, 6, 5])
        var h = Tensor.zeros([2, 3, 6, 5], dtype: .complex128)
        var (cReal, cImaginary) = (
            Tensor.zeros([2, 3, 6, 5], dtype: .float64), Tensor.zeros([2, 3, 6, 5], dtype: .float64)
        )
        for time in 0..<3 {
            let input = x.narrow(axis: 1, start: time, count: 1).squeeze(axis: 1)
            let gates =
                (input.conv2d(layer.inputWeight.value, bias: layer.bias!.value, padding: .same)
                + h.conv2d(layer.hiddenWeight.value, padding: .same)).chunk(4, axis: 1)
            func next(_ c: Tensor, _ part: (Tensor) -> Tensor) -> (h: Tensor, c: Tensor) {
                let new = part(gates[1]).sigmoid() * c + part(gates[0]).sigmoid() * part(gates[2]).tanh()
                return (part(gates[3]).sigmoid() * new.tanh(), new)
            }
            let (real, imaginary) = (next(cReal) { $0.real }, next(cImaginary) { $0.imaginary })
            (cReal, cImaginary) = (real.c, imaginary.c)
            h = .complex(real: real.h, imaginary: imaginary.h)
            #expect(difference(output.narrow(axis: 1, start: time, count: 1).squeeze(axis: 1), h) < 1e-12)
        }
        #expect(difference(state.hidden, h) < 1e-12)
        #expect(difference(state.cell, .complex(real: cReal, imaginary: cImaginary)) < 1e-12)
        // Going on from a state is going on.
        let first = layer(x.narrow(axis: 1, start: 0, count: 2))
        let rest = layer(x.narrow(axis: 1, start: 2, count: 1), state: first.state)
        #expect(difference(rest.state.hidden, state.hidden) < 1e-12)
    }

    @Test func mistakesStopWithTheShapes() async {
        await #expect(processExitsWith: .failure) { _ = ComplexLSTM(3, 4, dtype: .float32) }
        await #expect(processExitsWith: .failure) {
            _ = ComplexGRU(3, 4)(.zeros([5, 2, 4], dtype: .complex64))
        }
        await #expect(processExitsWith: .failure) {
            _ = ComplexConvLSTM2d(3, 4, kernel: 3)(.zeros([5, 2, 3, 4], dtype: .complex64))
        }
    }
}

import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Mamba against mambapy's, with what Scripts/mamba_peer.py wrote, and its forms against each other.
@Suite struct MambaTests {
    @Test func resultAndGradientsAreTheReferences() throws {
        let values = try PeerFixture("mamba")
        let layer = Mamba(6, states: 5, rank: 2)
        let state = values.part("state").tensors.mapValues { $0.to(.float32) }
        #expect(Set(layer.namedParameters().map(\.name)) == Set(state.keys))
        try layer.load(state)
        let x = values["input"]!.to(.float32).requiringGradient()
        let y = layer(x)
        expectClose(y, values["output"]!.to(.float32), "output", relative: 1e-5)
        PeerFixture.weighted(y).backward()
        expectClose(x.grad!, values["inputGradient"]!.to(.float32), "input", relative: 1e-4)
        for (name, parameter) in layer.namedParameters() {
            expectClose(parameter.grad!, values["gradient.\(name)"]!.to(.float32), name, relative: 1e-4)
        }
    }

    /// A step after the other, in two parts, and all at once.
    @Test func stepsGiveTheWhole() {
        let layer = Mamba(8, states: 4, using: RandomGenerator(seed: 1))
        let x = Tensor.normal([2, 11, 8], using: RandomGenerator(seed: 2))
        let whole = layer(x)
        var state = layer.initialState(batch: 2)
        let steps = x.unbind(axis: 1).map { layer.step($0, &state) }
        expectClose(.stack(steps, axis: 1), whole, "steps", relative: 1e-5)
        var last = layer.initialState(batch: 2)
        let parts = x.split(sizes: [3, 8], axis: 1).map { layer.advance($0, &last) }
        expectClose(.cat(parts, axis: 1), whole, "parts", relative: 1e-5)
        expectClose(last.memory, state.memory, "memory", relative: 1e-5)
        expectClose(last.inputs, state.inputs, "inputs", relative: 1e-6)
    }

    @Test func whatComesLaterChangesNothingBefore() {
        let layer = Mamba(8, using: RandomGenerator(seed: 1))
        let x = Tensor.normal([1, 40, 8], using: RandomGenerator(seed: 2))
        let other = Tensor.cat([x.narrow(axis: 1, start: 0, count: 30), .full([1, 10, 8], 3)], axis: 1)
        let rows = [x, other].map { layer($0).narrow(axis: 1, start: 0, count: 30).array(of: Float.self) }
        #expect(rows[0] == rows[1])
    }

    @Test func itStartsAsPublished() {
        let layer = Mamba(64, using: RandomGenerator(seed: 1))
        let steps = layer.stepProjection.bias!.value.softplus().array(of: Double.self)
        #expect(steps.allSatisfy { 0.00099 < $0 && $0 < 0.1001 })
        let decays = layer.decayLogarithm.value.exp()[3].array(of: Double.self)
        #expect(zip(decays, 1...16).allSatisfy { abs($0 - Double($1)) < 1e-4 })
        // A tenth is below 0.00158 if they are uniform in their logarithm.
        #expect(6..<22 ~= steps.count { $0 < 0.00158 })
    }
}

import Apus
import Foundation
import Testing
import _ApusTestSupport

@testable import ApusNN

@Suite struct LRUTests {
    @Test func aSequenceIsItsSteps() {
        for (dtype, tolerance) in [(DType.float64, 1e-12), (.float32, 2e-5)] {
            let layer = LRU(5, states: 16, radii: 0.9...0.999, dtype: dtype, using: RandomGenerator(seed: 1))
            let x = Tensor.normal([2, 300, 5], dtype: dtype, using: RandomGenerator(seed: 2))
            let y = layer(x)
            var state = layer.initialState(batch: 2)
            for time in 0..<300 {
                expectClose(
                    layer.step(x[0..., time], &state), y[0..., time], "\(dtype) \(time)", relative: tolerance)
            }
            var between = layer.initialState(batch: 2)
            let parts = x.split(sizes: [100, 200], axis: 1).map { layer.advance($0, &between) }
            expectClose(Tensor.cat(parts, axis: 1), y, relative: tolerance)
            expectClose(between.viewAsReal(), state.viewAsReal(), relative: tolerance)
        }
    }

    /// The formula, a number after the other.
    @Test func oneStateFollowsTheFormula() {
        let layer = LRU(1, states: 1, dtype: .float64, using: RandomGenerator(seed: 3))
        func value(_ name: String) -> Double {
            layer.stateDictionary()[name]!.flatten()[0].item(as: Double.self)
        }
        let (size, angle) = (exp(-exp(value("nu_log"))), exp(value("theta_log")))
        var (re, im) = (0.0, 0.0)
        let u = [0.5, -1, 2]
        let y = layer(Tensor(u, shape: [1, 3, 1], dtype: .float64)).array(of: Double.self)
        for (input, found) in zip(u, y) {
            let scale = exp(value("gamma_log")) * input
            (re, im) = (
                size * (cos(angle) * re - sin(angle) * im) + scale * value("B_re"),
                size * (cos(angle) * im + sin(angle) * re) + scale * value("B_im")
            )
            let expected = value("C_re") * re - value("C_im") * im + value("D") * input
            #expect(abs(found - expected) < 1e-13)
        }
    }

    /// Whatever the ring, also next to 1, where 1 − |λ|² has few digits.
    @Test(arguments: [0.0...1.0, 0.9...0.999, 0.99999...0.999999])
    func statesOfWhiteNoiseHaveASizeOf1(_ radii: ClosedRange<Double>) {
        let layer = LRU(32, states: 256, radii: radii, using: RandomGenerator(seed: 4))
        let sizes = (-layer.decayLogarithm.value.to(.float64).exp()).exp()
        #expect(sizes.min().item(as: Double.self) >= radii.lowerBound - 1e-6)
        #expect(sizes.max().item(as: Double.self) <= radii.upperBound + 1e-6)
        // e^γ is √(1 − |λ|²), to the digits of float32 of ν.
        let squares = -(layer.decayLogarithm.value.to(.float64).exp() * -2).expm1()
        let ratio = layer.scaleLogarithm.value.to(.float64).exp().square() / squares - 1
        #expect(ratio.abs().max().item(as: Double.self) < 1e-5)
        if radii.upperBound > 0.9999 && radii.upperBound < 1 { return }
        let x = Tensor.normal([16, 3000, 32], using: RandomGenerator(seed: 5))
        let late = layer.states(x, nil).narrow(axis: 1, start: 2500, count: 500).viewAsReal()
        let size = (late.square().mean() * 2).sqrt().item(as: Float.self)
        #expect((0.97...1.03).contains(size), "\(radii): \(size)")
    }

    @Test func aBlockIsItsSteps() {
        let block = LRUBlock(4, states: 6, dropout: 0.5, using: RandomGenerator(seed: 6))
        block.evaluate()
        let x = Tensor.normal([2, 9, 4], using: RandomGenerator(seed: 7))
        let y = block(x)
        var state = block.initialState(batch: 2)
        for time in 0..<9 {
            expectClose(block.step(x[0..., time], &state), y[0..., time], "\(time)", relative: 1e-5)
        }
        let expected =
            x + block.out1(block.lru(block.norm(x)).gelu())
            * block.out2(block.lru(block.norm(x)).gelu()).sigmoid()
        expectClose(y, expected, relative: 1e-6)
        #expect(
            Set(block.stateDictionary().keys) == [
                "norm.weight", "norm.bias", "lru.nu_log", "lru.theta_log", "lru.gamma_log", "lru.B_re",
                "lru.B_im",
                "lru.C_re", "lru.C_im", "lru.D", "out1.weight", "out1.bias", "out2.weight", "out2.bias",
            ])
    }

    @Test func whatCannotBeStops() async {
        let radii = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LRU(3, states: 4, radii: 0.5...1.5)
        }
        #expect(message(radii).contains("LRU: radii of 0.5...1.5: they are within 0...1"))
        let shape = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = LRU(3, states: 4)(Tensor.ones([2, 3, 5]))
        }
        #expect(message(shape).contains("takes real [batch, time, 3]"))
    }
}

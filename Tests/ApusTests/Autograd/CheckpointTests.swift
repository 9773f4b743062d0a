import Apus
import Testing

/// A checkpoint gives what its body gives, bit by bit, and forgets what it computed.
struct CheckpointTests {
    private static let weight = Tensor.normal([6, 6], using: RandomGenerator(seed: 1))
    private static let input = Tensor.normal([4, 6], using: RandomGenerator(seed: 2))

    /// The gradients of the input and of the weights of a few layers, each within `wrapped`.
    private func gradients(
        of layer: @escaping (Tensor, Tensor) -> Tensor, depth: Int = 3,
        wrapped: (@escaping () -> Tensor) -> Tensor
    ) -> [[Float]] {
        let (x, w) = (Self.input.requiringGradient(), Self.weight.requiringGradient())
        var y = x * 2
        for _ in 0..<depth {
            let before = y
            y = wrapped { layer(before, w) }
        }
        y.square().sum().backward()
        let found: [Tensor] = [y, x.grad!, w.grad!]
        return found.map { $0.array(of: Float.self) }
    }

    @Test func gradientsReachWhateverTheBodyReads() {
        let layer = { (x: Tensor, w: Tensor) in x.matmul(w).tanh() + x }
        #expect(gradients(of: layer) { body in checkpoint(body) } == gradients(of: layer) { $0() })
    }

    @Test func randomNumbersAreTheSameTheSecondTime() {
        let own = RandomGenerator(seed: 5)
        func run(_ wrapped: (@escaping () -> Tensor) -> Tensor) -> [[Float]] {
            own.seed(5)
            return withRandomGenerator(RandomGenerator(seed: 4)) {
                let layer = { (x: Tensor, w: Tensor) in
                    x.matmul(w).dropout(0.5) + Tensor.normal([4, 6], using: own) * x
                }
                // What is drawn between the two times changes nothing.
                return gradients(of: layer, wrapped: wrapped)
            }
        }
        let plain = run { $0() }
        #expect(run { body in checkpoint(body) } == plain)
        #expect(run { body in checkpoint { checkpoint(body) } } == plain)
    }

    @Test func nestedAndRepeatedPassesAgree() {
        let x = Self.input.requiringGradient()
        let y = checkpoint { checkpoint { x.exp() } * x }.sum()
        let first = gradient(of: y, at: x, retainGraph: true)
        #expect(gradient(of: y, at: x).array(of: Float.self) == first.array(of: Float.self))
        #expect(first.allClose((x * x.exp()).detach() + x.detach().exp(), relative: 1e-5))
    }

    @Test func isDifferentiatedTwice() {
        let x = Tensor([0.3, -0.7], shape: [2], dtype: .float64).requiringGradient()
        let slope = gradient(of: checkpoint { (x * x * x).sum() }, at: x, createGraph: true)
        let second = gradient(of: slope.sum(), at: x)
        #expect(second.allClose(x.detach() * 6, relative: 1e-12))
    }

    /// A weight that is used before, inside and after a checkpoint gets each part once, and its hook sees their sum.
    @Test func sharedTensorsCountOnce() {
        let w = Tensor([2.0], shape: [1], dtype: .float64).requiringGradient()
        let seen = Seen()
        w.registerHook { gradient in
            seen.values.append(gradient.item(as: Double.self))
            return nil
        }
        let before = w * w
        let y = checkpoint { before * w } * w
        y.sum().backward()
        #expect(w.grad!.item(as: Double.self) == 4 * 8)
        #expect(seen.values == [32])
    }

    @Test func otherTensorsTheSecondTimeStopTheProgram() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            let read = Seen()
            let leaves = (1...2).map { Tensor([Double($0)], shape: [1]).requiringGradient() }
            let y = checkpoint {
                read.values.append(0)
                return leaves[read.values.count - 1] * 2
            }
            y.sum().backward()
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("checkpoint: the second time it is computed from other tensors"))
    }

    @Test func withoutGradientNothingIsWrapped() {
        let x = Self.input
        #expect(!checkpoint { x * 2 }.requiresGradient)
        let leaf = x.requiringGradient()
        #expect(!withoutGradient { checkpoint { leaf * 2 } }.requiresGradient)
        #expect(checkpoint { leaf }.isLeaf)
        let graph = Trace.of([x]) { inputs in [checkpoint { inputs[0].exp() }] }
        #expect(graph.description.contains("exp"))
    }

    @Test func mixedPrecisionIsThatOfTheFirstTime() {
        let layer = { (x: Tensor, w: Tensor) in x.matmul(w).tanh() }
        func run(_ wrapped: (@escaping () -> Tensor) -> Tensor) -> [[Float]] {
            let (x, w) = (Self.input.requiringGradient(), Self.weight.requiringGradient())
            let y = autocast(.bfloat16) { wrapped { layer(x, w) } }
            y.square().sum().backward()
            let found: [Tensor] = [x.grad!, w.grad!]
            return found.map { $0.array(of: Float.self) }
        }
        #expect(run { body in checkpoint(body) } == run { $0() })
    }

    /// The figures are the whole process's: the test has one of its own.
    @Test func innerValuesAreNotKept() async {
        await #expect(processExitsWith: .success) {
            let x = Tensor.uniform([1 << 20], using: RandomGenerator(seed: 3)).requiringGradient()
            func used(_ wrapped: (@escaping () -> Tensor) -> Tensor) -> Int {
                let before = Memory.statistics.used
                let y = wrapped { x.exp().tanh().sin().exp() }
                defer { withExtendedLifetime(y) {} }
                return Memory.statistics.used - before
            }
            let (kept, all) = (used { body in checkpoint(body) }, used { $0() })
            try #require(kept == 1 << 22 && all >= 3 << 22, "\(kept) and \(all) bytes")
        }
    }

    private final class Seen: @unchecked Sendable {
        var values: [Double] = []
    }
}

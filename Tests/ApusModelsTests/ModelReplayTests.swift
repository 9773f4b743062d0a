import Apus
import ApusModels
import ApusNN
import Testing

/// What a model computed, run as a graph on other inputs, is what the model computes of them, bit for bit.
@Suite struct ModelReplayTests {
    private static func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

    /// One at a time: the largest have 0.8 GB of weights, and hold them several times.
    @Test(.serialized, arguments: NamedModel.all.map(\.name))
    func everyModelRunsAsAGraph(_ name: String) throws {
        defer { Memory.clear() }
        let named = try NamedModel.named(name)
        let model = named.make()
        var shape = named.input
        // Small images where the model takes them.
        if shape.count == 4, shape[1] == 3, (try? named.check(input: [1, 3, 64, 64])) != nil {
            shape = [1, 3, 64, 64]
        }
        let graph = model.graph(input: shape, dtype: named.dtype)
        let frozen = model.frozen(input: shape, dtype: named.dtype)
        model.evaluate()
        for seed in 1...3 as ClosedRange<UInt64> {
            let random = RandomGenerator(seed: seed)
            let x =
                named.dtype.isInteger
                ? Tensor.randomIntegers(shape, high: 100, using: random) : .uniform(shape, using: random)
            let expected = model(x)
            #expect(Self.bytes(try graph.run([x])[0]) == Self.bytes(expected), "\(name), inputs \(seed)")
            let difference = (try frozen(x) - expected).abs().max().item(as: Double.self)
            // A single logit may be next to zero.
            #expect(difference <= 1e-4 * expected.abs().max().item(as: Double.self) + 1e-7)
        }
    }

    /// In training too: batch statistics, and dropout from the same generator.
    @Test func aTrainingStepRunsAsAGraph() throws {
        let generator = RandomGenerator(seed: 1)
        let model = Sequential(
            Conv2d(1, 4, kernel: 3, using: generator), BatchNorm2d(4), ReLU(), Dropout(0.5), Flatten(),
            Linear(4 * 36, 3, using: generator))
        let labels = Tensor([0, 2])
        func step(_ inputs: [Tensor]) -> [Tensor] {
            let loss = model(inputs[0]).softmaxCrossEntropy(inputs[1])
            return [loss.detach()] + gradient(of: loss, at: model.parameters().map(\.value))
        }
        func images(_ seed: UInt64) -> Tensor {
            .uniform([2, 1, 8, 8], using: RandomGenerator(seed: seed))
        }
        let draws = RandomGenerator(seed: 9)
        let graph = withRandomGenerator(draws) { Trace.of([images(1), labels], step) }
        draws.seed(7)
        let found = try graph.run([images(2), labels])
        let expected = withRandomGenerator(RandomGenerator(seed: 7)) { step([images(2), labels]) }
        for (found, expected) in zip(found, expected) { #expect(Self.bytes(found) == Self.bytes(expected)) }
    }
}

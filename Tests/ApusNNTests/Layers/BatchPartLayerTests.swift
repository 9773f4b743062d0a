import Apus
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

/// Every layer in training on parts of a batch gives what it gives of all rows: whatever it draws at random is drawn for the rows.
@Suite struct BatchPartLayerTests {
    /// Layers that draw, as the list of all layers does not have them.
    static let drawing = [
        LayerCase("Dropout1d", [2, 3, 4]) { Dropout1d() },
        LayerCase("Dropout3d", [2, 3, 2, 2, 2]) { Dropout3d() },
        LayerCase("StochasticDepth of batches", [2, 3]) { StochasticDepth(0.5, mode: .batch) },
        LayerCase("MultiHeadAttention", [2, 5, 8]) { MultiHeadAttention(8, heads: 2, dropout: 0.3) },
        LayerCase("MultiHeadAttention in tiles", [2, 20, 8]) {
            MultiHeadAttention(8, heads: 2, dropout: 0.3)
        },
        LayerCase("CausalAttention", [2, 20, 8]) { CausalAttention(8, heads: 2, keyHeads: 1, dropout: 0.3) },
        LayerCase("GAU", [2, 5, 8]) { GAU(8, keyChannels: 4, dropout: 0.3) },
        LayerCase("FLASH", [2, 5, 8]) { FLASH(8, group: 2, keyChannels: 4, dropout: 0.3) },
        LayerCase("S4", [2, 5, 3]) { S4(3, length: 6, states: 4, dropout: 0.5) },
        LayerCase("LSTM", [2, 5, 3]) { Last(LSTM(3, 4, layers: 3, batchFirst: true, dropout: 0.5)) },
        LayerCase("ComplexPyTorch.Dropout", [2, 3], .complex64) { ComplexPyTorch.Dropout(0.3) },
        LayerCase("ComplexPyTorch.Dropout2d", [2, 3, 4, 4], .complex64) { ComplexPyTorch.Dropout2d(0.3) },
    ]

    /// The outputs of a recurrent layer.
    private final class Last: Module, Layer {
        let lstm: LSTM
        init(_ lstm: LSTM) { self.lstm = lstm }
        func forward(_ x: Tensor) -> Tensor { lstm(x).output }
    }

    /// Rows of each part of a batch of 7.
    private static let divisions = [[7], [3, 4], [4, 0, 3], [1, 1, 4, 1]]

    private static func input(_ test: LayerCase) -> Tensor {
        let shape = [7] + test.shape.dropFirst()
        let generator = RandomGenerator(seed: 2)
        return test.dtype.isInteger
            ? .randomIntegers(shape, low: 0, high: 3, dtype: test.dtype, using: generator)
            : .uniform(shape, dtype: test.dtype, using: generator)
    }

    /// The results, the gradient of the input, and where the generator then is.
    private static func run(
        _ layer: any Layer, _ rows: Tensor, _ part: BatchPart?
    ) -> (results: [Tensor], state: RandomGenerator.State) {
        let generator = RandomGenerator(seed: 5)
        return withRandomGenerator(generator) {
            let x = rows.dtype.isDifferentiable ? rows.requiringGradient() : rows
            let y = withBatchPart(part) { layer(x) }
            if y.requiresGradient { (y * y.conjugate()).real.sum().backward() }
            return ([y.detach()] + (rows.dtype.isDifferentiable ? [x.grad!] : []), generator.state)
        }
    }

    @Test(arguments: (LayerCase.all + drawing).indices)
    func partsAreThoseOfTheBatch(_ index: Int) {
        let test = (LayerCase.all + Self.drawing)[index]
        let layer = withRandomGenerator(RandomGenerator(seed: 1)) { test.make() }
        // Its statistics are those of the rows at hand.
        if layer.namedModules().contains(where: { "\(type(of: $0.module))".contains("BatchNorm") }) { return }
        let x = Self.input(test)
        let whole = Self.run(layer, x, nil)
        for rows in Self.divisions {
            var (start, found) = (0, [[Tensor]]())
            for count in rows {
                let own = x.narrow(axis: 0, start: start, count: count)
                let part = Self.run(layer, own, BatchPart(start: start, count: count, total: 7))
                #expect(part.state == whole.state, "\(test.name) \(rows)")
                found.append(part.results)
                start += count
            }
            for (index, expected) in whole.results.enumerated() {
                let all = Tensor.cat(found.map { $0[index] })
                #expect(
                    difference(all, expected, relative: 1e-4, absolute: 1e-4) == nil,
                    "\(test.name) \(rows), result \(index)")
            }
        }
    }

    /// Time first, and layers that take more than one tensor.
    @Test func layersWithOtherInputs() {
        let x = Tensor.normal([5, 7, 3], using: RandomGenerator(seed: 2))
        let layers = withRandomGenerator(RandomGenerator(seed: 1)) {
            (
                lstm: LSTM(3, 4, layers: 3, dropout: 0.5, bidirectional: true),
                gru: GRU(3, 4, layers: 2, dropout: 0.5), rnn: RNN(3, 4, layers: 2, dropout: 0.5),
                decoder: TransformerDecoderLayer(3, heads: 1, hidden: 6, dropout: 0.3)
            )
        }
        let bodies: [(Tensor) -> Tensor] = [
            { layers.lstm($0).output }, { layers.gru($0).output }, { layers.rnn($0).output },
            { layers.decoder($0.transpose(0, 1), memory: $0.transpose(0, 1) * 0.5).transpose(0, 1) },
        ]
        for (index, body) in bodies.enumerated() {
            func run(_ x: Tensor, _ part: BatchPart?) -> (Tensor, RandomGenerator.State) {
                let generator = RandomGenerator(seed: 5)
                return withRandomGenerator(generator) { (withBatchPart(part) { body(x) }, generator.state) }
            }
            let (whole, state) = run(x, nil)
            for rows in Self.divisions {
                var (start, found) = (0, [Tensor]())
                for count in rows {
                    let own = x.narrow(axis: 1, start: start, count: count)
                    let part = run(own, BatchPart(start: start, count: count, total: 7))
                    #expect(part.1 == state)
                    found.append(part.0)
                    start += count
                }
                let problem = difference(
                    Tensor.cat(found, axis: 1), whole, relative: 1e-5, absolute: 1e-5)
                #expect(problem == nil, "body \(index) \(rows)")
            }
        }
    }

    /// Files whose draws are those of a layer in another file.
    private static let parts = [
        "LayerNorm+Residual.swift": "TransformerEncoderLayer",
        "TransformerFeedforward.swift": "TransformerEncoderLayer",
    ]
    /// Layers that the tests above name themselves.
    private static let others = ["Recurrent", "Dropout", "Dropout2d", "TransformerDecoderLayer"]

    @Test func everyFileThatDrawsIsTested() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appending(path: "Sources/ApusNN")
        let tested = Set(
            (LayerCase.all + Self.drawing).map { String("\(type(of: $0.make()))".prefix { $0 != "<" }) }
                + Self.others)
        let draw =
            /[.](dropout|channelDropout|alphaDropout|featureAlphaDropout|stochasticDepth|rrelu|bernoulli)[(]|dropout: isTraining/
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        where path.hasSuffix(".swift") {
            let text = try String(contentsOf: folder.appending(path: path), encoding: .utf8)
                .split(separator: "\n").filter { !$0.contains("//") }.joined(separator: "\n")
            if !text.contains(draw) { continue }
            let file = URL(filePath: path).lastPathComponent
            let classes =
                text.matches(of: /class (\w+)/).map { String($0.1) } + [Self.parts[file]].compactMap { $0 }
            #expect(!tested.isDisjoint(with: classes), "\(path) draws, and none of \(classes) is tested")
        }
    }
}

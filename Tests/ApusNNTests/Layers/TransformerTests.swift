import Apus
import ApusNN
import Testing
import _ApusTestSupport

/// Attention layers and Transformer blocks against PyTorch's, with the states and results that Scripts/transformer_peer.py
/// wrote.
@Suite struct TransformerTests {
    struct Case: Sendable, CustomStringConvertible {
        let description: String
        let make: @Sendable () -> Module
        let call: @Sendable (Module, [String: Tensor]) -> Tensor
    }

    static let cases = [
        Case(description: "attention", make: { MultiHeadAttention(8, heads: 2) }) {
            ($0 as! MultiHeadAttention)($1["x"]!, keyMask: $1["present"]!)
        },
        Case(
            description: "cross",
            make: { MultiHeadAttention(8, heads: 4, keyFeatures: 5, valueFeatures: 3, bias: false) }
        ) { ($0 as! MultiHeadAttention)($1["x"]!, key: $1["key"]!, value: $1["value"]!) },
        Case(description: "encoder", make: { TransformerEncoderLayer(8, heads: 2, hidden: 12) }) {
            ($0 as! TransformerEncoderLayer)($1["x"]!, keyMask: $1["present"]!)
        },
        Case(
            description: "causal",
            make: {
                TransformerEncoderLayer(8, heads: 2, hidden: 12, activation: .gelu, normalizesFirst: true)
            }
        ) { ($0 as! TransformerEncoderLayer)($1["x"]!, isCausal: true) },
        Case(description: "decoder", make: { TransformerDecoderLayer(8, heads: 2, hidden: 12) }) {
            ($0 as! TransformerDecoderLayer)($1["x"]!, memory: $1["memory"]!, isCausal: true)
        },
    ]

    @Test(arguments: cases)
    func resultsAndGradientsArePyTorchs(_ trial: Case) throws {
        let values = try PeerFixture("transformers").part(trial.description)
        let layer = trial.make()
        layer.evaluate()
        let state = values.part("state").tensors
        #expect(Set(layer.namedParameters().map(\.name)) == Set(state.keys))
        try layer.load(state.mapValues { $0.to(.float32) })
        let inputs = values.part("input").tensors.mapValues {
            $0.dtype == .bool ? $0 : $0.to(.float32).requiringGradient()
        }
        let y = trial.call(layer, inputs)
        expectClose(y, values["output"]!.to(.float32), trial.description, relative: 1e-5)
        PeerFixture.weighted(y).backward()
        for (name, wanted) in values.part("inputGradient").tensors {
            expectClose(inputs[name]!.grad!, wanted.to(.float32), name, relative: 1e-4)
        }
        let gradients = values.part("gradient").tensors
        for (name, parameter) in layer.namedParameters() {
            expectClose(parameter.grad!, gradients[name]!.to(.float32), name, relative: 1e-4)
        }
    }

    /// What comes later, and what is padding, changes nothing.
    @Test func masksHide() {
        let layer = TransformerEncoderLayer(8, heads: 2, hidden: 12, using: RandomGenerator(seed: 1))
        layer.evaluate()
        let x = Tensor.normal([1, 30, 8], using: RandomGenerator(seed: 2))
        let other = Tensor.cat([x.narrow(axis: 1, start: 0, count: 20), .full([1, 10, 8], 5)], axis: 1)
        func first(_ y: Tensor) -> [Float] { y.narrow(axis: 1, start: 0, count: 20).array(of: Float.self) }
        #expect(first(layer(x, isCausal: true)) == first(layer(other, isCausal: true)))
        let present = Tensor((0..<30).map { $0 < 20 }, shape: [1, 30])
        #expect(first(layer(x, keyMask: present)) == first(layer(other, keyMask: present)))
        #expect(first(layer(x)) != first(layer(other)))
    }

    @Test func dropoutIsForTraining() {
        let layers: [any Module & Layer] = [
            MultiHeadAttention(8, heads: 2, dropout: 0.5), TransformerEncoderLayer(8, heads: 2, hidden: 12),
        ]
        let x = Tensor.normal([2, 5, 8], using: RandomGenerator(seed: 2))
        for layer in layers {
            #expect(layer(x).array(of: Float.self) != layer(x).array(of: Float.self))
            layer.evaluate()
            #expect(layer(x).array(of: Float.self) == layer(x).array(of: Float.self))
        }
    }
}

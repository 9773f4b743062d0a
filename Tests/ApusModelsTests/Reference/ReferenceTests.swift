import Apus
import ApusFormats
import ApusModels
import ApusNN
import Foundation
import Testing
import _ApusTestSupport

/// Every model computes what its reference implementation does, with the same weights under the same names.
@Suite(.serialized) struct ReferenceTests {
    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../Fixtures/models.safetensors").path

    private static let expected = try! Safetensors.load(fixture)

    private static func distance(_ found: Tensor, _ expected: Tensor) -> Double {
        let scale = expected.abs().max().item(as: Double.self)
        return (found.to(.float64) - expected.to(.float64)).abs().max().item(as: Double.self) / scale
    }

    @Test(arguments: ReferenceCase.all)
    func resultsAreThoseOfTheReference(_ reference: ReferenceCase) throws {
        // The next model has other sizes.
        defer { Memory.clear() }
        let model = reference.make()
        try ReferenceWeights.fill(model, gain: reference.gain)
        model.evaluate()
        let x = ReferenceWeights.tensor("input", reference.input).to(.float32)
        let expected = try #require(Self.expected["\(reference.name).output0"])
        let found = withoutGradient { model(x) }
        #expect(found.shape == expected.shape)
        #expect(Self.distance(found, expected) <= 1e-4)
        let frozen = try model.frozen(input: reference.input)(x)
        #expect(Self.distance(frozen, expected) <= 1e-4, "frozen")
    }

    /// Of a loss that is a weighted sum of the results: for each parameter its gradient's product with a tensor made by a
    /// formula, and its norm.
    @Test(arguments: ReferenceCase.all.filter { expected["\($0.name).gradients"] != nil })
    func gradientsAreThoseOfTheReference(_ reference: ReferenceCase) throws {
        // The next model has other sizes.
        defer { Memory.clear() }
        let model = reference.make()
        try ReferenceWeights.fill(model, gain: reference.gain)
        model.evaluate()
        let y = model(ReferenceWeights.tensor("input", reference.input).to(.float32))
        (y * ReferenceWeights.tensor("seed", y.shape).to(.float32)).sum().backward()
        let expected = try #require(Self.expected["\(reference.name).gradients"])
        let parameters = model.namedParameters().sorted { $0.name < $1.name }
        #expect(expected.shape == [parameters.count, 2])
        for (index, (name, parameter)) in parameters.enumerated() {
            let gradient = try #require(parameter.grad).to(.float64)
            let product = (gradient * ReferenceWeights.tensor(name, gradient.shape)).sum().item(
                as: Double.self)
            let norm = expected[index, 1].item(as: Double.self)
            #expect(abs(gradient.norm().item(as: Double.self) - norm) <= 1e-3 * norm, "\(name)")
            #expect(abs(product - expected[index, 0].item(as: Double.self)) <= 1e-3 * norm, "\(name)")
        }
    }
}

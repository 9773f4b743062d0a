import Apus
import ApusModels
import ApusNN
import Testing

@Suite struct ComplexNetTests {
    @Test func imagesBecomeRealLogits() {
        let model = ComplexNet(.mnist, using: RandomGenerator(seed: 1))
        let x = Tensor.uniform([3, 784], low: 0, high: 1, using: RandomGenerator(seed: 2))
        let logits = model(x)
        #expect(logits.shape == [3, 10] && logits.dtype == .float32)
        logits.sum().backward()
        let gradients = model.parameters().map { $0.grad }
        #expect(gradients.allSatisfy { $0 != nil })
        #expect(model.parameters()[0].grad!.dtype == .complex64)
    }

    /// Weights and biases of four layers, and five real numbers for each normalised channel.
    @Test func parametersAreThePublishedNetworks() {
        let complex = (25 * 10 + 10) + (10 * 25 * 20 + 20) + (320 * 500 + 500) + (500 * 10 + 10)
        #expect(ComplexNet(.mnist).parameterCount == complex + 5 * (10 + 500))
    }

    /// With running statistics an image's result does not depend on the others.
    @Test func oneImageAloneIsClassified() {
        let model = ComplexNet(.mnist, using: RandomGenerator(seed: 1))
        let x = Tensor.uniform([4, 784], low: 0, high: 1, using: RandomGenerator(seed: 2))
        _ = model(x)
        model.evaluate()
        let (all, alone) = (model(x)[1].array(of: Float.self), model(x[1..<2]).array(of: Float.self))
        for (a, b) in zip(all, alone) { #expect(abs(a - b) < 1e-4) }
    }

    @Test func summaryHasEveryLayer() {
        let summary = ComplexNet(.mnist, using: RandomGenerator(seed: 1)).summary(input: [1, 1, 28, 28])
        #expect(summary.parameters == ComplexNet(.mnist).parameterCount)
        #expect(summary.layers.first { $0.kind == "Conv2d" }?.output == [1, 10, 24, 24])
    }
}

import Apus
import ApusModels
import Testing

@Suite struct ConvNetTests {
    @Test(arguments: [ConvNet.Configuration.mnist, .mnistSeparable])
    func imagesOfAnyShapeBecomeClasses(_ configuration: ConvNet.Configuration) {
        let model = ConvNet(configuration, using: RandomGenerator(seed: 1))
        let x = Tensor.uniform([3, 784], low: 0, high: 1, using: RandomGenerator(seed: 2))
        let logits = model(x)
        #expect(logits.shape == [3, 10])
        #expect((logits .== model(x.reshape([3, 28, 28]))).all().item(as: Bool.self))
        model(x).softmaxCrossEntropy(Tensor([1, 2, 3], shape: [3])).backward()
        #expect(model.parameters().allSatisfy { $0.grad != nil && $0.grad!.shape == $0.value.shape })
    }

    @Test func separableConvolutionsHaveFewerWeights() {
        #expect(ConvNet(.mnist).parameterCount == (72 + 8) + (8 * 16 * 9 + 16) + (784 * 128 + 128) + 1290)
        #expect(
            ConvNet(.mnistSeparable).parameterCount
                == (72 + 8) + 8 * 9 + (8 * 16 + 16) + (784 * 128 + 128) + 1290)
        #expect(
            ConvNet(.mnistSeparable).namedParameters().map(\.name) == [
                "layers.0.weight", "layers.0.bias", "layers.3.depthwise.weight", "layers.3.pointwise.weight",
                "layers.3.pointwise.bias", "layers.7.weight", "layers.7.bias", "layers.9.weight",
                "layers.9.bias",
            ])
    }
}

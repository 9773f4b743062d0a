import Apus
import ApusModels
import ApusNN
import Testing

@Suite struct DigitNetworkTests {
    @Test func rowsAndImagesAreTheSame() {
        for network: any Layer in [HorNet(.digits), EfficientNet(.digits)] {
            let model = DigitNetwork(network)
            model.evaluate()
            let x = Tensor.uniform([2, 784], using: RandomGenerator(seed: 1))
            let logits = model(x)
            #expect(logits.shape == [2, 10])
            #expect(model(x.reshape([2, 1, 28, 28])).array(of: Float.self) == logits.array(of: Float.self))
        }
    }

    @Test func sizesAreAsDocumented() {
        #expect(HorNet(.digits).parameterCount == 86_482)
        #expect(EfficientNet(.digits).parameterCount == 51_038)
    }

    /// What published networks are made from has not changed.
    @Test func twoStagesOfPatchesOfTwo() {
        let model = HorNet(.digits)
        let features = model.features(.zeros([1, 1, 28, 28]))
        #expect(features.map(\.shape) == [[1, 24, 14, 14], [1, 48, 7, 7]])
        let tiny = HorNet.Configuration.tiny
        #expect(tiny.channels == 3 && tiny.patch == 4 && tiny.layerScale == 1e-6 && tiny.depths.count == 4)
    }
}

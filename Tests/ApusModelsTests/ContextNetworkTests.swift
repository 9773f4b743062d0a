import Apus
import ApusModels
import ApusNN
import Testing

@Suite struct ContextNetworkTests {
    /// The paper's formulas 4 and 5; the second has noise.
    @Test(arguments: [(ContextNetwork.Configuration.basic, 1e-5), (.large, 0.1)])
    func startsAsWhatGivesPositiveInputs(_ configuration: ContextNetwork.Configuration, tolerance: Double) {
        let network = ContextNetwork(configuration, using: RandomGenerator(seed: 1))
        let x = Tensor.uniform([1, 21, 20, 20], low: -1, high: 1, using: RandomGenerator(seed: 2))
        let found = withoutGradient { network(x) }
        #expect((found - x.relu()).abs().max().item(as: Double.self) < tolerance)
    }

    @Test func smallerModulesTakeAnyNumberOfClasses() {
        let network = ContextNetwork(.init(channels: 3, multiples: [1, 2, 2, 2, 2, 2, 1]))
        #expect(network(.ones([2, 3, 5, 7])).shape == [2, 3, 5, 7])
        #expect(network.stateDictionary()["ctx_conv2_1.weight"]?.shape == [6, 6, 3, 3])
    }
}

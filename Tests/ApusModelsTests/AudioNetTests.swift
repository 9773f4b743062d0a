import Apus
import ApusModels
import ApusNN
import Testing

@Suite struct AudioNetTests {
    @Test(arguments: [AudioNet.Configuration.notesComplex, .notesReal])
    func waveformsBecomeClasses(_ configuration: AudioNet.Configuration) {
        let model = AudioNet(configuration, using: RandomGenerator(seed: 1))
        let x = Tensor.uniform([3, 2048], low: -1, high: 1, using: RandomGenerator(seed: 2))
        let logits = model(x)
        #expect(logits.shape == [3, 24] && logits.dtype == .float32)
        logits.softmaxCrossEntropy(Tensor([1, 2, 3], shape: [3])).backward()
        for (name, parameter) in model.namedParameters() {
            let gradient = parameter.grad
            #expect(gradient?.shape == parameter.value.shape, "\(name)")
            #expect(gradient?.dtype == parameter.value.dtype, "\(name)")
            #expect(gradient.map { $0.abs().sum().item(as: Float.self) > 0 } == true, "\(name)")
        }
        let isComplex = model.parameters().contains { $0.value.dtype == .complex64 }
        #expect(isComplex == configuration.isComplex)
    }

    @Test func theTwinsHaveAsManyRealNumbers() {
        let complex = AudioNet(.notesComplex), real = AudioNet(.notesReal)
        #expect(complex.realParameterCount == 36_544)
        #expect(real.realParameterCount == real.parameterCount)
        let ratio = Double(real.realParameterCount) / Double(complex.realParameterCount)
        #expect(abs(ratio - 1) < 0.02, "\(ratio)")
    }

    @Test func evaluationDoesNotDependOnTheBatch() {
        let model = AudioNet(.notesComplex, using: RandomGenerator(seed: 1))
        let x = Tensor.uniform([4, 2048], low: -1, high: 1, using: RandomGenerator(seed: 2))
        _ = model(x)
        model.evaluate()
        let whole = model(x).narrow(axis: 0, start: 1, count: 1)
        let one = model(x.narrow(axis: 0, start: 1, count: 1))
        #expect((whole - one).abs().max().item(as: Float.self) < 1e-4)
    }

    @Test(arguments: ["audio-complex", "audio-real"])
    func itHasASummary(_ name: String) throws {
        let summary = try NamedModel.named(name).summary()
        #expect(summary.layers.map(\.output).contains([1, 32, 32, 4]))
        #expect(summary.layers.last?.output == [1, 24])
        #expect(throws: NamedModelError.self) { try NamedModel.named(name).summary(input: [1, 2000]) }
    }
}

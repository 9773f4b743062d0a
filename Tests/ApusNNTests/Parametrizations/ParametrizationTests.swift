import Apus
import ApusNN
import ApusOptim
import Testing

/// Weight and spectral normalisation against PyTorch's parametrizations.
@Suite struct ParametrizationTests {
    private func linear() -> Linear {
        let linear = Linear(3, 2)
        linear.weight.value = wave([2, 3], from: 1)
        linear.bias!.value = wave([2], from: 7)
        return linear
    }

    @Test func aWeightIsLengthTimesDirection() throws {
        let linear = linear().weightNorm()
        #expect(
            linear.namedParameters().map(\.name) == [
                "parametrizations.weight.original0", "parametrizations.weight.original1", "bias",
            ])
        let norm = try #require(linear.weight.parametrization as? WeightNorm)
        expect(linear.weight.value, equals: wave([2, 3], from: 1).array(of: Double.self))
        norm.original0.value = norm.original0.value.detach() * 2
        expect(norm.original0.value, equals: [2.49384, 2.506279])
        let y = linear(wave([2, 3], from: 20))
        expect(y, equals: [3.71246, -1.992113, -2.451388, 4.080926])
        (y * y).sum().backward()
        expect(norm.original0.grad!, equals: [15.20799, 14.80752])
        expect(
            norm.original1.grad!,
            equals: [1.328842, -0.8764927, -2.275983, -3.202948, 1.212699, 4.513394])
    }

    @Test func aWeightMayHaveOneLength() throws {
        let linear = linear().weightNorm(axis: nil)
        #expect(linear.stateDictionary()["parametrizations.weight.original0"]?.shape == [])
        expect(linear.weight.value, equals: wave([2, 3], from: 1).array(of: Double.self))
    }

    @Test func aParametrizedWeightCanBeAssigned() throws {
        let linear = linear().weightNorm()
        linear.weight.value = wave([2, 3], from: 40)
        expect(linear.weight.value, equals: wave([2, 3], from: 40).array(of: Double.self))
        #expect(linear.weight.shape == [2, 3])
    }

    @Test func aParametrizationCanBeRemoved() {
        let linear = linear().weightNorm()
        linear.removeParametrization("weight")
        #expect(linear.namedParameters().map(\.name) == ["weight", "bias"])
        expect(linear.weight.value, equals: wave([2, 3], from: 1).array(of: Double.self))
        linear(wave([1, 3])).sum().backward()
        #expect(linear.weight.grad != nil)
    }

    @Test func trainingChangesWhatTheWeightIsMadeOf() {
        let linear = linear().weightNorm()
        let before = linear.weight.value.array(of: Float.self)
        let optimizer = Adam(linear.parameters(), learningRate: 0.1)
        linear(wave([2, 3])).sum().backward()
        optimizer.step()
        #expect(linear.weight.value.array(of: Float.self) != before)
    }

    @Test func powerIterationFollowsTheLargestSingularValue() throws {
        let linear = linear().spectralNorm()
        #expect(
            linear.stateDictionary().keys.sorted() == [
                "bias", "parametrizations.weight.0._u", "parametrizations.weight.0._v",
                "parametrizations.weight.original",
            ])
        var state = linear.stateDictionary()
        state["parametrizations.weight.0._u"] = Tensor([0.6, 0.8])
        state["parametrizations.weight.0._v"] = Tensor([1.0, 0, 0])
        try linear.load(state)
        let norm = try #require(linear.weight.parametrization as? SpectralNorm)
        let y = linear(wave([2, 3], from: 20))
        expect(y, equals: [1.5245, 0.1428555, -0.2255468, 1.86712])
        (y * y).sum().backward()
        expect(
            norm.original.grad!,
            equals: [0.1479654, -0.2394005, -0.4066627, -0.1628022, -0.05777538, 0.1003699])
        expect(norm.left!.value, equals: [0.7435232, -0.6687102])
        expect(norm.right!.value, equals: [0.642647, 0.7480337, 0.1656817])
        linear.evaluate()
        expect(
            linear.weight.value,
            equals: [0.4778228, 0.5163376, 0.08013391, -0.4297445, -0.5445178, -0.1586639])
        expect(norm.left!.value, equals: [0.7435232, -0.6687102])
    }

    @Test func aSpectrallyNormalizedWeightHasNormOne() throws {
        let linear = Linear(5, 4).spectralNorm(iterations: 40)
        let values = try withoutGradient { try linear.weight.value.svdvals() }
        #expect(abs(values[0].item(as: Double.self) - 1) < 1e-4)
    }

    @Test func anUnknownParameterIsNamed() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            Linear(2, 2).weightNorm("kernel")
        }
        #expect(
            message(result).contains(
                "Linear has no parameter 'kernel'"))
    }
}

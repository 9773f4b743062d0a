import Apus
import ApusNN
import Testing

/// The padding layers against what PyTorch's give, and layers that are undone by others.
@Suite struct PaddingTests {
    private let row = Tensor([1.0, 2, 3], dtype: .float64).reshape([1, 1, 3])

    private func values(_ layer: any Layer, _ x: Tensor) -> [Double] { layer(x).array(of: Double.self) }

    @Test func everyKind() {
        #expect(values(ConstantPad1d([(1, 2)], value: 9), row) == [9, 1, 2, 3, 9, 9])
        #expect(values(ZeroPad1d(1), row) == [0, 1, 2, 3, 0])
        #expect(values(ReflectionPad1d(2), row) == [3, 2, 1, 2, 3, 2, 1])
        #expect(values(ReplicationPad1d([(2, 1)]), row) == [1, 1, 1, 2, 3, 3])
        #expect(values(CircularPad1d([(1, 2)]), row) == [3, 1, 2, 3, 1, 2])
        #expect(values(ZeroPad1d([(-1, 1)]), row) == [2, 3, 0])
    }

    @Test func pairsAreInTheOrderOfTheAxes() {
        let x = Tensor.ones([2, 3, 4])
        #expect(ZeroPad2d([(1, 2), (0, 5)])(x).shape == [2, 6, 9])
        #expect(CircularPad3d(1)(.ones([1, 2, 3, 4, 5])).shape == [1, 2, 5, 6, 7])
    }

    @Test func mistakesAreNamed() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = ReflectionPad2d(1)(.ones([3, 4]))
        }
        #expect(message(result).contains("reflectionPad2d in ReflectionPad"))
        await #expect(processExitsWith: .failure) { _ = ZeroPad2d([(1, 2)]) }
    }

    @Test func unflattenUndoesFlatten() {
        let x = Tensor.normal([2, 3, 4])
        let y = Unflatten(1, [3, -1])(Flatten()(x))
        #expect(y.shape == x.shape && y.array(of: Float.self) == x.array(of: Float.self))
    }

    /// Mean 0 and variance 1 stay, which dropout would not leave.
    @Test func alphaDropoutKeepsMoments() {
        let x = Tensor.normal([1000, 100], using: RandomGenerator(seed: 1))
        for y in [
            x.alphaDropout(0.3, using: RandomGenerator(seed: 2)),
            x.reshape([1000, 100, 1]).featureAlphaDropout(0.3, using: RandomGenerator(seed: 2)).squeeze(
                axis: 2),
        ] {
            let (mean, variance) = (y.mean().item(as: Double.self), y.variance().item(as: Double.self))
            #expect(abs(mean) < 0.02 && abs(variance - 1) < 0.02, "\(mean) \(variance)")
        }
        let layer = AlphaDropout(0.9)
        layer.evaluate()
        #expect(layer(x).array(of: Float.self) == x.array(of: Float.self))
        // Whole channels.
        let images = Tensor.ones([50, 4, 9]).featureAlphaDropout(0.5, using: RandomGenerator(seed: 3))
        let spread = (images.max(axis: 2).values - images.min(axis: 2).values).max()
        #expect(spread.item(as: Float.self) == 0)
    }
}

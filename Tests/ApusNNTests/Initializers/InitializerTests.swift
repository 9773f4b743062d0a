import Apus
import ApusNN
import Testing

@Suite struct InitializerTests {
    static func moments(_ x: Tensor) -> (mean: Double, variance: Double, largest: Double) {
        let values = x.array(of: Double.self)
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, variance, values.map(\.magnitude).max() ?? 0)
    }

    static let variances: [(Initializer, Double)] = [
        (.xavierUniform(), 2.0 / 900), (.xavierNormal(), 2.0 / 900), (.heUniform(), 2.0 / 600),
        (.heNormal(), 2.0 / 600), (.normal(mean: 0, std: 0.5), 0.25), (.uniform(low: -1, high: 1), 1.0 / 3),
    ]

    @Test(arguments: variances)
    func variancesAreTheFormulas(_ initializer: Initializer, _ variance: Double) {
        let found = InitializerTests.moments(initializer([300, 600], using: RandomGenerator(seed: 3)))
        #expect((found.variance / variance - 1).magnitude < 0.02)
        #expect(found.mean.magnitude < 0.01 * variance.squareRoot() * 3)
    }

    @Test func truncationLeavesNothingBeyondTwoDeviations() {
        let found = InitializerTests.moments(
            Initializer.truncatedNormal(mean: 0, std: 0.1)([300, 300], using: RandomGenerator(seed: 3)))
        #expect(found.largest <= 0.2)
        #expect((found.variance / (0.01 * 0.7737) - 1).magnitude < 0.03)
    }

    @Test func aKernelCountsInTheFans() {
        let found = InitializerTests.moments(
            Initializer.heUniform()([8, 4, 3, 3], using: RandomGenerator(seed: 1)))
        #expect(found.largest <= (6.0 / 36).squareRoot())
        #expect(found.largest > 0.95 * (6.0 / 36).squareRoot())
    }

    @Test func theSameSeedGivesTheSameLayer() {
        let a = Linear(10, 5, using: RandomGenerator(seed: 9)).weight.value.array(of: Float.self)
        let b = Linear(10, 5, using: RandomGenerator(seed: 9)).weight.value.array(of: Float.self)
        let c = Linear(10, 5, using: RandomGenerator(seed: 8)).weight.value.array(of: Float.self)
        #expect(a == b)
        #expect(a != c)
        #expect(a.allSatisfy { $0.magnitude <= 0.3163 })
    }

    /// Rounding to 16 bits leads no weight out of the range.
    @Test(arguments: DType.realFloating)
    func uniformWeightsStayInsideInEveryType(_ dtype: DType) {
        let bound = (6.0 / 600).squareRoot()
        for initializer in [Initializer.heUniform(), .uniform(low: -bound, high: bound)] {
            let weights = initializer([500, 600], dtype: dtype, using: RandomGenerator(seed: 3))
            #expect(weights.array(of: Double.self).allSatisfy { $0 >= -bound && $0 < bound })
        }
    }
}

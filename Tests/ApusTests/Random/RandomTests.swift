import Foundation
import Testing
import _ApusTestSupport

@testable import Apus

/// Random tensors: their distributions, their streams, and their independence of threads and types.
@Suite(.serialized) struct RandomTests {
    static let draws: [(String, @Sendable (RandomGenerator) -> Tensor)] = [
        ("uniform", { .uniform([70_001], low: -1, high: 3, using: $0) }),
        ("uniform float64", { .uniform([70_001], dtype: .float64, using: $0) }),
        ("normal", { .normal([70_001], using: $0) }),
        ("normal complex128", { .normal([70_001], dtype: .complex128, using: $0) }),
        ("truncatedNormal", { .truncatedNormal([70_001], using: $0) }),
        ("randomIntegers", { .randomIntegers([70_001], low: -5, high: 7, using: $0) }),
        ("bernoulli", { .bernoulli([70_001], probability: 0.3, using: $0) }),
        ("permutation", { .permutation(70_001, using: $0) }),
        ("dropout", { Tensor.ones([70_001]).dropout(0.3, using: $0) }),
    ]

    static func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

    @Test(arguments: draws.indices)
    func theNumberOfThreadsChangesNothing(_ index: Int) {
        let (name, draw) = RandomTests.draws[index]
        func bytes() -> [UInt8] { RandomTests.bytes(draw(RandomGenerator(seed: 42))) }
        let one = withThreads(1) { bytes() }
        for count in [2, 3] {
            #expect(withThreads(count) { bytes() } == one, "\(name), \(count) threads")
        }
    }

    @Test(arguments: draws.indices)
    func aStateGivesItsNumbersAgain(_ index: Int) {
        let (name, draw) = RandomTests.draws[index]
        let generator = RandomGenerator(seed: 7)
        let first = RandomTests.bytes(draw(generator))
        let state = generator.state
        let second = RandomTests.bytes(draw(generator))
        #expect(first != second, "\(name): two draws are equal")
        generator.state = state
        #expect(RandomTests.bytes(draw(generator)) == second, "\(name): the state does not restore")
        #expect(RandomTests.bytes(draw(RandomGenerator(seed: 8))) != first, "\(name): the seed is not used")
    }

    /// Mean and standard deviation of the values.
    static func moments(_ values: [Double]) -> (mean: Double, std: Double) {
        let mean = values.reduce(0, +) / Double(values.count)
        let variance = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(values.count)
        return (mean, variance.squareRoot())
    }

    static let count = 200_000

    @Test(arguments: DType.realFloating)
    func uniformFillsItsRange(_ dtype: DType) {
        let x = Tensor.uniform([400, 500], low: -2, high: 4, dtype: dtype, using: RandomGenerator(seed: 3))
        #expect(x.dtype == dtype && x.shape == [400, 500])
        let values = x.array(of: Double.self)
        let (mean, std) = RandomTests.moments(values)
        #expect(abs(mean - 1) < 0.02 && abs(std - 3.0.squareRoot()) < 0.02)
        #expect(values.min()! >= -2 && values.min()! < -1.99)
        #expect(values.max()! <= 4 && values.max()! > 3.95)
        if !dtype.isHalf { #expect(values.max()! < 4) }
    }

    @Test(arguments: DType.realFloating)
    func normalHasItsMoments(_ dtype: DType) {
        let x = Tensor.normal(
            [RandomTests.count], mean: 0.5, std: 2, dtype: dtype, using: RandomGenerator(seed: 4))
        let values = x.array(of: Double.self)
        let (mean, std) = RandomTests.moments(values)
        #expect(abs(mean - 0.5) < 0.03 && abs(std - 2) < 0.03)
        // 68.27 % lie within one standard deviation, 95.45 % within two.
        let within = { (d: Double) in
            Double(values.count { abs($0 - 0.5) < d * 2 }) / Double(values.count)
        }
        #expect(abs(within(1) - 0.6827) < 0.01 && abs(within(2) - 0.9545) < 0.01)
    }

    @Test(arguments: [DType.complex64, .complex128])
    func theVarianceOfComplexNormalsIsSplit(_ dtype: DType) {
        let x = Tensor.normal(
            [RandomTests.count], mean: 1, std: 3, dtype: dtype, using: RandomGenerator(seed: 5))
        let values = x.to(.complex128).array(of: Complex<Double>.self)
        let (re, im) = (
            RandomTests.moments(values.map(\.real)), RandomTests.moments(values.map(\.imaginary))
        )
        #expect(abs(re.mean - 1) < 0.03 && abs(im.mean) < 0.03)
        #expect(abs(re.std - 4.5.squareRoot()) < 0.03 && abs(im.std - 4.5.squareRoot()) < 0.03)
        let product = values.reduce(0) { $0 + ($1.real - 1) * $1.imaginary } / Double(values.count)
        #expect(abs(product) < 0.05, "the parts are correlated")
    }

    @Test(arguments: DType.realFloating)
    func truncatedNormalStaysWithinTwoDeviations(_ dtype: DType) {
        let x = Tensor.truncatedNormal(
            [RandomTests.count], mean: 1, std: 0.5, dtype: dtype, using: RandomGenerator(seed: 6))
        let values = x.array(of: Double.self)
        #expect(values.min()! >= 0 && values.max()! <= 2)
        let (mean, std) = RandomTests.moments(values)
        // The variance of a standard normal cut at ±2 is 0.7737.
        #expect(abs(mean - 1) < 0.01 && abs(std - 0.5 * 0.7737.squareRoot()) < 0.01)
    }

    @Test func integersAreEquallyLikely() {
        let x = Tensor.randomIntegers([RandomTests.count], low: -3, high: 5, using: RandomGenerator(seed: 9))
        #expect(x.dtype == .int64)
        var counts = [Int: Int]()
        for value in x.array(of: Int.self) { counts[value, default: 0] += 1 }
        #expect(counts.keys.sorted() == Array(-3..<5))
        for (value, count) in counts {
            #expect(abs(Double(count) / 25_000 - 1) < 0.05, "\(value) was drawn \(count) times")
        }
        let bytes = Tensor.randomIntegers([1000], high: 256, dtype: .uint8, using: RandomGenerator(seed: 9))
        #expect(bytes.dtype == .uint8)
    }

    @Test func bernoulliHasItsProbability() {
        let x = Tensor.bernoulli([RandomTests.count], probability: 0.3, using: RandomGenerator(seed: 10))
        let values = x.array(of: Double.self)
        #expect(Set(values) == [0, 1])
        #expect(abs(RandomTests.moments(values).mean - 0.3) < 0.005)
        #expect(Tensor.bernoulli([3], dtype: .bool).dtype == .bool)
    }

    @Test func permutationsHoldEachIndexOnce() {
        let generator = RandomGenerator(seed: 11)
        let x = Tensor.permutation(1000, using: generator).array(of: Int.self)
        #expect(x.sorted() == Array(0..<1000) && x != Array(0..<1000))
        #expect(Tensor.permutation(0).shape == [0])
        // All orders of three are equally likely.
        var counts = [[Int]: Int]()
        for _ in 0..<6000 { counts[Tensor.permutation(3, using: generator).array(), default: 0] += 1 }
        #expect(counts.count == 6)
        for (order, count) in counts { #expect(abs(count - 1000) < 150, "\(order): \(count)") }
    }

    @Test func emptyDrawsAreEmpty() {
        let generator = RandomGenerator(seed: 1)
        #expect(Tensor.normal([0, 3], using: generator).shape == [0, 3])
        #expect(Tensor.normal([], using: generator).count == 1)
        #expect(generator.state.offset == 1)
    }
}

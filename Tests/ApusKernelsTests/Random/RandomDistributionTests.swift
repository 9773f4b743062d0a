import Glibc
import Testing

import ApusKernels
@testable import ApusRandomKernels

@Suite struct RandomDistributionTests {
    private let count = 200_000

    private func filled<T>(_ zero: T, _ fill: (UnsafeMutablePointer<T>, Int) -> Void) -> [T] {
        var values = [T](repeating: zero, count: count)
        values.withUnsafeMutableBufferPointer { fill($0.baseAddress!, count) }
        return values
    }

    /// Kolmogorov's and Smirnov's √n·D; 1.95 is exceeded once in a thousand samples of the distribution.
    private func distance(_ values: [Double], _ cumulative: (Double) -> Double) -> Double {
        let n = Double(values.count)
        var largest = 0.0
        for (i, x) in values.sorted().enumerated() {
            let p = cumulative(x)
            largest = max(largest, p - Double(i) / n, Double(i + 1) / n - p)
        }
        return largest * n.squareRoot()
    }

    /// Mean, variance, and the correlation of neighbours at distances 1 to 64 (lanes and words of a group).
    private func expectMoments(_ values: [Double], mean: Double, variance: Double) {
        let n = Double(values.count)
        let gotMean = values.reduce(0, +) / n
        let gotVariance = values.reduce(0) { $0 + ($1 - gotMean) * ($1 - gotMean) } / n
        #expect((gotMean - mean).magnitude < 4 * (variance / n).squareRoot())
        #expect((gotVariance / variance - 1).magnitude < 0.02)
        for lag in [1, 2, 3, 8, 15, 16, 17, 31, 32, 48, 64] {
            var sum = 0.0
            for i in lag..<values.count { sum += (values[i] - mean) * (values[i - lag] - mean) }
            #expect((sum / n / variance).magnitude < 4.5 / n.squareRoot(), "lag \(lag)")
        }
    }

    @Test func uniform() {
        let floats = filled(Float(0)) {
            RandomKernels.uniform(
                $0, $1, seed: 5, offset: 9, low: -2, high: 3, within: -2...Float(3).nextDown)
        }
        let doubles = filled(0.0) {
            RandomKernels.uniform(
                $0, $1, seed: 5, offset: 9, low: -2, high: 3, within: -2...3.0.nextDown)
        }
        for values in [floats.map(Double.init), doubles] {
            #expect(values.allSatisfy { $0 >= -2 && $0 < 3 })
            expectMoments(values, mean: 0.5, variance: 25.0 / 12)
            #expect(distance(values) { ($0 + 2) / 5 } < 1.95)
        }
    }

    /// A width that is not representable beside `low`: rounding must not reach `high`.
    @Test func uniformNeverReachesHigh() {
        let values = filled(Float(0)) {
            RandomKernels.uniform($0, $1, seed: 1, offset: 0, low: 1, high: Float(1).nextUp, within: 1...1)
        }
        #expect(values.allSatisfy { $0 == 1 })
    }

    @Test func normal() {
        let floats = filled(Float(0)) {
            RandomKernels.normal($0, $1, seed: 3, offset: 77, mean: 1, standardDeviation: 2)
        }
        let doubles = filled(0.0) {
            RandomKernels.normal($0, $1, seed: 3, offset: 77, mean: 1, standardDeviation: 2)
        }
        for values in [floats.map(Double.init), doubles] {
            #expect(values.allSatisfy { $0.isFinite })
            expectMoments(values, mean: 1, variance: 4)
            #expect(distance(values) { normalCumulative(($0 - 1) / 2) } < 1.95)
            let kurtosis = values.reduce(0) { $0 + Glibc.pow(($1 - 1) / 2, 4) } / Double(count)
            #expect((kurtosis - 3).magnitude < 0.1)
            #expect(values.max()! > 8 && values.min()! < -6)
        }
    }

    @Test func exponential() {
        let floats = filled(Float(0)) { RandomKernels.exponential($0, $1, seed: 8, offset: 0, rate: 0.5) }
        let doubles = filled(0.0) { RandomKernels.exponential($0, $1, seed: 8, offset: 0, rate: 0.5) }
        for values in [floats.map(Double.init), doubles] {
            #expect(values.allSatisfy { $0 > 0 && $0.isFinite })
            expectMoments(values, mean: 2, variance: 4)
            #expect(distance(values) { 1 - Glibc.exp(-0.5 * $0) } < 1.95)
        }
    }

    @Test func integersFallEvenly() {
        let values = filled(Int64(0)) {
            RandomKernels.integers($0, $1, seed: 2, offset: 5, low: -3, high: 10)
        }
        var counts = [Int](repeating: 0, count: 13)
        for value in values { counts[Int(value) + 3] += 1 }
        let expected = Double(count) / 13
        let chiSquare = counts.reduce(0.0) { $0 + Glibc.pow(Double($1) - expected, 2) / expected }
        // 12 degrees of freedom: 32.9 is exceeded once in a thousand samples.
        #expect(chiSquare < 32.9)
    }

    @Test func integersCoverWideRanges() {
        let wide = filled(Int64(0)) {
            RandomKernels.integers($0, $1, seed: 2, offset: 5, low: .min, high: .max)
        }
        let scaled = wide.map { Double($0) / 0x1p63 }
        #expect(distance(scaled) { ($0 + 1) / 2 } < 1.95)
        // On either side of 2³², where the arithmetic changes, the same bits give nearly the same numbers.
        let below = filled(Int64(0)) {
            RandomKernels.integers($0, $1, seed: 2, offset: 5, low: 0, high: 0xffff_ffff)
        }
        let above = filled(Int64(0)) {
            RandomKernels.integers($0, $1, seed: 2, offset: 5, low: 0, high: 0x1_0000_0001)
        }
        #expect(zip(below, above).allSatisfy { $1 - $0 >= 0 && $1 - $0 <= 2 })
    }

    @Test(arguments: [0, 0.1, 0.5, 0.9, 1])
    func bernoulli(_ p: Double) {
        let values = filled(UInt8(7)) { RandomKernels.bernoulli($0, $1, seed: 4, offset: 0, probability: p) }
        #expect(values.allSatisfy { $0 <= 1 })
        let mean = Double(values.reduce(0) { $0 + Int($1) }) / Double(count)
        #expect((mean - p).magnitude <= 4 * (p * (1 - p) / Double(count)).squareRoot())
    }

    @Test func permutationsArePermutations() {
        for n in [0, 1, 2, 31, 33, 1000] {
            var values = [Int64](repeating: -1, count: n)
            RandomKernels.permutation(&values, n, seed: 6, offset: 0)
            #expect(values.sorted() == (0..<Int64(n)).map { $0 })
        }
        // Each of the 24 orders of four things turns up one time in 24.
        var counts: [[Int64]: Int] = [:]
        var values = [Int64](repeating: 0, count: 4)
        for trial in 0..<24_000 {
            RandomKernels.permutation(&values, 4, seed: 6, offset: UInt64(trial) * 4)
            counts[values, default: 0] += 1
        }
        #expect(counts.count == 24)
        let chiSquare = counts.values.reduce(0.0) { $0 + Glibc.pow(Double($1) - 1000, 2) / 1000 }
        // 23 degrees of freedom: 49.7 is exceeded once in a thousand samples.
        #expect(chiSquare < 49.7)
    }

    @Test(arguments: [0, 0.25, 0.5, 1])
    func dropout(_ p: Double) {
        let input = (0..<count).map { Float($0 % 100) + 1 }
        let wide = input.map(Double.init)
        let output = filled(Float(0)) {
            RandomKernels.dropout($0, input, $1, seed: 4, offset: 32, probability: p)
        }
        let wideOutput = filled(0.0) {
            RandomKernels.dropout($0, wide, $1, seed: 4, offset: 32, probability: p)
        }
        let scale = p == 1 ? 0 : Float(1 / (1 - p))
        #expect(zip(output, input).allSatisfy { $0 == 0 || $0 == $1 * scale })
        #expect(zip(output, wideOutput).allSatisfy { ($0 == 0) == ($1 == 0) })
        let dropped = Double(output.count { $0 == 0 }) / Double(count)
        #expect((dropped - p).magnitude <= 4 * (p * (1 - p) / Double(count)).squareRoot())
        // What is dropped leaves nothing behind, not even NaN.
        let poison = [Float](repeating: .nan, count: count)
        let cleaned = filled(Float(1)) {
            RandomKernels.dropout($0, poison, $1, seed: 4, offset: 32, probability: p)
        }
        #expect(zip(output, cleaned).allSatisfy { ($0 == 0) == ($1 == 0) })
    }
}

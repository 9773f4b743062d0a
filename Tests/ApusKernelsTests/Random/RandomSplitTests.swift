import Testing

import ApusKernels
@testable import ApusRandomKernels

/// Element i depends on seed, offset and i alone: parts computed apart are the parts of the whole.
@Suite struct RandomSplitTests {
    private func expectSplits<T: BitwiseCopyable & Equatable>(
        _ zero: T, _ fill: (UnsafeMutablePointer<T>, Int, _ first: Int) -> Void
    ) {
        let n = 5000
        var whole = [T](repeating: zero, count: n)
        whole.withUnsafeMutableBufferPointer { fill($0.baseAddress!, n, 0) }
        for cuts in [
            [0, 2512, n], [0, 16, 32, 1040, n], [0, 1, 64, 129, 1023, 3333, n], [0, 1024, 2048, n],
        ] {
            var parts = [T](repeating: zero, count: n)
            parts.withUnsafeMutableBufferPointer { buffer in
                for (from, to) in zip(cuts, cuts.dropFirst()) {
                    fill(buffer.baseAddress! + from, to - from, from)
                }
            }
            #expect(parts == whole, "cut at \(cuts)")
        }
    }

    @Test func uniform() {
        expectSplits(Float(0)) {
            RandomKernels.uniform($0, $1, seed: 1, offset: 3, first: $2, low: 0, high: 1, within: 0...1)
        }
        expectSplits(0.0) {
            RandomKernels.uniform($0, $1, seed: 1, offset: 3, first: $2, low: 0, high: 1, within: 0...1)
        }
    }

    @Test func normal() {
        expectSplits(Float(0)) {
            RandomKernels.normal($0, $1, seed: 1, offset: 3, first: $2, mean: 0, standardDeviation: 1)
        }
        expectSplits(0.0) {
            RandomKernels.normal($0, $1, seed: 1, offset: 3, first: $2, mean: 0, standardDeviation: 1)
        }
    }

    @Test func exponential() {
        expectSplits(Float(0)) { RandomKernels.exponential($0, $1, seed: 1, offset: 3, first: $2, rate: 1) }
        expectSplits(0.0) { RandomKernels.exponential($0, $1, seed: 1, offset: 3, first: $2, rate: 1) }
    }

    @Test func integersAndBits() {
        expectSplits(Int64(0)) {
            RandomKernels.integers($0, $1, seed: 1, offset: 3, first: $2, low: 0, high: 1000)
        }
        expectSplits(Int64(0)) {
            RandomKernels.integers($0, $1, seed: 1, offset: 3, first: $2, low: 0, high: 1 << 50)
        }
        expectSplits(UInt8(0)) {
            RandomKernels.bernoulli($0, $1, seed: 1, offset: 3, first: $2, probability: 0.5)
        }
    }

    @Test func dropout() {
        let ones = [Float](repeating: 1, count: 5000)
        let wideOnes = [Double](repeating: 1, count: 5000)
        expectSplits(Float(0)) {
            RandomKernels.dropout($0, ones, $1, seed: 1, offset: 3, first: $2, probability: 0.5)
        }
        expectSplits(0.0) {
            RandomKernels.dropout($0, wideOnes, $1, seed: 1, offset: 3, first: $2, probability: 0.5)
        }
    }

    @Test func seedAndOffsetMatter() {
        func numbers(_ seed: UInt64, _ offset: UInt64) -> [Float] {
            var values = [Float](repeating: 0, count: 100)
            RandomKernels.uniform(&values, 100, seed: seed, offset: offset, low: 0, high: 1, within: 0...1)
            return values
        }
        #expect(numbers(1, 0) == numbers(1, 0))
        #expect(numbers(1, 0) != numbers(2, 0))
        // Arrays that take as many counters as they have elements share no number.
        #expect(Set(numbers(1, 0)).isDisjoint(with: numbers(1, 100)))
    }
}

import Testing
import _ApusTestSupport

@testable import Apus

/// Dropout of attention's weights in tiles, against all weights at a time with the same numbers dropped.
@Suite struct AttentionDropoutTests {
    typealias Sizes = ScaledDotProductAttentionTests.Sizes

    private static func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        Tensor.normal(shape, using: RandomGenerator(seed: seed)).to(.float64)
    }

    private static func operands(_ s: Sizes) -> [Tensor] {
        [
            random([s.batch, s.queryHeads, s.queries, s.depth], 1),
            random([s.batch, s.heads, s.keys, s.depth], 2), random([s.batch, s.heads, s.keys, s.width], 3),
        ]
    }

    private static func tiled(_ t: [Tensor], _ s: Sizes, _ mask: Tensor?, _ dropout: Double) -> Tensor {
        withRandomGenerator(RandomGenerator(seed: 7)) {
            t[0].scaledDotProductAttention(
                key: t[1], value: t[2], mask: mask, isCausal: s.isCausal, dropout: dropout)
        }
    }

    /// All weights at a time, [batch, heads, queries, keys], of which a dropout with the same generator drops the same.
    private static func plain(_ t: [Tensor], _ s: Sizes, _ mask: Tensor?, _ dropout: Double) -> Tensor {
        let repeats = t[0].shape[1] / t[1].shape[1]
        let (k, v) = (t[1].repeatInterleave(repeats, axis: 1), t[2].repeatInterleave(repeats, axis: 1))
        var scores = t[0].matmul(k.transpose(-1, -2)) / Double(s.depth).squareRoot()
        var sees = Tensor.ones([s.queries, s.keys], dtype: .bool)
        if s.isCausal { sees = sees.tril() }
        if let mask, mask.dtype == .bool { sees = sees.logicalAnd(mask) }
        if let mask, mask.dtype != .bool { scores = scores + mask.to(scores.dtype) }
        let weights = scores.softmax(mask: sees).dropout(dropout, using: RandomGenerator(seed: 7))
        return weights.matmul(v)
    }

    private static func results(_ t: [Tensor], _ body: ([Tensor]) -> Tensor) -> [Tensor] {
        let leaves = t.map { $0.detach().requiringGradient() }
        let y = body(leaves)
        (y * y * y).sum().backward()
        return [y.detach()] + leaves.map { $0.grad! }
    }

    /// Those of the tests without dropout, a few queries at a time, and keys of several groups of random numbers.
    static let sizes =
        ScaledDotProductAttentionTests.sizes + [
            Sizes(batch: 2, queryHeads: 4, heads: 2, queries: 9, keys: 70),
            Sizes(queryHeads: 2, heads: 2, queries: 65, keys: 257, isCausal: true),
            Sizes(batch: 2, queryHeads: 1, heads: 1, queries: 20, keys: 64),
        ]

    @Test(arguments: sizes)
    func theyEqualAllWeightsAtATime(_ sizes: Sizes) {
        let t = Self.operands(sizes)
        let mask = sizes.bias.map { Self.random($0, 4) }
        let wanted = Self.results(t) { Self.plain($0, sizes, mask, 0.3) }
        for (dtype, error) in [(DType.float64, 1e-11), (.float32, 1e-4)] {
            let found = Self.results(t.map { $0.to(dtype) }) { Self.tiled($0, sizes, mask?.to(dtype), 0.3) }
            for (a, b) in zip(found, wanted) {
                let largest = b.abs().max().item(as: Double.self)
                #expect((a.to(.float64) - b).abs().max().item(as: Double.self) <= error * max(largest, 1))
            }
        }
    }

    @Test func masksOfBooleansAndBlindQueries() {
        let sizes = Sizes(batch: 2, queryHeads: 4, heads: 2, queries: 50, keys: 100, isCausal: true)
        let t = Self.operands(sizes)
        let mask = (Self.random([4, 50, 100], 5) .> -0.5).logicalAnd(
            Tensor.arange(50).reshape([50, 1]) .!= 7)
        let wanted = Self.results(t) { Self.plain($0, sizes, mask, 0.5) }
        let found = Self.results(t) { Self.tiled($0, sizes, mask, 0.5) }
        for (a, b) in zip(found, wanted) {
            #expect(difference(a, b, relative: 1e-10, absolute: 1e-11) == nil)
        }
        let blind = found[0].narrow(axis: 2, start: 7, count: 1)
        #expect(blind.array(of: Double.self).allSatisfy { $0 == 0 })
    }

    @Test func aMaskThatIsLearnedHasItsGradient() {
        let sizes = Sizes(queries: 20, keys: 25)
        let t = Self.operands(sizes) + [Self.random([20, 25], 6)]
        let found = Self.results(t) { Self.tiled(Array($0.prefix(3)), sizes, $0[3], 0.4) }
        let wanted = Self.results(t) { Self.plain(Array($0.prefix(3)), sizes, $0[3], 0.4) }
        for (a, b) in zip(found, wanted) {
            #expect(difference(a, b, relative: 1e-9, absolute: 1e-11) == nil)
        }
    }

    @Test func theGradientHasAGradient() {
        let sizes = Sizes(queryHeads: 2, heads: 1, queries: 20, keys: 30, depth: 3, width: 2)
        let t = Self.operands(sizes)
        func second(_ body: ([Tensor]) -> Tensor) -> [Tensor] {
            let leaves = t.map { $0.detach().requiringGradient() }
            let y = body(leaves)
            let first = gradient(of: (y * y).sum(), at: leaves, createGraph: true)
            let norm = first.map { ($0 * $0).sum() }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }
            return gradient(of: norm, at: leaves)
        }
        let found = second { Self.tiled($0, sizes, nil, 0.3) }
        for (a, b) in zip(found, second { Self.plain($0, sizes, nil, 0.3) }) {
            #expect(difference(a, b, relative: 1e-9, absolute: 1e-11) == nil)
        }
    }

    /// With values of one the result is the sum of a query's weights, each of which is 0 or divided by 1 - p.
    @Test(arguments: [0.1, 0.5, 0.9])
    func theShareIsDroppedAndTheMeanKept(_ dropout: Double) {
        let sizes = Sizes(queryHeads: 4, heads: 4, queries: 100, keys: 200, width: 200)
        var t = Self.operands(sizes).map { $0.to(.float32) }
        // Equal weights, and values that tell each of them.
        t[0] = t[0] * 0
        t[2] = Tensor.eye(200).broadcast(to: [1, 4, 200, 200])
        let weights = (Self.tiled(t, sizes, nil, dropout) * 200).array(of: Float.self)
        let dropped = Double(weights.count { $0 == 0 }) / Double(weights.count)
        #expect(abs(dropped - dropout) < 0.005)
        #expect(weights.allSatisfy { $0 == 0 || abs($0 * Float(1 - dropout) - 1) < 1e-4 })
        let mean = weights.reduce(0) { $0 + Double($1) } / Double(weights.count)
        #expect(abs(mean - 1) < 0.03)
    }

    @Test func whatIsDroppedDependsOnTheGeneratorAlone() {
        let sizes = Sizes(batch: 3, queryHeads: 2, heads: 1, queries: 100, keys: 100, isCausal: true)
        let t = Self.operands(sizes).map { $0.to(.float32) }
        let all = [1, 2, 3].map { threads in
            withThreads(threads) {
                Self.results(t) { Self.tiled($0, sizes, nil, 0.2) }.map { $0.array(of: Float.self) }
            }
        }
        #expect(all[0] == all[1] && all[0] == all[2])
        let two = withRandomGenerator(RandomGenerator(seed: 7)) {
            (0..<2).map { _ in
                t[0].scaledDotProductAttention(key: t[1], value: t[2], isCausal: true, dropout: 0.2)
                    .array(of: Float.self)
            }
        }
        #expect(two[0] == all[0][0] && two[1] != two[0])
    }

    @Test func nothingGivesNothing() {
        for (queries, keys) in [(0, 5), (30, 0), (3, 0)] {
            let sizes = Sizes(queries: queries, keys: keys)
            let found = Self.results(Self.operands(sizes)) { Self.tiled($0, sizes, nil, 0.5) }
            for tensor in found { #expect(tensor.array(of: Double.self).allSatisfy { $0 == 0 }) }
        }
    }

    /// The figures are the whole process's: the test has one of its own.
    @Test func memoryGrowsWithTheLengthAlone() async {
        await #expect(processExitsWith: .success) {
            let time = 2048
            let t = (1...3).map {
                Tensor.normal([1, 4, time, 16], using: RandomGenerator(seed: UInt64($0))).requiringGradient()
            }
            let before = Memory.statistics.used
            Memory.resetPeak()
            t[0].scaledDotProductAttention(key: t[1], value: t[2], isCausal: true, dropout: 0.1)
                .sum().backward()
            let used = Memory.statistics.peak - before
            // Of the four heads' weights, in bytes.
            try #require(used * 8 < 4 * time * time * 4, "\(used) bytes")
        }
    }
}

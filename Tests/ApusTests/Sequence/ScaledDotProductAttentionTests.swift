import Apus
import Testing
import _ApusTestSupport

/// Tiled attention against all scores at a time in float64, at sizes that reach all of it.
@Suite struct ScaledDotProductAttentionTests {
    struct Sizes: Sendable, CustomStringConvertible {
        var batch = 1
        var queryHeads = 1
        var heads = 1
        var queries: Int
        var keys: Int
        var depth = 8
        var width = 8
        var isCausal = false
        /// Of the bias.
        var bias: Shape?

        var description: String {
            "\(batch)×\(queryHeads)/\(heads) \(queries)×\(keys) \(depth)/\(width) \(isCausal) \(bias ?? [])"
        }
    }

    /// Tiles of 48 queries and 96 keys: parts of one, whole ones, several; channels of part of a panel and of several.
    static let sizes: [Sizes] = [
        Sizes(queries: 17, keys: 1), Sizes(queries: 48, keys: 96, depth: 32, width: 64),
        Sizes(queries: 49, keys: 97, depth: 3, width: 5, isCausal: true),
        Sizes(batch: 2, queryHeads: 4, heads: 2, queries: 100, keys: 200, depth: 33, width: 40),
        Sizes(
            batch: 2, queryHeads: 6, heads: 1, queries: 130, keys: 130, depth: 16, width: 1, isCausal: true),
        Sizes(batch: 3, queryHeads: 2, heads: 2, queries: 60, keys: 20, isCausal: true),
        Sizes(batch: 1, queryHeads: 2, heads: 2, queries: 20, keys: 300, isCausal: true),
        Sizes(batch: 2, queryHeads: 2, heads: 2, queries: 50, keys: 100, bias: [2, 2, 50, 100]),
        Sizes(batch: 2, queryHeads: 4, heads: 2, queries: 50, keys: 100, isCausal: true, bias: [4, 1, 100]),
        Sizes(batch: 2, queryHeads: 2, heads: 1, queries: 50, keys: 100, bias: [2, 1, 50, 1]),
    ]

    private static func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
        Tensor.normal(shape, using: RandomGenerator(seed: seed)).to(.float64)
    }

    private static func operands(_ s: Sizes) -> [Tensor] {
        [
            random([s.batch, s.queryHeads, s.queries, s.depth], 1),
            random([s.batch, s.heads, s.keys, s.depth], 2), random([s.batch, s.heads, s.keys, s.width], 3),
        ]
    }

    /// All scores at a time.
    private static func plain(_ t: [Tensor], _ bias: Tensor?, isCausal: Bool) -> Tensor {
        let repeats = t[0].shape[1] / t[1].shape[1]
        let (k, v) = (t[1].repeatInterleave(repeats, axis: 1), t[2].repeatInterleave(repeats, axis: 1))
        var scores = t[0].matmul(k.transpose(-1, -2)) / Double(t[0].shape[3]).squareRoot()
        if let bias { scores = scores + bias }
        if isCausal {
            let isLater = Tensor.ones([t[0].shape[2], t[1].shape[2]], dtype: .bool).triu(1)
            scores = scores.maskedFill(isLater, -Double.infinity)
        }
        return scores.softmax().matmul(v)
    }

    private static func results(_ t: [Tensor], _ body: ([Tensor]) -> Tensor) -> [Tensor] {
        let leaves = t.map { $0.detach().requiringGradient() }
        let y = body(leaves)
        (y * y * y).sum().backward()
        return [y.detach()] + leaves.map { $0.grad! }
    }

    @Test(arguments: sizes)
    func theyEqualAllScoresAtATime(_ sizes: Sizes) {
        let t = Self.operands(sizes)
        let bias = sizes.bias.map { Self.random($0, 4) }
        let wanted = Self.results(t) { Self.plain($0, bias, isCausal: sizes.isCausal) }
        for (dtype, error) in [(DType.float64, 1e-11), (.float32, 1e-4)] {
            let found = Self.results(t.map { $0.to(dtype) }) {
                $0[0].scaledDotProductAttention(
                    key: $0[1], value: $0[2], mask: bias?.to(dtype), isCausal: sizes.isCausal)
            }
            for (a, b) in zip(found, wanted) {
                let largest = b.abs().max().item(as: Double.self)
                #expect((a.to(.float64) - b).abs().max().item(as: Double.self) <= error * max(largest, 1))
            }
        }
    }

    /// Without gradients, by few queries at a time, and with a mask of booleans.
    @Test func allRoadsAgree() {
        let t = Self.operands(Sizes(batch: 2, queryHeads: 2, heads: 2, queries: 40, keys: 70))
        let mask = Self.random([40, 70], 5) .> -0.5
        let whole = t[0].scaledDotProductAttention(key: t[1], value: t[2], mask: mask)
        let few = stride(from: 0, to: 40, by: 8).map { start in
            t[0].narrow(axis: 2, start: start, count: 8).scaledDotProductAttention(
                key: t[1], value: t[2], mask: mask.narrow(axis: 0, start: start, count: 8))
        }
        #expect(difference(.cat(few, axis: 2), whole, relative: 1e-12, absolute: 1e-12) == nil)
        let recorded = t[0].requiringGradient().scaledDotProductAttention(key: t[1], value: t[2], mask: mask)
        #expect(recorded.array(of: Double.self) == whole.array(of: Double.self))
    }

    @Test(arguments: [8, 60])
    func aQueryThatSeesNothingIsZero(_ queries: Int) {
        let t = Self.operands(Sizes(queries: queries, keys: 100))
        let sees = Tensor.ones([queries, 1], dtype: .bool).tril().broadcast(to: [queries, 100])
        let mask = sees.logicalAnd(Tensor.arange(queries).reshape([queries, 1]) .!= 3)
        let found = Self.results(t) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], mask: mask) }
        let row = found[0].narrow(axis: 2, start: 3, count: 1).array(of: Double.self)
        #expect(row.allSatisfy { $0 == 0 })
        for gradient in found { #expect(gradient.array(of: Double.self).allSatisfy { $0.isFinite }) }
        #expect(found[1].narrow(axis: 2, start: 3, count: 1).array(of: Double.self).allSatisfy { $0 == 0 })
    }

    @Test func whatIsMaskedWithNaNBesideItIsNaN() {
        var t = Self.operands(Sizes(queries: 20, keys: 30)).map { $0.to(.float32) }
        t[0] = Tensor.cat(
            [t[0].narrow(axis: 2, start: 0, count: 19), .full([1, 1, 1, 8], Float.nan)], axis: 2)
        let y = t[0].scaledDotProductAttention(key: t[1], value: t[2], isCausal: true)
        let isNaN = y.isNaN().array(of: Bool.self)
        #expect(isNaN.prefix(19 * 8).allSatisfy { !$0 } && isNaN.suffix(8).allSatisfy { $0 })
    }

    /// Scores of thousands, whose exponentials overflow.
    @Test func largeScoresAreFine() {
        let t = Self.operands(Sizes(queries: 50, keys: 200)).map { ($0 * 100).to(.float32) }
        for tensor in Self.results(t, { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2]) }) {
            #expect(tensor.array(of: Float.self).allSatisfy { $0.isFinite })
        }
    }

    @Test func whatComesLaterChangesNothingBefore() {
        let t = Self.operands(Sizes(queries: 150, keys: 150)).map { $0.to(.float32) }
        let later = t.map {
            Tensor.cat(
                [$0.narrow(axis: 2, start: 0, count: 101), $0.narrow(axis: 2, start: 101, count: 49) * 9],
                axis: 2)
        }
        let (a, b) = (t, later)
        let rows = [a, b].map {
            $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], isCausal: true)
                .narrow(axis: 2, start: 0, count: 101).array(of: Float.self)
        }
        #expect(rows[0] == rows[1])
    }

    @Test func threadsChangeNothing() {
        let t = Self.operands(
            Sizes(batch: 3, queryHeads: 2, heads: 1, queries: 100, keys: 100, isCausal: true)
        )
        .map { $0.to(.float32) }
        let all = [1, 2, 3].map { threads in
            withThreads(threads) {
                Self.results(t) {
                    $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], isCausal: true)
                }.map { $0.array(of: Float.self) }
            }
        }
        #expect(all[0] == all[1] && all[0] == all[2])
    }

    @Test func nothingGivesNothing() {
        for (queries, keys) in [(0, 5), (30, 0), (3, 0)] {
            let t = Self.operands(Sizes(queries: queries, keys: keys))
            let found = Self.results(t) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2]) }
            #expect(found[0].shape == [1, 1, queries, 8])
            for tensor in found { #expect(tensor.array(of: Double.self).allSatisfy { $0 == 0 }) }
        }
    }

    @Test func aBiasThatIsLearnedHasAGradient() {
        let t = Self.operands(Sizes(queries: 20, keys: 25)) + [Self.random([20, 25], 6)]
        let found = Self.results(t) { $0[0].scaledDotProductAttention(key: $0[1], value: $0[2], mask: $0[3]) }
        let wanted = Self.results(t) { Self.plain(Array($0.prefix(3)), $0[3], isCausal: false) }
        for (a, b) in zip(found, wanted) {
            #expect(difference(a, b, relative: 1e-9, absolute: 1e-11) == nil)
        }
    }

    /// The figures are the whole process's: the test has one of its own.
    @Test func memoryGrowsWithTheLengthAlone() async {
        await #expect(processExitsWith: .success) {
            let time = 8192
            let t = (1...3).map {
                Tensor.normal([1, 1, time, 16], using: RandomGenerator(seed: UInt64($0))).requiringGradient()
            }
            let before = Memory.statistics.used
            Memory.resetPeak()
            t[0].scaledDotProductAttention(key: t[1], value: t[2], isCausal: true).sum().backward()
            let used = Memory.statistics.peak - before
            try #require(used * 20 < time * time * 4, "\(used) bytes")
        }
    }
}

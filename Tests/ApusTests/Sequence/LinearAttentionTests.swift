import Apus
import Testing
import _ApusTestSupport

/// Linear attention in chunks against all scores at a time, at sizes that reach all of it.
@Suite struct LinearAttentionTests {
    struct Sizes: Sendable, CustomStringConvertible {
        var batch = 1
        var heads = 1
        var steps: Int
        var depth = 4
        var width = 4
        /// Of the log decay; nil for none.
        var decay: Shape?

        var description: String { "\(batch)×\(heads) \(steps) \(depth)/\(width) \(decay ?? [])" }
    }

    /// Chunks of 64 steps: parts of one, whole ones, several; channels of part of a panel and of several.
    static let sizes: [Sizes] = [
        Sizes(steps: 1), Sizes(steps: 64, depth: 32, width: 32), Sizes(steps: 65, depth: 3, width: 5),
        Sizes(batch: 2, heads: 3, steps: 130, depth: 33, width: 12), Sizes(steps: 200, depth: 1, width: 40),
        Sizes(steps: 1, decay: [1]), Sizes(batch: 2, heads: 3, steps: 13, decay: [3, 1]),
        Sizes(steps: 64, depth: 12, width: 36, decay: [64]),
        Sizes(batch: 2, heads: 2, steps: 150, depth: 5, width: 3, decay: [2, 2, 150]),
        Sizes(heads: 2, steps: 129, depth: 40, width: 70, decay: [2, 129]),
    ]

    /// Queries, keys, values, the first state and, if there is any, the log decay.
    private static func inputs(_ s: Sizes, _ dtype: DType = .float64) -> [Tensor] {
        func random(_ shape: Shape, _ seed: UInt64) -> Tensor {
            Tensor.normal(shape, using: RandomGenerator(seed: seed)).to(dtype)
        }
        let steps = [s.batch, s.heads, s.steps]
        return [
            random(steps + [s.depth], 1), random(steps + [s.depth], 2), random(steps + [s.width], 3),
            random([s.batch, s.heads, s.depth, s.width], 4),
        ] + (s.decay.map { [(random($0, 5).abs() * -0.3).to(dtype)] } ?? [])
    }

    private static func chunked(_ t: [Tensor]) -> [Tensor] {
        let (y, last) = t[0].linearAttention(
            key: t[1], value: t[2], logDecay: t.count > 4 ? t[4] : nil, initial: t[3])
        return [y, last]
    }

    /// All scores at a time.
    private static func plain(_ t: [Tensor]) -> [Tensor] {
        let steps = t[0].shape[2]
        let logs = t.count > 4 ? t[4] : Tensor.zeros([1], dtype: t[0].dtype)
        let sums = logs.broadcast(to: Array(t[0].shape.prefix(3))).cumulativeSum(axis: 2).unsqueeze(3)
        let isLater = Tensor.ones([steps, steps], dtype: .bool).triu(1)
        let left = (sums - sums.transpose(-1, -2)).maskedFill(isLater, -Double.infinity).exp()
        let y = (t[0].matmul(t[1].transpose(-1, -2)) * left).matmul(t[2]) + (t[0] * sums.exp()).matmul(t[3])
        let end = sums.narrow(axis: 2, start: steps - 1, count: 1)
        let last = (t[1] * (end - sums).exp()).transpose(-1, -2).matmul(t[2]) + t[3] * end.exp()
        return [y, last]
    }

    private static func results(_ t: [Tensor], _ body: ([Tensor]) -> [Tensor]) -> [Tensor] {
        let leaves = t.map { $0.detach().requiringGradient() }
        let found = body(leaves)
        // Both results at once, each with a gradient of its own.
        ((found[0] * found[0]).sum() + (found[1] * found[1] * found[1]).sum()).backward()
        return found.map { $0.detach() } + leaves.map { $0.grad! }
    }

    @Test(arguments: sizes)
    func itEqualsAllScoresAtATime(_ sizes: Sizes) {
        let t = Self.inputs(sizes)
        let wanted = Self.results(t, Self.plain)
        for (dtype, error) in [(DType.float64, 1e-13), (.float32, 4e-6)] {
            for (index, (found, wanted)) in zip(
                Self.results(t.map { $0.to(dtype) }, Self.chunked), wanted
            ).enumerated() {
                let largest = wanted.abs().max().item(as: Double.self)
                let worst = (found.to(.float64) - wanted).abs().max().item(as: Double.self)
                #expect(worst <= error * max(largest, 1), "\(index) in \(dtype): \(worst / largest)")
            }
        }
    }

    @Test func aSequenceGoesOnFromItsLastState() {
        let t = Self.inputs(Sizes(batch: 2, heads: 2, steps: 170, depth: 5, width: 6, decay: [2, 2, 170]))
        let whole = Self.chunked(t)
        func part(_ range: Range<Int>, _ initial: Tensor) -> [Tensor] {
            let cut = [0, 1, 2, 4].map { t[$0].narrow(axis: 2, start: range.lowerBound, count: range.count) }
            return Self.chunked([cut[0], cut[1], cut[2], initial, cut[3]])
        }
        let first = part(0..<77, t[3])
        let second = part(77..<170, first[1])
        let joined = Tensor.cat([first[0], second[0]], axis: 2)
        #expect(difference(joined, whole[0], relative: 1e-12, absolute: 1e-12) == nil)
        #expect(difference(second[1], whole[1], relative: 1e-12, absolute: 1e-12) == nil)
    }

    @Test func whatComesLaterChangesNothingBefore() {
        let t = Self.inputs(Sizes(heads: 2, steps: 150, depth: 8, width: 8, decay: [150]), .float32)
        func beginning(_ t: [Tensor], _ count: Int) -> [Float] {
            Self.chunked(t)[0].narrow(axis: 2, start: 0, count: count).array(of: Float.self)
        }
        for count in [1, 30, 100, 149] {
            let later = t.enumerated().map { index, x in
                if index == 3 { return x }
                let axis = index == 4 ? 0 : 2
                return Tensor.cat(
                    [
                        x.narrow(axis: axis, start: 0, count: count),
                        x.narrow(axis: axis, start: count, count: 150 - count) * 5,
                    ], axis: axis)
            }
            #expect(beginning(t, count) == beginning(later, count))
        }
    }

    @Test func threadsChangeNothing() {
        let t = Self.inputs(Sizes(batch: 3, heads: 2, steps: 100, depth: 8, width: 8, decay: [100]), .float32)
        let all = [1, 2, 3].map { threads in
            withThreads(threads) { Self.results(t, Self.chunked).map { $0.array(of: Float.self) } }
        }
        #expect(all[0] == all[1] && all[0] == all[2])
    }

    @Test func noStepsKeepTheState() {
        for decay in [nil, [2, 2, 0]] as [Shape?] {
            let sizes = Sizes(batch: 2, heads: 2, steps: 0, decay: decay)
            let t = Self.inputs(sizes, .float32).map { $0.requiringGradient() }
            let found = Self.chunked(t)
            #expect(found[0].shape == [2, 2, 0, 4])
            #expect(found[1].array(of: Float.self) == t[3].array(of: Float.self))
            (found[1] * 2).sum().backward()
            #expect(t[3].grad!.array(of: Float.self).allSatisfy { $0 == 2 })
        }
        let none = Self.inputs(Sizes(batch: 0, steps: 5), .float32).map { $0.requiringGradient() }
        Self.chunked(none)[0].sum().backward()
        #expect(none[0].grad!.shape == [0, 1, 5, 4])
    }

    /// A log decay of -infinity begins anew, and of some thousands as well.
    @Test(arguments: [-Double.infinity, -5000])
    func aDecayOfEverythingBeginsAnew(_ log: Double) {
        for dtype in [DType.float32, .float64] {
            let t = Self.inputs(Sizes(heads: 2, steps: 150, decay: [150]), dtype)
            func cut(_ x: Tensor, _ start: Int, _ count: Int) -> Tensor {
                x.narrow(axis: x.rank == 1 ? 0 : 2, start: start, count: count)
            }
            let decay = Tensor.cat([cut(t[4], 0, 90), .full([1], log, dtype: dtype), cut(t[4], 91, 59)])
            let found = Self.results([t[0], t[1], t[2], t[3], decay], Self.chunked)
            for tensor in found { #expect(tensor.isFinite().all().item(as: Bool.self)) }
            let rest = [0, 1, 2].map { cut(t[$0], 90, 60) } + [.zeros(t[3].shape, dtype: dtype)]
            let wanted = Self.chunked(rest + [.cat([.zeros([1], dtype: dtype), cut(t[4], 91, 59)])])[0]
            let error = dtype == .float32 ? 1e-5 : 1e-11
            #expect(difference(cut(found[0], 90, 60), wanted, relative: error, absolute: error) == nil)
        }
    }

    /// Long after the last value that is not zero, results and the state are zeros or normal numbers.
    @Test func silenceStaysNormal() {
        var t = Self.inputs(Sizes(steps: 3000, decay: [1]), .float32)
        t[2] = t[2] * 0
        t[4] = .full([1], -0.05)
        for tensor in Self.results(t, Self.chunked) {
            #expect(tensor.array(of: Float.self).allSatisfy { $0 == 0 || $0.isNormal })
        }
    }

    @Test func theGradientHasAGradient() {
        for decay in [nil, [2, 70]] as [Shape?] {
            let t = Self.inputs(Sizes(heads: 2, steps: 70, depth: 2, width: 3, decay: decay))
            func second(_ body: ([Tensor]) -> [Tensor]) -> [Tensor] {
                let leaves = t.map { $0.detach().requiringGradient() }
                let found = body(leaves)
                let loss = (found[0] * found[0]).sum() + (found[1] * found[1]).sum()
                let first = gradient(of: loss, at: leaves, createGraph: true)
                let norm = first.map { ($0 * $0).sum() }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }
                return gradient(of: norm, at: leaves)
            }
            for (found, wanted) in zip(second(Self.chunked), second(Self.plain)) {
                let largest = wanted.abs().max().item(as: Double.self)
                #expect((found - wanted).abs().max().item(as: Double.self) <= 1e-11 * largest)
            }
        }
    }
}

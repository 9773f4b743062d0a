import Apus
import Testing
import _ApusTestSupport

/// RWKV's means by their kernel against a loop over steps, at sizes that reach all of it.
@Suite struct WKVTests {
    /// Keys, values, decay, first, and the parts of a state.
    private static func inputs(_ batch: Int, _ steps: Int, _ channels: Int, _ dtype: DType) -> [Tensor] {
        let generator = RandomGenerator(seed: 7)
        func uniform(_ shape: Shape, _ low: Double, _ high: Double) -> Tensor {
            Tensor.uniform(shape, low: low, high: high, using: generator).to(dtype)
        }
        return [
            uniform([batch, steps, channels], -2, 2), uniform([batch, steps, channels], -1, 1),
            uniform([channels], -3, 0), uniform([channels], -1, 1), uniform([batch, channels], -1, 1),
            uniform([batch, channels], 0.5, 2), uniform([batch, channels], -1, 1),
        ]
    }

    private static func fused(_ t: [Tensor]) -> (Tensor, WKVState) {
        let state = WKVState(numerator: t[4], denominator: t[5], exponent: t[6])
        return t[0].wkv(value: t[1], decay: t[2], first: t[3], state: state)
    }

    /// The means, and the last sums, which do not depend on the exponent that they are written with.
    private static func sums(_ t: [Tensor]) -> [Tensor] {
        let (y, last) = fused(t)
        let scale = last.exponent.exp()
        return [y, last.numerator * scale, last.denominator * scale]
    }

    /// The formula, whose exponentials are of keys themselves.
    private static func loop(_ t: [Tensor]) -> [Tensor] {
        var (a, b) = (t[4] * t[6].exp(), t[5] * t[6].exp())
        var results: [Tensor] = []
        for (key, value) in zip(t[0].unbind(axis: 1), t[1].unbind(axis: 1)) {
            let own = (t[3] + key).exp()
            results.append((a + own * value) / (b + own))
            (a, b) = (t[2].exp() * a + key.exp() * value, t[2].exp() * b + key.exp())
        }
        return [.stack(results, axis: 1), a, b]
    }

    private static func results(_ t: [Tensor], _ body: ([Tensor]) -> [Tensor]) -> [Tensor] {
        let leaves = t.map { $0.detach().requiringGradient() }
        let found = body(leaves)
        // All results at once, each with a gradient of its own.
        found.map { ($0 * $0 * $0).sum() }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }.backward()
        return found.map { $0.detach() } + leaves.map { $0.grad! }
    }

    /// One step and several spans, channels of part of a block and of several, one sequence and many.
    @Test(arguments: [[1, 1, 1], [2, 33, 16], [3, 64, 5], [1, 70, 37], [9, 32, 20]])
    func theyEqualTheirFormula(_ sizes: [Int]) {
        let t = Self.inputs(sizes[0], sizes[1], sizes[2], .float64)
        let wanted = Self.results(t, Self.loop)
        for (found, wanted) in zip(Self.results(t, Self.sums), wanted) {
            #expect(difference(found, wanted, relative: 1e-11, absolute: 1e-12) == nil)
        }
        for (found, wanted) in zip(Self.results(t.map { $0.to(.float32) }, Self.sums), wanted) {
            let largest = wanted.abs().max().item(as: Double.self)
            #expect((found.to(.float64) - wanted).abs().max().item(as: Double.self) <= 1e-5 * largest)
        }
    }

    @Test func aSequenceGoesOnFromItsLastState() {
        let t = Self.inputs(2, 75, 20, .float32)
        let (whole, end) = Self.fused(t)
        func part(_ range: Range<Int>, _ state: WKVState) -> (Tensor, WKVState) {
            let cut = t.prefix(2).map { $0.narrow(axis: 1, start: range.lowerBound, count: range.count) }
            return cut[0].wkv(value: cut[1], decay: t[2], first: t[3], state: state)
        }
        let (first, state) = part(0..<41, WKVState(numerator: t[4], denominator: t[5], exponent: t[6]))
        let (second, last) = part(41..<75, state)
        #expect(Tensor.cat([first, second], axis: 1).array(of: Float.self) == whole.array(of: Float.self))
        for (a, b) in [
            (last.numerator, end.numerator), (last.denominator, end.denominator),
            (last.exponent, end.exponent),
        ] {
            #expect(a.array(of: Float.self) == b.array(of: Float.self))
        }
    }

    /// The gradient of a whole sequence is that of its parts, joined by the state.
    @Test func gradientsFlowThroughAState() {
        let t = Self.inputs(2, 40, 3, .float64)
        func results(_ cuts: [Range<Int>]) -> [Tensor] {
            Self.results(Array(t.prefix(4))) { t in
                var state: WKVState?
                let parts = cuts.map { range in
                    let cut = t.prefix(2).map {
                        $0.narrow(axis: 1, start: range.lowerBound, count: range.count)
                    }
                    let (y, last) = cut[0].wkv(value: cut[1], decay: t[2], first: t[3], state: state)
                    state = last
                    return y
                }
                return [.cat(parts, axis: 1)]
            }
        }
        for (found, wanted) in zip(results([0..<13, 13..<14, 14..<40]), results([0..<40])) {
            #expect(difference(found, wanted, relative: 1e-11, absolute: 1e-12) == nil)
        }
    }

    @Test func threadsChangeNothing() {
        let t = Self.inputs(3, 50, 70, .float32)
        let all = [1, 2, 3].map { threads in
            withThreads(threads) { Self.results(t, Self.sums).map { $0.array(of: Float.self) } }
        }
        #expect(all[0] == all[1] && all[0] == all[2])
    }

    @Test func whatComesLaterChangesNothingBefore() {
        var t = Self.inputs(2, 50, 20, .float32)
        let before = Self.fused(t).0.narrow(axis: 1, start: 0, count: 37).array(of: Float.self)
        for index in 0..<2 {
            t[index] = Tensor.cat(
                [
                    t[index].narrow(axis: 1, start: 0, count: 37),
                    t[index].narrow(axis: 1, start: 37, count: 13) * 7,
                ], axis: 1)
        }
        #expect(Self.fused(t).0.narrow(axis: 1, start: 0, count: 37).array(of: Float.self) == before)
    }

    @Test func noStepsKeepTheState() {
        let t = Self.inputs(2, 0, 3, .float32).map { $0.requiringGradient() }
        let (y, last) = Self.fused(t)
        #expect(y.shape == [2, 0, 3])
        #expect(last.numerator.array(of: Float.self) == t[4].array(of: Float.self))
        #expect(last.exponent.array(of: Float.self) == t[6].array(of: Float.self))
        (last.numerator * 2).sum().backward()
        #expect(t[4].grad!.array(of: Float.self).allSatisfy { $0 == 2 })
        #expect(t[2].grad!.array(of: Float.self).allSatisfy { $0 == 0 })
        let none = Self.inputs(0, 3, 2, .float32).map { $0.requiringGradient() }
        Self.fused(none).0.sum().backward()
        #expect(none[2].grad!.array(of: Float.self) == [0, 0])
    }

    /// Keys whose exponentials overflow, and decays of nothing and of everything.
    @Test(arguments: [-Double.infinity, -1e6, -0.001, 0])
    func extremesStayFinite(_ decay: Double) {
        var t = Self.inputs(2, 300, 20, .float32)
        t[0] = t[0] * 60
        t[2] = .full([20], decay)
        for state in [nil, WKVState(numerator: t[4], denominator: t[5], exponent: t[6] * 60)] {
            let leaves = t.map { $0.detach().requiringGradient() }
            let (y, last) = leaves[0].wkv(
                value: leaves[1], decay: leaves[2], first: leaves[3], state: state)
            y.sum().backward()
            for tensor in [y, last.numerator, last.denominator, last.exponent] {
                #expect(tensor.array(of: Float.self).allSatisfy { $0.isFinite })
            }
            // Means of what lies between -1 and 1.
            if state == nil { #expect(y.abs().max().item(as: Float.self) <= 1.0001) }
            for index in 0..<4 {
                #expect(leaves[index].grad!.array(of: Float.self).allSatisfy { $0.isFinite })
            }
        }
    }

    /// Keys of about 60 against the same in double precision: exponents themselves are rounded.
    @Test func largeKeysAreAsPreciseAsTheirRounding() {
        var t = Self.inputs(2, 200, 20, .float32)
        t[0] = t[0] * 30
        let (found, wanted) = (Self.fused(t).0, Self.fused(t.map { $0.to(.float64) }).0)
        #expect((found.to(.float64) - wanted).abs().max().item(as: Double.self) <= 1e-4)
    }

    /// Long after the last value that is not zero, sums are zeros or normal numbers.
    @Test func silenceStaysNormal() {
        let key = Tensor.full([1, 3000, 16], -1)
        let (y, last) = key.wkv(
            value: .zeros([1, 3000, 16]), decay: .full([16], -0.1), first: .zeros([16]),
            state: WKVState(
                numerator: .ones([1, 16]), denominator: .ones([1, 16]), exponent: .ones([1, 16])))
        for tensor in [y, last.numerator, last.denominator] {
            #expect(tensor.array(of: Float.self).allSatisfy { $0 == 0 || $0.isNormal })
        }
    }

    @Test func theGradientHasAGradient() {
        let t = Self.inputs(2, 5, 3, .float64)
        func second(_ body: ([Tensor]) -> [Tensor]) -> [Double] {
            let leaves = t.map { $0.detach().requiringGradient() }
            let loss = body(leaves).map { ($0 * $0).sum() }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }
            let first = gradient(of: loss, at: leaves, upstream: nil, createGraph: true)
            let norm = first.map { ($0 * $0).sum() }.reduce(Tensor(0.0, dtype: .float64)) { $0 + $1 }
            return gradient(of: norm, at: leaves).flatMap { $0.array(of: Double.self) }
        }
        let (found, wanted) = (second(Self.sums), second(Self.loop))
        #expect(zip(found, wanted).allSatisfy { abs($0 - $1) <= 1e-9 * (1 + abs($1)) })
    }
}

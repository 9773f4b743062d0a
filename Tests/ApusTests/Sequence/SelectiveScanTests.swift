import Apus
import Testing
import _ApusTestSupport

/// The fused selective scan against the same in tensor operations, at sizes that reach all of it.
@Suite struct SelectiveScanTests {
    /// What a scan is of: x, steps, A, B, C and the first states.
    fileprivate static func inputs(_ batch: Int, _ steps: Int, _ channels: Int, _ states: Int, _ dtype: DType)
        -> [Tensor]
    {
        let generator = RandomGenerator(seed: 5)
        func uniform(_ shape: Shape, _ low: Double, _ high: Double) -> Tensor {
            Tensor.uniform(shape, low: low, high: high, using: generator).to(dtype)
        }
        return [
            uniform([batch, steps, channels], -1, 1), uniform([batch, steps, channels], 0.001, 0.5),
            uniform([channels, states], -3, -0.1), uniform([batch, steps, states], -1, 1),
            uniform([batch, steps, states], -1, 1), uniform([batch, channels, states], -1, 1),
        ]
    }

    fileprivate static func composed(_ t: [Tensor]) -> (Tensor, Tensor) {
        let deltas = t[1].unsqueeze(3)
        let states = (deltas * t[0].unsqueeze(3) * t[3].unsqueeze(2))
            .linearRecurrence(decay: (deltas * t[2]).exp(), initial: t[5])
        let last = states.narrow(axis: 1, start: t[0].shape[1] - 1, count: 1).squeeze(axis: 1)
        return ((states * t[4].unsqueeze(2)).sum(axis: 3), last)
    }

    fileprivate static func fused(_ t: [Tensor]) -> (Tensor, Tensor) {
        t[0].selectiveScan(step: t[1], decay: t[2], input: t[3], output: t[4], initial: t[5])
    }

    private static func results(_ t: [Tensor], _ scan: ([Tensor]) -> (Tensor, Tensor)) -> [Tensor] {
        let leaves = t.map { $0.detach().requiringGradient() }
        let (y, last) = scan(leaves)
        // Both results at once, each with a gradient of its own.
        ((y * y).sum() + (last * last * last).sum()).backward()
        return [y.detach(), last.detach()] + leaves.map { $0.grad! }
    }

    /// One step and several spans, channels of part of a block and of several, one sequence and many, few states and many.
    @Test(arguments: [
        [1, 1, 1, 1], [2, 33, 16, 16], [1, 70, 37, 5], [9, 32, 20, 2], [2, 40, 150, 3], [1, 12, 17, 100],
    ])
    func itEqualsItsFormula(_ sizes: [Int]) {
        let t = Self.inputs(sizes[0], sizes[1], sizes[2], sizes[3], .float64)
        let wanted = Self.results(t, Self.composed)
        for (found, wanted) in zip(Self.results(t, Self.fused), wanted) {
            #expect(difference(found, wanted, relative: 1e-10, absolute: 1e-12) == nil)
        }
        let single = Self.results(t.map { $0.to(.float32) }, Self.fused)
        for (found, wanted) in zip(single, wanted) {
            let largest = wanted.abs().max().item(as: Double.self)
            #expect((found.to(.float64) - wanted).abs().max().item(as: Double.self) <= 1e-5 * largest)
        }
    }

    @Test func threadsChangeNothing() {
        let t = Self.inputs(3, 50, 70, 4, .float32)
        let all = [1, 2, 3].map { threads in
            withThreads(threads) { Self.results(t, Self.fused).map { $0.array(of: Float.self) } }
        }
        #expect(all[0] == all[1] && all[0] == all[2])
    }

    @Test func aSequenceGoesOnFromItsLastState() {
        let t = Self.inputs(2, 45, 20, 4, .float32)
        let (whole, end) = Self.fused(t)
        func part(_ range: Range<Int>, _ initial: Tensor) -> (Tensor, Tensor) {
            let cut = [0, 1, 3, 4].map { t[$0].narrow(axis: 1, start: range.lowerBound, count: range.count) }
            return cut[0].selectiveScan(
                step: cut[1], decay: t[2], input: cut[2], output: cut[3], initial: initial)
        }
        let (first, state) = part(0..<17, t[5])
        let (second, last) = part(17..<45, state)
        #expect(Tensor.cat([first, second], axis: 1).array(of: Float.self) == whole.array(of: Float.self))
        #expect(last.array(of: Float.self) == end.array(of: Float.self))
    }

    @Test func whatComesLaterChangesNothingBefore() {
        var t = Self.inputs(1, 40, 16, 4, .float32)
        let before = Self.fused(t).0.narrow(axis: 1, start: 0, count: 30).array(of: Float.self)
        for index in [0, 1, 3, 4] {
            t[index] = Tensor.cat(
                [
                    t[index].narrow(axis: 1, start: 0, count: 30),
                    t[index].narrow(axis: 1, start: 30, count: 10) * 7,
                ], axis: 1)
        }
        #expect(Self.fused(t).0.narrow(axis: 1, start: 0, count: 30).array(of: Float.self) == before)
    }

    @Test func noStepsKeepTheState() {
        let t = Self.inputs(2, 0, 3, 4, .float32).map { $0.requiringGradient() }
        let (y, last) = Self.fused(t)
        #expect(y.shape == [2, 0, 3])
        #expect(last.array(of: Float.self) == t[5].array(of: Float.self))
        (last * 2).sum().backward()
        #expect(t[5].grad!.array(of: Float.self).allSatisfy { $0 == 2 })
        #expect(t[2].grad!.array(of: Float.self).allSatisfy { $0 == 0 })
        let none = Self.inputs(0, 3, 2, 4, .float32).map { $0.requiringGradient() }
        let (empty, _) = Self.fused(none)
        empty.sum().backward()
        #expect(none[2].grad!.array(of: Float.self) == [Float](repeating: 0, count: 8))
    }

    /// Decays of nothing and of everything, and a million steps of silence.
    @Test func extremesStayFinite() {
        let steps = 100_000
        let x = Tensor.zeros([1, steps, 1])
        let ones = Tensor.ones([1, steps, 2])
        for (delta, rate) in [(1e-9, -1.0), (1.0, -1e-9), (10.0, -1e6), (0.0, -1.0), (0.05, -0.3)] {
            let (y, last) = x.selectiveScan(
                step: .full([1, steps, 1], delta), decay: .full([1, 2], rate), input: ones, output: ones,
                initial: .ones([1, 1, 2]))
            #expect(y.array(of: Float.self).allSatisfy { $0.isFinite })
            #expect(last.array(of: Float.self).allSatisfy { $0 == 0 || $0.isNormal })
        }
    }

    /// The states of all steps, and what they are multiplied with, are never in memory. The figures are the whole process's: the
    /// test has one of its own.
    @Test func memoryIsThatOfTheSequence() async {
        await #expect(processExitsWith: .success) {
            let (steps, channels, states) = (4096, 64, 16)
            let t = SelectiveScanTests.inputs(1, steps, channels, states, .float32).map {
                $0.requiringGradient()
            }
            func used(_ scan: ([Tensor]) -> (Tensor, Tensor)) -> Int {
                let before = Memory.statistics.used
                Memory.resetPeak()
                let (y, _) = scan(t)
                _ = gradient(of: y.sum(), at: t)
                return Memory.statistics.peak - before
            }
            let (fused, composed) = (used(SelectiveScanTests.fused), used(SelectiveScanTests.composed))
            try #require(fused * 10 < composed, "\(fused) and \(composed) bytes")
        }
    }
}

import Testing
import _ApusTestSupport

@testable import Apus

/// Draws for parts of a batch: together they are, bit by bit, the draw for all rows, and leave the generator where that does.
@Suite struct BatchPartTests {
    /// Rows of each part of a batch of 7.
    static let divisions = [[7], [3, 4], [4, 0, 3], [1, 1, 4, 1], [0, 2, 5, 0]]

    /// What `draw` gives for the rows of all parts, one after the other, and the generator's state after each of them.
    static func parts(
        _ rows: [Int], axis: Int = 0, _ draw: (BatchPart) -> Tensor
    ) -> (all: Tensor, states: [RandomGenerator.State]) {
        var (pieces, states, start) = ([Tensor](), [RandomGenerator.State](), 0)
        for count in rows {
            let part = BatchPart(start: start, count: count, total: rows.reduce(0, +))
            let generator = RandomGenerator(seed: 5)
            pieces.append(withRandomGenerator(generator) { withBatchPart(part) { draw(part) } })
            states.append(generator.state)
            start += count
        }
        return (Tensor.cat(pieces, axis: axis), states)
    }

    /// - Parameter draw: gets the rows that are wanted.
    private func check(
        _ name: String, axis: Int = 0, _ draw: (Range<Int>) -> Tensor,
        location: SourceLocation = #_sourceLocation
    ) {
        let generator = RandomGenerator(seed: 5)
        let whole = withRandomGenerator(generator) { draw(0..<7) }
        for rows in Self.divisions {
            let (all, states) = Self.parts(rows, axis: axis) { draw($0.start..<$0.start + $0.count) }
            #expect(all.shape == whole.shape, "\(name) \(rows)", sourceLocation: location)
            #expect(bytes(all) == bytes(whole), "\(name) \(rows)", sourceLocation: location)
            #expect(
                states == rows.map { _ in generator.state }, "\(name) \(rows)", sourceLocation: location)
        }
    }

    private func bytes(_ x: Tensor) -> [UInt8] { x.contiguous().withUnsafeBytes { Array($0) } }

    private static let floating: [DType] = [
        .float16, .bfloat16, .float32, .float64, .complex64, .complex128,
    ]

    @Test(arguments: floating)
    func numbersAreThoseOfTheRows(_ dtype: DType) {
        for width in [1, 5, 64, 3001] {
            check("normal \(width)") { rows in
                withBatchRows(.axis(0)) { .normal([rows.count, width], mean: 0.5, dtype: dtype) }
            }
            check("uniform \(width)", axis: 1) { rows in
                withBatchRows(.axis(1)) { .uniform([3, rows.count, width], dtype: dtype) }
            }
        }
        if dtype.isComplex { return }
        check("truncatedNormal", axis: 1) { rows in
            withBatchRows(.axis(-2, each: 3)) { .truncatedNormal([2, rows.count * 3, 40], dtype: dtype) }
        }
    }

    @Test func integersAndTruthsToo() {
        check("randomIntegers") { rows in
            withBatchRows(.axis(0, each: 4)) { .randomIntegers([rows.count * 4, 9], high: 1000) }
        }
        check("bernoulli", axis: 2) { rows in
            withBatchRows(.axis(2)) { .bernoulli([3, 2, rows.count, 5], dtype: .bool) }
        }
    }

    /// Values, gradients and gradients of gradients of a function of rows.
    private static func results(_ x: Tensor, _ body: (Tensor) -> Tensor) -> [Tensor] {
        let leaf = x.detach().requiringGradient()
        let y = body(leaf)
        let first = gradient(of: (y * y.conjugate()).real.sum(), at: leaf, createGraph: true)
        let second = gradient(of: (first * first.conjugate()).real.sum(), at: leaf)
        return [y.detach(), first.detach(), second]
    }

    /// That of the rows of a tensor equals the rows of that of the tensor: values, first and second gradients.
    private func check(_ name: String, _ x: Tensor, axis: Int = 0, _ body: (Tensor) -> Tensor) {
        for index in 0..<3 {
            check("\(name) \(x.dtype), result \(index)", axis: axis) { rows in
                let own = x.narrow(axis: axis, start: rows.lowerBound, count: rows.count)
                return Self.results(own, body)[index]
            }
        }
        check("\(name) \(x.dtype) without history", axis: axis) { rows in
            body(x.narrow(axis: axis, start: rows.lowerBound, count: rows.count))
        }
    }

    private static func random(_ shape: Shape, _ dtype: DType) -> Tensor {
        Tensor.normal(shape, using: RandomGenerator(seed: 1)).to(dtype)
    }

    @Test(arguments: floating)
    func dropoutIsThatOfTheRows(_ dtype: DType) {
        let x = Self.random([7, 3, 4, 5], dtype)
        check("dropout", x) { $0.dropout(0.4) }
        // Channels last, columns and slices.
        check("channels last", x.channelsLast()) { $0.dropout(0.4) }
        check("transposed", x.permute(3, 2, 1, 0).contiguous().permute(3, 2, 1, 0)) { $0.dropout(0.4) }
        check("sliced", Self.random([7, 3, 9, 5], dtype).narrow(axis: 2, start: 2, count: 4)) {
            $0.dropout(0.4)
        }
        check("time first", Self.random([6, 7, 5], dtype), axis: 1) { x in
            withBatchRows(.axis(1)) { x.dropout(0.4) }
        }
        check("merged", Self.random([7, 6, 5], dtype)) { x in
            withBatchRows(.axis(0, each: 6)) {
                x.reshape([x.shape[0] * 6, 5]).dropout(0.4).reshape([x.shape[0], 6, 5])
            }
        }
        check("channelDropout", x) { $0.channelDropout(0.4) }
        check("stochasticDepth", x) { $0.stochasticDepth(0.4) }
        check("stochasticDepth of the batch", x) { $0.stochasticDepth(0.4, mode: .batch) }
        if dtype.isComplex { return }
        check("alphaDropout", x) { $0.alphaDropout(0.4) }
        check("featureAlphaDropout", x) { $0.featureAlphaDropout(0.4) }
        check("rrelu", x) { $0.rrelu() }
    }

    /// Rows of more elements than a thread has.
    @Test func threadsChangeNothing() {
        let x = Self.random([7, 20_001], .float32)
        for threads in [1, 3] { withThreads(threads) { check("dropout", x) { $0.dropout(0.4) } } }
    }

    /// In tiles, and all weights at a time; batches of several axes, and others.
    @Test(arguments: [DType.float32, .float64, .bfloat16])
    func attentionDropsThoseOfTheRows(_ dtype: DType) {
        for queries in [5, 40] {
            let x = Self.random([7, 2, queries, 4], dtype)
            let attend = { (x: Tensor) in
                x.scaledDotProductAttention(key: x * 0.5, value: x.cos(), isCausal: true, dropout: 0.3)
            }
            check("\(queries) queries", x, attend)
            check("\(queries) queries, one head", Self.random([7, queries, 4], dtype), attend)
            check("\(queries) queries, five axes", Self.random([7, 3, 2, queries, 4], dtype), attend)
            check("\(queries) queries, rows second", Self.random([3, 7, 2, queries, 4], dtype), axis: 1) {
                x in withBatchRows(.axis(1)) { attend(x) }
            }
        }
    }

    /// A checkpoint computes the same again, also where the backward pass is outside of the part.
    @Test func checkpointsRememberThePart() {
        let x = Self.random([7, 30], .float64)
        func run(_ rows: Range<Int>, checkpointed: Bool) -> Tensor {
            let leaf = x.narrow(axis: 0, start: rows.lowerBound, count: rows.count).detach()
                .requiringGradient()
            let body = {
                leaf.dropout(0.3).exp().dropout(0.3)
                    + withBatchRows(.axis(0)) {
                        Tensor.normal([rows.count, 30], dtype: .float64) * leaf
                            + Tensor.truncatedNormal([rows.count, 30], dtype: .float64) * leaf
                    }
            }
            let y = checkpointed ? checkpoint(body) : body()
            return withBatchPart(nil) { gradient(of: y.sum(), at: leaf) }
        }
        check("checkpoint") { run($0, checkpointed: true) }
        let plain = withRandomGenerator(RandomGenerator(seed: 5)) { run(0..<7, checkpointed: false) }
        let again = withRandomGenerator(RandomGenerator(seed: 5)) { run(0..<7, checkpointed: true) }
        #expect(bytes(plain) == bytes(again))
    }

    /// What belongs to no row is the same on all ranks, and so is what comes after it.
    @Test func whatIsSharedIsTheSame() {
        let states = Self.divisions.flatMap { rows in
            Self.parts(rows) { part in
                withBatchRows(.shared) {
                    #expect(
                        Tensor.normal([4, 3]).array(of: Float.self)
                            == Tensor.normal([4, 3], using: RandomGenerator(seed: 5)).array(of: Float.self))
                    _ = Tensor.permutation(9)
                    _ = Tensor.truncatedNormal([5])
                }
                withBatchPart(nil) { _ = Tensor.uniform([3]) }
                return Tensor.zeros([part.count])
            }.states
        }
        #expect(Set(states.map(\.offset)).count == 1)
    }

    /// A graph that runs within a part draws for it.
    @Test func graphsDrawForTheirPart() throws {
        let x = Self.random([7, 5], .float32)
        let own = RandomGenerator(seed: 3)
        func run(_ rows: Range<Int>) -> Tensor {
            let part = x.narrow(axis: 0, start: rows.lowerBound, count: rows.count)
            let graph = withBatchPart(nil) { Trace.of([part]) { [$0[0].dropout(0.5, using: own)] } }
            own.seed(5)
            return try! graph.run([part])[0]
        }
        let whole = run(0..<7)
        for rows in Self.divisions {
            let (all, _) = Self.parts(rows) { run($0.start..<$0.start + $0.count) }
            #expect(bytes(all) == bytes(whole))
        }
    }

    @Test func rowsThatNobodyKnowsStopTheProgram() async {
        await #expect(processExitsWith: .failure) {
            withBatchPart(BatchPart(start: 0, count: 2, total: 4)) { _ = Tensor.normal([2, 3]) }
        }
        await #expect(processExitsWith: .failure) {
            withBatchPart(BatchPart(start: 0, count: 2, total: 4)) { _ = Tensor.permutation(2) }
        }
        await #expect(processExitsWith: .failure) {
            withBatchPart(BatchPart(start: 0, count: 2, total: 4)) { _ = Tensor.ones([6, 2, 3]).dropout() }
        }
        await #expect(processExitsWith: .failure) {
            withBatchPart(BatchPart(start: 0, count: 2, total: 4)) {
                _ = Tensor.ones([2, 3]).channelDropout(isBatched: false)
            }
        }
        await #expect(processExitsWith: .failure) { _ = BatchPart(start: 3, count: 2, total: 4) }
    }
}

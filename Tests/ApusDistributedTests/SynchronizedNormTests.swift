import Apus
import ApusDistributed
import ApusNN
import Testing
import _ApusTestSupport

/// Batch normalisations over the rows of several ranks against one process with all of them.
@Suite struct SynchronizedNormTests {
    /// A layer and what it is tried with.
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let shape: Shape
        let dtype: DType
        let make: @Sendable () -> any Layer

        init(
            _ name: String, _ shape: Shape, _ dtype: DType = .float64,
            _ make: @escaping @Sendable () -> any Layer
        ) {
            (testDescription, self.shape, self.dtype, self.make) = (name, shape, dtype, make)
        }
    }

    static let cases = [
        Case("BatchNorm1d", [6, 3]) { BatchNorm1d(3) },
        Case("BatchNorm1d of sequences", [6, 3, 4]) { BatchNorm1d(3, momentum: nil) },
        Case("BatchNorm2d", [6, 5, 3, 2]) { BatchNorm2d(5, activation: .silu) },
        Case("BatchNorm2d, ReLU", [6, 5, 3, 2]) { BatchNorm2d(5, activation: .relu) },
        Case("BatchNorm2d without parameters", [6, 2, 3, 2]) { BatchNorm2d(2, affine: false) },
        Case("BatchNorm3d without statistics", [6, 2, 3, 2, 1]) {
            BatchNorm3d(2, trackRunningStatistics: false)
        },
        Case("ComplexBatchNorm1d", [6, 3], .complex128) { ComplexBatchNorm1d(3, dtype: .complex128) },
        Case("ComplexBatchNorm2d", [6, 3, 2, 2], .complex128) {
            ComplexBatchNorm2d(3, activation: .relu, dtype: .complex128)
        },
        Case("ComplexBatchNorm2d without parameters", [6, 3, 2, 2], .complex128) {
            ComplexBatchNorm2d(3, affine: false, dtype: .complex128)
        },
        Case("NaiveComplexBatchNorm2d", [6, 3, 2, 2], .complex128) { NaiveComplexBatchNorm2d(3) },
    ]

    /// Rows of each rank.
    static let divisions = [[6], [2, 4], [3, 0, 3], [0, 1, 4, 1]]

    private static func random(_ shape: Shape, _ dtype: DType, seed: UInt64) -> Tensor {
        Tensor.normal(shape, dtype: dtype, using: RandomGenerator(seed: seed))
    }

    /// The layer in double precision, with weights that are none of them alike.
    private static func layer(_ test: Case) -> any Layer {
        let layer = test.make()
        for (index, parameter) in layer.parameters().enumerated() {
            let drawn = random(parameter.value.shape, .float64, seed: 10 + UInt64(index))
            parameter.value = parameter.value.to(.float64) + drawn * 0.3
        }
        for (_, buffer) in layer.namedBuffers() where buffer.value.dtype == .float32 {
            buffer.value = buffer.value.to(.float64)
        }
        layer.synchronizeBatchNorms()
        return layer
    }

    /// Results with a row for each of the batch, those that are sums over rows, and those that are the same for all.
    struct Results: Sendable {
        var rows: [Tensor] = []
        var sums: [Tensor] = []
        var shared: [Tensor] = []
    }

    private static func results(_ test: Case, _ x: Tensor, _ scale: Tensor) -> Results {
        var results = Results()
        func loss(_ y: Tensor) -> Tensor { (y * y.conjugate() * y.real.sin() * scale).real.sum() }
        // By kernels, and then in operations that are differentiated again.
        let layer = layer(test)
        let x = x.requiringGradient()
        loss(layer(x)).backward()
        results.rows.append(x.grad!)
        results.sums += layer.parameters().map { $0.grad! }
        let y = layer(x)
        let leaves = [x] + layer.parameters().map(\.value)
        let first = gradient(of: loss(y), at: leaves, createGraph: true)
        let size = (first[0] * first[0].conjugate() * scale).real.sum()
        let second = gradient(of: size, at: leaves)
        results.rows += [y.detach(), first[0].detach(), second[0]]
        results.sums += (first.dropFirst() + second.dropFirst()).map { $0.detach() }
        results.shared = layer.namedBuffers().map(\.buffer.value)
        return results
    }

    private static func start(_ rows: [Int], _ rank: Int) -> Int { rows.prefix(rank).reduce(0, +) }

    @Test(arguments: cases, divisions)
    func ranksEqualOneProcess(_ test: Case, rows: [Int]) throws {
        let x = Self.random(test.shape, test.dtype, seed: 1) * 2 + 3
        let scale = Self.random(test.shape, .float64, seed: 2)
        for x in [x, channelsLast(x)] {
            let whole = Self.results(test, x, scale)
            let ranks = try ThreadGroup.run(size: rows.count) { group in
                func own(_ tensor: Tensor) -> Tensor {
                    tensor.narrow(axis: 0, start: Self.start(rows, group.rank), count: rows[group.rank])
                }
                var results = try group.withSynchronizedStatistics {
                    Self.results(test, own(x), own(scale))
                }
                for index in results.sums.indices { results.sums[index] = try group.sum(results.sums[index]) }
                return results
            }
            for (index, expected) in whole.rows.enumerated() {
                let found = Tensor.cat(ranks.map { $0.rows[index] })
                #expect(Self.difference(found, expected) == nil, "rows \(index)")
            }
            for rank in ranks {
                for (found, expected) in zip(rank.sums, whole.sums) {
                    #expect(Self.difference(found, expected) == nil, "sums")
                }
                for (found, expected) in zip(rank.shared, whole.shared) {
                    #expect(Self.difference(found, expected) == nil, "running statistics")
                }
                #expect(rank.shared.map(bytes) == ranks[0].shared.map(bytes))
            }
        }
    }

    /// In single precision, with means a thousand times as large as deviations.
    @Test func largeMeansLoseNothing() throws {
        let x =
            Self.random([64, 4, 3, 3], .float64, seed: 1) + Tensor([-1e3, 1e3, 1, 0]).reshape([4, 1, 1])
        let norm = BatchNorm2d(4, affine: false)
        let expected = norm(x)
        for rows in [[64], [1, 40, 23]] {
            let parts = try ThreadGroup.run(size: rows.count) { group in
                let norm = BatchNorm2d(4, affine: false)
                norm.synchronizeBatchNorms()
                let own = x.narrow(axis: 0, start: Self.start(rows, group.rank), count: rows[group.rank])
                return try group.withSynchronizedStatistics { norm(own.to(.float32)) }
            }
            #expect(Tensor.cat(parts).to(.float64).allClose(expected, relative: 0, absolute: 5e-4))
        }
    }

    /// Values and gradients in the input's type, near to those of one process.
    @Test(arguments: [DType.float16, .bfloat16, .float32, .complex64])
    func otherTypes(_ dtype: DType) throws {
        let (x, scale) = (
            Self.random([6, 3, 4], .complex64, seed: 1), Self.random([6, 3, 4], .float32, seed: 2)
        )
        let own = dtype.isComplex ? x : x.real.to(dtype)
        @Sendable func run(_ rows: Range<Int>) -> [Tensor] {
            func part(_ x: Tensor) -> Tensor {
                x.narrow(axis: 0, start: rows.lowerBound, count: rows.count).detach()
            }
            let norm: any Layer = dtype.isComplex ? ComplexBatchNorm1d(3) : BatchNorm1d(3)
            norm.synchronizeBatchNorms()
            let leaf = part(own).requiringGradient()
            let y = norm(leaf)
            (y * part(scale)).real.sum().backward()
            return [y.detach(), leaf.grad!]
        }
        let whole = run(0..<6)
        let ranks = try ThreadGroup.run(size: 3) { group in
            try group.withSynchronizedStatistics { run(group.rank * 2..<group.rank * 2 + 2) }
        }
        let tolerance = dtype.isHalf ? 3e-2 : 1e-5
        for (index, expected) in whole.enumerated() {
            let found = Tensor.cat(ranks.map { $0[index] })
            #expect(found.dtype == expected.dtype)
            let problem = _ApusTestSupport.difference(
                found, expected, relative: tolerance, absolute: tolerance)
            #expect(problem == nil)
        }
    }

    /// Convolution, norm, checkpoint, dropout and a linear layer, as a rank of a training run has them.
    private final class Net: Module, Layer {
        let conv = Conv2d(2, 4, kernel: 3, padding: 1)
        let norm = BatchNorm2d(4, activation: .relu)
        let dropout = Dropout(0.3)
        let inner = Sequential(Conv2d(4, 4, kernel: 3, padding: 1), BatchNorm2d(4), Dropout2d(0.3))
        let linear = Linear(16, 3)

        func forward(_ x: Tensor) -> Tensor {
            let y = dropout(norm(conv(x)))
            return linear(checkpoint { self.inner(y) }.avgPool2d(2).flatten(from: 1))
        }

        static func make() -> Net {
            let net = withRandomGenerator(RandomGenerator(seed: 3)) { Net() }
            for parameter in net.parameters() { parameter.value = parameter.value.to(.float64) }
            for (_, buffer) in net.namedBuffers() where buffer.value.dtype == .float32 {
                buffer.value = buffer.value.to(.float64)
            }
            net.synchronizeBatchNorms()
            return net
        }
    }

    @Test(arguments: divisions)
    func aNetworkWithDropoutIsThatOfOneProcess(rows: [Int]) throws {
        let x = Self.random([6, 2, 4, 4], .float64, seed: 1)
        let classes = Tensor([0, 1, 2, 0, 1, 1], dtype: .int64)
        let size = rows.count
        /// The gradients, those of a rank's share of the mean loss, and the running statistics.
        @Sendable func run(_ rows: Range<Int>) -> (loss: Tensor, gradients: [Tensor], buffers: [Tensor]) {
            // Weights belong to no rows.
            let net = withBatchPart(nil) { Net.make() }
            let logits = net(x.narrow(axis: 0, start: rows.lowerBound, count: rows.count))
            let own = classes.narrow(axis: 0, start: rows.lowerBound, count: rows.count)
            let loss = logits.softmaxCrossEntropy(own, reduction: .sum) / 6
            loss.backward()
            return (
                loss.detach(), net.parameters().map { $0.grad! },
                net.namedBuffers().map(\.buffer.value)
            )
        }
        let generator = RandomGenerator(seed: 9)
        let whole = withRandomGenerator(generator) { run(0..<6) }
        let ranks = try ThreadGroup.run(size: size) { group in
            let (start, own) = (Self.start(rows, group.rank), RandomGenerator(seed: 9))
            let part = BatchPart(start: start, count: rows[group.rank], total: 6)
            var found = try withRandomGenerator(own) {
                try group.withSynchronizedStatistics {
                    withBatchPart(part) { run(start..<start + rows[group.rank]) }
                }
            }
            for index in found.gradients.indices {
                found.gradients[index] = try group.sum(found.gradients[index])
            }
            #expect(own.state == generator.state)
            return (loss: try group.sum(found.loss), gradients: found.gradients, buffers: found.buffers)
        }
        for rank in ranks {
            #expect(Self.difference(rank.loss, whole.loss) == nil)
            for (found, expected) in zip(rank.gradients, whole.gradients) {
                #expect(Self.difference(found, expected) == nil)
            }
            for (found, expected) in zip(rank.buffers, whole.buffers) {
                #expect(Self.difference(found, expected) == nil)
            }
        }
    }

    @Test func otherwiseStatisticsAreThoseOfTheRank() throws {
        let means = try ThreadGroup.run(size: 3) { group in
            let norm = BatchNorm1d(2, momentum: 1)
            let x = Tensor([0, 1, 2, 3], shape: [2, 2]) + Double(group.rank)
            try group.withSynchronizedStatistics { _ = norm(x) }
            let own = norm.runningMean!.value.array(of: Float.self)
            try group.broadcastBuffers(of: norm, from: 1)
            return [own, norm.runningMean!.value.array(of: Float.self)]
        }
        for (rank, mean) in means.enumerated() {
            #expect(mean == [[1 + Float(rank), 2 + Float(rank)], [2, 3]])
        }
    }

    private struct Trouble: Error {}

    @Test func aRankThatThrowsEndsTheOthers() throws {
        let error = #expect(throws: RankErrors.self) {
            try ThreadGroup.run(size: 3) { group in
                let norm = BatchNorm1d(2)
                norm.synchronizeBatchNorms()
                try group.withSynchronizedStatistics {
                    if group.rank == 1 { throw Trouble() }
                    let y = norm(Self.random([4, 2], .float32, seed: 1).requiringGradient())
                    y.sum().backward()
                }
                Issue.record("rank \(group.rank) went on")
            }
        }
        #expect(error?.errors.count == 1 && error?.errors[1] is Trouble)
    }

    @Test func aSingleValueAChannelHasNoVariance() async {
        await #expect(processExitsWith: .failure) {
            _ = try ThreadGroup.run(size: 2) { group in
                let norm = BatchNorm1d(2)
                norm.synchronizeBatchNorms()
                try group.withSynchronizedStatistics { _ = norm(Tensor.zeros([group.rank, 2])) }
            }
        }
    }

    private static func difference(_ found: Tensor, _ expected: Tensor) -> String? {
        let largest = expected.count == 0 ? 0 : expected.abs().max().item(as: Double.self)
        return _ApusTestSupport.difference(
            found, expected, relative: 1e-12, absolute: 1e-12 * max(largest, 1))
    }
}

private func bytes(_ x: Tensor) -> [UInt8] { x.withUnsafeBytes { Array($0) } }

/// The same values, with channels next to each other in memory.
private func channelsLast(_ x: Tensor) -> Tensor {
    let last = [0] + Array(2..<x.rank) + [1]
    let first = [0, x.rank - 1] + Array(1..<(x.rank - 1))
    return x.rank < 3 ? x : x.permute(last).contiguous().permute(first)
}

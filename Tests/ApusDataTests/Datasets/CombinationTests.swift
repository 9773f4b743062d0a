import Apus
import Testing

@testable import ApusData

@Suite struct CombinationTests {
    private struct Broken: Error {}
    private let numbers = AnyDataset(Array(0..<10))

    private func samples<Source: Dataset>(_ set: Source) throws -> [Source.Sample] {
        try (0..<set.count).map { try set.sample($0) }
    }

    @Test func setsAreMappedFilteredAndJoined() throws {
        #expect(try samples(numbers.map { "\($0)" }.subset([3, 1, 1])) == ["3", "1", "1"])
        let even = numbers.filter { $0 % 2 == 0 }
        #expect(try samples(even) == [0, 2, 4, 6, 8])
        #expect(try samples(even.concatenated(with: numbers.subset(7..<9))) == [0, 2, 4, 6, 8, 7, 8])
        let failing = numbers.map { number throws in
            if number == 4 { throw Broken() }
            return number * 2
        }
        #expect(try failing.sample(3) == 6)
        #expect(throws: Broken.self) { try failing.sample(4) }
        #expect(throws: Broken.self) { try failing.filter { $0 > 2 } }
    }

    @Test func aSetIsSplitAtRandom() throws {
        let set = AnyDataset(Array(0..<103))
        let parts = set.randomSplit(fractions: [0.7, 0.2, 0.1], seed: 4)
        #expect(parts.map(\.count) == [73, 20, 10])
        let all = try parts.flatMap(samples)
        #expect(all.sorted() == Array(0..<103) && all != Array(0..<103))
        #expect(try set.randomSplit(fractions: [0.7, 0.2, 0.1], seed: 4).flatMap(samples) == all)
        #expect(try set.randomSplit(counts: [73, 30], seed: 5).flatMap(samples) != all)
        #expect(set.randomSplit(counts: [3, 0]).map(\.count) == [3, 0])
        #expect(AnyDataset([Int]()).randomSplit(fractions: [0.5, 0.5]).map(\.count) == [0, 0])
    }

    /// Parts of sets in memory still make whole batches.
    @Test func partsOfImagesMakeWholeBatches() throws {
        let images = SyntheticDigits().dataset(.train, count: 30)
        let part = images.subset([7, 2, 9, 4])
        #expect(part.whole != nil && images.map { $0 }.whole == nil)
        let loader = DataLoader(part.subset([3, 0]), batchSize: 2, sampler: .sequential)
        let batch = try #require(loader.epoch(0).next())
        let expected = images.batch([4, 7])
        #expect(batch.inputs.array(of: Float.self) == expected.inputs.array(of: Float.self))
        #expect(batch.labels.array(of: Int.self) == expected.labels.array(of: Int.self))
        // Batches of samples are the same as whole ones.
        let singly = try LabeledSample.collate([images.sample(4), images.sample(7)])
        #expect(singly.inputs.array(of: Float.self) == expected.inputs.array(of: Float.self))
        #expect(singly.inputs.shape == expected.inputs.shape && singly.labels.dtype == .int64)
    }

    @Test func tensorsAreSets() throws {
        let x = Tensor((0..<12).map { Float($0) }, shape: [4, 3])
        let y = Tensor((0..<4).map { UInt8($0) }, shape: [4])
        let pairs = TensorDataset(inputs: x.transpose(0, 1).contiguous().transpose(0, 1), targets: y)
        #expect(pairs.sample(2).input.array(of: Float.self) == [6, 7, 8] && pairs.sample(2).target.rank == 0)
        let batch = pairs.batch([3, 0])
        #expect(batch.inputs.array(of: Float.self) == [9, 10, 11, 0, 1, 2] && batch.targets.dtype == .uint8)
        #expect(batch.targets.array(of: Int.self) == [3, 0] && batch.sampleCount == 2)
        let labeled = TensorDataset(inputs: x, labels: y)
        #expect(labeled.batch([1]).labels.dtype == .int64 && labeled.sample(3).label == 3)
        let named = TensorDataset(["x": x, "y": y])
        #expect(named.batch([1, 1])["x"]?.shape == [2, 3] && named.sample(1)["y"]?.item(as: Int.self) == 1)
        #expect(TensorDataset(x).batch([]).shape == [0, 3])
        for batch in DataLoader(TensorDataset(x), batchSize: 3).epoch(0) { #expect(batch.shape[1] == 3) }
    }

    @Test func whatDoesNotFitStopsTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = AnyDataset([1, 2]).subset([2]) }
        await #expect(processExitsWith: .failure) { _ = AnyDataset([1, 2]).randomSplit(counts: [2, 1]) }
        await #expect(processExitsWith: .failure) {
            _ = TensorDataset(inputs: .zeros([3, 1]), targets: .zeros([2]))
        }
        await #expect(processExitsWith: .failure) { _ = TensorDataset(.zeros([3, 1])).batch([3]) }
    }
}

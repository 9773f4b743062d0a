import Apus
import Glibc
import Synchronization
import Testing

@testable import ApusData

/// Yields the indices themselves; fails at a given one, and counts the samples made.
private final class Indices: Dataset {
    struct Failed: Error, Equatable { let at: Int }

    let count: Int
    let failing: Set<Int>
    let made = Atomic<Int>(0)

    init(_ count: Int, failing: Set<Int> = []) {
        self.count = count
        self.failing = failing
    }

    func sample(_ index: Int) throws(Failed) -> Int {
        made.add(1, ordering: .relaxed)
        if failing.contains(index) { throw Failed(at: index) }
        return index
    }
}

/// Batches that are the samples themselves.
private func makeLoader(
    _ source: some Dataset<Int>, batchSize: Int, sampler: Sampler = .shuffled, dropsLast: Bool = false,
    seed: UInt64 = 0, workers: Int = 1, prefetch: Int = 4, policy: FailurePolicy = .stop
) -> DataLoader<[Int], SampleError> {
    DataLoader(
        source, batchSize: batchSize, sampler: sampler, dropsLast: dropsLast, seed: seed, workers: workers,
        prefetch: prefetch, policy: policy, collate: { $0 })
}

@Suite struct DataLoaderTests {
    private func batches<Batch, Failure>(_ epoch: Epoch<Batch, Failure>) throws -> [Batch] {
        var all: [Batch] = []
        while let batch = try epoch.next() { all.append(batch) }
        return all
    }

    @Test(arguments: [0, 1, 2, 3, 8])
    func everySampleComesOnceInTheOrderOfTheSeed(prefetch: Int) throws {
        let loader = makeLoader(Indices(103), batchSize: 10, seed: 4, prefetch: prefetch)
        #expect(loader.batchCount == 11 && loader.sampleCount == 103)
        for epoch in 0..<3 {
            let all = try batches(loader.epoch(epoch))
            #expect(all.map(\.count) == [Int](repeating: 10, count: 10) + [3])
            #expect(all.flatMap { $0 } == loader.order(of: epoch))
        }
    }

    @Test func ordersArePermutationsOfTheirOwn() {
        let loader = makeLoader(Indices(1000), batchSize: 7, seed: 1)
        let other = makeLoader(Indices(1000), batchSize: 7, seed: 2)
        let orders = [loader.order(of: 0), loader.order(of: 1), other.order(of: 0)]
        for order in orders { #expect(order.sorted() == Array(0..<1000)) }
        #expect(orders[0] != orders[1] && orders[0] != orders[2] && orders[1] != orders[2])
        // A shuffled order leaves few samples where they were: one on average.
        for order in orders { #expect(order.indices.count { order[$0] == $0 } < 10) }
        #expect(makeLoader(Indices(5), batchSize: 1, sampler: .sequential).order(of: 3) == [0, 1, 2, 3, 4])
    }

    @Test func theLastBatchCanBeDropped() throws {
        let loader = makeLoader(Indices(103), batchSize: 10, dropsLast: true)
        #expect(loader.batchCount == 10 && loader.sampleCount == 100)
        #expect(try batches(loader.epoch(0)).map(\.count) == [Int](repeating: 10, count: 10))
        #expect(try batches(makeLoader(Indices(9), batchSize: 10, dropsLast: true).epoch(0)).isEmpty)
        #expect(try batches(makeLoader(Indices(0), batchSize: 10).epoch(0)).isEmpty)
        #expect(try batches(makeLoader(Indices(9), batchSize: .max).epoch(0)).map(\.count) == [9])
    }

    @Test(arguments: [0, 4])
    func anEpochCanBeginAnywhere(prefetch: Int) throws {
        let loader = makeLoader(Indices(57), batchSize: 5, seed: 9, prefetch: prefetch)
        let whole = try batches(loader.epoch(2))
        for first in 0...loader.batchCount {
            let epoch = loader.epoch(2, from: first)
            #expect(epoch.nextIndex == first)
            #expect(try batches(epoch) == Array(whole[first...]))
            #expect(epoch.nextIndex == loader.batchCount)
        }
    }

    @Test(arguments: [0, 1, 4])
    func errorsReachTheConsumerInTheirPlace(prefetch: Int) throws {
        let source = Indices(100, failing: [63])
        let epoch = makeLoader(source, batchSize: 10, sampler: .sequential, prefetch: prefetch).epoch(0)
        for _ in 0..<6 { #expect(try epoch.next()?.count == 10) }
        let error = #expect(throws: SampleError.self) { try epoch.next() }
        #expect(error?.indices == [63] && error?.reason as? Indices.Failed == Indices.Failed(at: 63))
        #expect(error?.description == "sample 63: Failed(at: 63)")
        #expect(try epoch.next() == nil)
        #expect(source.made.load(ordering: .relaxed) == 64)
    }

    @Test(arguments: [1, 2, 5])
    func onlySoManyAreMadeAhead(prefetch: Int) throws {
        let source = Indices(1000)
        let epoch = makeLoader(source, batchSize: 1, prefetch: prefetch).epoch(0)
        for taken in 1...20 {
            _ = try epoch.next()
            usleep(500)
            #expect(source.made.load(ordering: .relaxed) <= taken + prefetch)
        }
    }

    @Test(arguments: [0, 1, 2, 100])
    func lettingGoStopsTheThreadAndFreesEverything(taken: Int) throws {
        weak var leftover: Indices?
        do {
            let source = Indices(1_000_000)
            leftover = source
            var epoch: Epoch<[Int], SampleError>? = makeLoader(source, batchSize: 10, prefetch: 3).epoch(0)
            for _ in 0..<taken { _ = try epoch?.next() }
            epoch = nil
            let made = source.made.load(ordering: .relaxed)
            #expect(made <= 10 * (taken + 3))
            usleep(2000)
            #expect(source.made.load(ordering: .relaxed) == made)
        }
        #expect(leftover == nil)
    }

    @Test func anEpochOfImagesIsASequence() {
        let set = SyntheticDigits().dataset(.train, count: 50)
        let pixels = set.images.array(of: UInt8.self)
        let labels = set.labels.array(of: UInt8.self)
        let loader = DataLoader(set, batchSize: 16, seed: 3)
        let order = loader.order(of: 1)
        var position = 0
        for batch in loader.epoch(1) {
            #expect(batch.inputs.dtype == .float32 && batch.labels.dtype == .int64)
            #expect(
                batch.inputs.shape == [batch.sampleCount, 784] && batch.labels.shape == [batch.sampleCount])
            let values = batch.inputs.array(of: Float.self)
            let numbers = batch.labels.array(of: Int64.self)
            for row in 0..<batch.sampleCount {
                let index = order[position + row]
                let expected = pixels[784 * index..<784 * (index + 1)].map { Float($0) / 255 }
                #expect(Array(values[784 * row..<784 * (row + 1)]) == expected)
                #expect(numbers[row] == Int64(labels[index]))
            }
            position += batch.sampleCount
        }
        #expect(position == 50)
        for _ in loader.epoch(0) { break }
    }

    @Test func batchesHaveTheShapeAndScaleAskedFor() {
        var set = SyntheticDigits().dataset(.test, count: 6)
        set.sampleShape = [1, 28, 28]
        set.scaling = .mnist
        let batch = set.batch([4, 2])
        #expect(batch.inputs.shape == [2, 1, 28, 28])
        let bytes = set.images.array(of: Float.self)[784 * 4..<784 * 5]
        for (value, byte) in zip(batch.inputs.array(of: Float.self), bytes) {
            #expect(abs(value - (byte / 255 - 0.1307) / 0.3081) < 1e-6)
        }
        #expect(set.prefix(3).count == 3 && set.prefix(3).batch([1]).inputs.shape == [1, 1, 28, 28])
    }

    @Test func bytesScaleToTheNearestFraction() {
        let bytes = (0..<256).map { UInt8($0) }
        var values = [Float](repeating: 0, count: 256)
        PixelScaling.unit.convert(bytes, to: &values, count: 256)
        #expect(values == bytes.map { Float($0) / 255 })
    }

    @Test func setsCanBeMadeOfTensors() {
        let images = Tensor((0..<24).map { UInt8($0) }, shape: [2, 3, 4])
        let set = LabeledImages(
            name: "own", images: images, labels: Tensor([Int64(1), 0], shape: [2]), classes: 2)
        #expect(set.images.array(of: UInt8.self) == images.array(of: UInt8.self))
        #expect(set.batch([1, 0]).labels.array(of: Int.self) == [0, 1])
        #expect(set.batch([1]).inputs.shape == [1, 12])
    }
}

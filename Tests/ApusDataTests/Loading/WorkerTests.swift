import Apus
import Glibc
import Testing

@testable import ApusData

/// Takes a while for some samples, draws, and fails for others.
private struct Noise: Dataset {
    struct Broken: Error, CustomStringConvertible { let description: String }

    var count = 61
    var broken: Set<Int> = []
    var misshapen: Set<Int> = []

    func sample(_ index: Int) throws(Broken) -> Example<Tensor, Int> {
        if index % 5 == 0 { usleep(300) }
        if broken.contains(index) { throw Broken(description: "it is broken") }
        var random = SampleGenerator()
        let first = Float.random(in: 0..<1, using: &random)
        let second = Tensor.uniform([1]).item(as: Float.self)
        let values = [Float](repeating: first + second, count: misshapen.contains(index) ? 3 : 2)
        return Example(input: Tensor(values, shape: [values.count]), target: index)
    }

    func source(of index: Int) -> String? { "folder/\(index).png" }
}

@Suite struct WorkerTests {
    private typealias Epochs = Epoch<ExampleBatch<Tensor, Tensor>, SampleError>

    private func all(_ epoch: Epochs) throws -> [[Double]] {
        var result: [[Double]] = []
        while let batch = try epoch.next() {
            #expect(batch.sampleCount == batch.targets.count)
            result.append(batch.inputs.array(of: Double.self) + batch.targets.array(of: Double.self))
        }
        return result
    }

    @Test(arguments: [(1, 0), (1, 1), (2, 4), (3, 2), (4, 9), (8, 16)])
    func batchesDoNotDependOnTheNumberOfWorkers(workers: Int, prefetch: Int) throws {
        let plain = DataLoader(Noise(), batchSize: 7, seed: 2, prefetch: 0)
        let loader = DataLoader(Noise(), batchSize: 7, seed: 2, workers: workers, prefetch: prefetch)
        let (first, second) = (try all(plain.epoch(0)), try all(plain.epoch(1)))
        #expect(first != second && first.count == 9)
        #expect(try all(loader.epoch(0)) == first && all(loader.epoch(1)) == second)
        #expect(try all(loader.epoch(1, from: 4)) == Array(second[4...]))
    }

    /// A sample that comes twice in an epoch is drawn for twice, and the same in another epoch.
    @Test func drawsDependOnThePlaceInTheEpoch() throws {
        let loader = DataLoader(
            Noise(), batchSize: 4, sampler: Sampler(count: 4) { _, _ in [3, 3, 3, 8] }, seed: 1)
        let batches = try (0..<2).map { try #require(try loader.epoch($0).next()) }
        let values = batches.flatMap { $0.inputs[.all, 0].array(of: Float.self) }
        #expect(Set(values).count == 8)
    }

    @Test(arguments: [1, 4]) func samplesThatFailNameTheirFile(workers: Int) throws {
        let loader = DataLoader(
            Noise(broken: [20, 41]), batchSize: 10, sampler: .sequential, workers: workers)
        let epoch = loader.epoch(0)
        for _ in 0..<2 { #expect(try epoch.next() != nil) }
        let error = #expect(throws: SampleError.self) { try epoch.next() }
        #expect(error?.description == "sample 20 (folder/20.png): it is broken")
        #expect(try epoch.next() == nil)
    }

    @Test(arguments: [1, 4]) func samplesThatFailCanBeSkipped(workers: Int) throws {
        let loader = DataLoader(
            Noise(broken: Set(10..<20).union([41]), misshapen: [33, 60]), batchSize: 10, sampler: .sequential,
            workers: workers, policy: .skip)
        let epoch = loader.epoch(0)
        #expect(try epoch.next()?.sampleCount == 10 && epoch.skipped.isEmpty)
        // The second batch has none left.
        #expect(try epoch.next()?.sampleCount == 10)
        #expect(epoch.nextIndex == 3 && epoch.skipped.map(\.indices) == (10..<20).map { [$0] })
        let third = try #require(try epoch.next())
        #expect(third.targets.array(of: Int.self) == [30, 31, 32, 34, 35, 36, 37, 38, 39])
        #expect(
            epoch.skipped.last?.description
                == "sample 33 (folder/33.png): it is float32 [3], and the first of its batch float32 [2]; "
                + "stacked tensors have one shape and type")
        while try epoch.next() != nil {}
        #expect(epoch.skipped.count == 12)
    }

    @Test func whatCannotBePutTogetherNamesItsSamples() throws {
        struct Bad: Error {}
        let loader = DataLoader(Noise(), batchSize: 2, sampler: .sequential, policy: .skip) {
            samples -> Int in
            if samples.contains(where: { $0.target == 3 }) { throw Bad() }
            return samples.count
        }
        let epoch = loader.epoch(0)
        #expect(try epoch.next() == 2)
        let error = #expect(throws: SampleError.self) { try epoch.next() }
        #expect(error?.indices == [2, 3] && error?.description == "samples 2, 3, together: Bad()")
    }

    @Test func lettingGoOfManyWorkersStopsThem() {
        for _ in 0..<20 {
            let epoch = DataLoader(Noise(count: 1000), batchSize: 3, workers: 5, prefetch: 7).epoch(0)
            _ = try? epoch.next()
        }
    }
}

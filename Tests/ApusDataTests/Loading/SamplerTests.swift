import Testing

@testable import ApusData

@Suite struct SamplerTests {
    private func loader(_ sampler: Sampler, count: Int, batchSize: Int = 1, seed: UInt64 = 0)
        -> DataLoader<[Int], Never>
    {
        DataLoader(
            AnyDataset(Array(0..<count)), batchSize: batchSize, sampler: sampler, seed: seed, collate: { $0 })
    }

    /// Orders depend on the seed and the epoch alone, and are others in another epoch and with another seed.
    @Test func ordersAreReproducible() {
        let weights = (0..<200).map { Double($0 % 7) }
        let labels = (0..<200).map { $0 % 3 }
        let samplers: [Sampler] = [
            .shuffled, .weighted(weights), .weighted(weights, count: 50, replacement: false),
            .stratified(by: labels), .balanced(by: labels),
            .batches((0..<20).map { Array($0 * 10..<$0 * 10 + 10) }),
            Sampler(count: 30) { _, random in (0..<30).map { _ in Int.random(in: 0..<200, using: &random) } },
        ]
        for sampler in samplers {
            let loader = loader(sampler, count: 200, seed: 5)
            let orders = (0..<3).map { loader.order(of: $0) }
            #expect(orders == (0..<3).map { self.loader(sampler, count: 200, seed: 5).order(of: $0) })
            #expect(orders[0] != orders[1] && orders[1] != orders[2])
            #expect(orders[0] != self.loader(sampler, count: 200, seed: 6).order(of: 0))
            #expect(orders.allSatisfy { $0.count == loader.sampleCount })
        }
    }

    @Test func samplesComeAsOftenAsTheirWeights() {
        let weights = [1.0, 0, 3, 0, 4, 0]
        let order = loader(.weighted(weights, count: 40_000), count: 6).order(of: 0)
        for (index, weight) in weights.enumerated() {
            let share = Double(order.count { $0 == index }) / 40_000
            // Five deviations of a binomial share.
            #expect(abs(share - weight / 8) < 5 * (0.25 / 40_000).squareRoot() && (weight > 0 || share == 0))
        }
        // The unit does not count, even where sums are not finite.
        let huge = weights.map { $0 * 0x1p1021 }
        #expect(loader(.weighted(huge, count: 100), count: 6).order(of: 0) == Array(order.prefix(100)))
    }

    @Test func withoutReplacementNothingComesTwice() {
        // The chance to be the first of two is that of one draw: 3 of 4 for the heavier.
        let loader = loader(.weighted([1, 0, 3], count: 2, replacement: false), count: 3)
        let orders = (0..<4000).map { loader.order(of: $0) }
        #expect(orders.allSatisfy { $0.sorted() == [0, 2] })
        let share = Double(orders.count { $0[0] == 2 }) / 4000
        #expect(abs(share - 0.75) < 5 * (0.1875 / 4000).squareRoot())
    }

    @Test func stratifiedBatchesHaveTheSharesOfTheSet() {
        var labels = [Int](repeating: 0, count: 600) + [Int](repeating: 7, count: 300)
        labels += [Int](repeating: -2, count: 100)
        let loader = loader(.stratified(by: labels), count: 1000, batchSize: 50, seed: 3)
        #expect(loader.order(of: 0).sorted() == Array(0..<1000))
        for batch in loader.epoch(1) {
            let counts = [0, 7, -2].map { label in batch.count { labels[$0] == label } }
            #expect(abs(counts[0] - 30) <= 1 && abs(counts[1] - 15) <= 1 && abs(counts[2] - 5) <= 1)
        }
    }

    @Test func balancedBatchesHaveAsManyOfEachClass() {
        let labels = [0] + [Int](repeating: 1, count: 90) + [Int](repeating: 2, count: 9)
        let loader = loader(.balanced(by: labels, count: 120), count: 100, batchSize: 6)
        for batch in loader.epoch(0) {
            #expect([0, 1, 2].map { label in batch.count { labels[$0] == label } } == [2, 2, 2])
        }
        // A class's samples all come before one comes again.
        let rare = loader.order(of: 0).filter { labels[$0] == 2 }
        #expect(Set(rare.prefix(9)).count == 9 && rare.count == 40)
    }

    @Test func batchesOfOnesOwnStayTogether() {
        let own = [[3, 1], [0], [2, 2, 4]]
        let loader = loader(.batches(own), count: 5)
        #expect(loader.batchCount == 3 && loader.sampleCount == 6)
        var orders: Set<[[Int]]> = []
        for epoch in 0..<40 {
            let batches = Array(loader.epoch(epoch))
            #expect(batches.sorted { $0.count < $1.count } == own.sorted { $0.count < $1.count })
            #expect(Array(loader.epoch(epoch, from: 1)) == Array(batches[1...]))
            orders.insert(batches)
        }
        #expect(orders.count == 6)
        #expect(Array(self.loader(.batches(own, shuffled: false), count: 5).epoch(2)) == own)
    }

    @Test func whatCannotBeDrawnStopsTheProgram() async {
        await #expect(processExitsWith: .failure) { _ = Sampler.weighted([1, -1]) }
        await #expect(processExitsWith: .failure) {
            _ = Sampler.weighted([1, 0], count: 2, replacement: false)
        }
        await #expect(processExitsWith: .failure) {
            _ = DataLoader(AnyDataset([1, 2, 3]), sampler: .stratified(by: [0, 1]))
        }
        await #expect(processExitsWith: .failure) {
            _ = DataLoader(AnyDataset([1, 2, 3]), sampler: .batches([[1, 3]]))
        }
    }
}

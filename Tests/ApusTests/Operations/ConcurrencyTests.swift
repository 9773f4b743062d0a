import Apus
import Foundation
import Synchronization
import Testing
import _ApusTestSupport

/// Operations that run on several threads at once give the bits that they give alone: none reads memory that has gone back
/// to the allocator, where another thread finds it, and none shares what it writes.
@Suite struct ConcurrencyTests {
    private struct Trial: Sendable {
        let name: String
        let run: @Sendable () -> Tensor

        var bytes: [UInt8] { run().withUnsafeBytes { Array($0) } }
    }

    private static let samples = OperationCase.all.map { test in
        let inputs = ReplayTests.inputs(test.sample, test.operation.dtypes.first!, seed: 5)
        return Trial(name: test.testDescription) { test.sample.call(inputs) }
    }

    /// Samples are small; these are worth several threads.
    private static let large: [Trial] = {
        let shape = [300, 400]
        let x = Tensor.normal(shape, using: RandomGenerator(seed: 1))
        let y = Tensor.normal(shape, using: RandomGenerator(seed: 2))
        return [
            Trial(name: "full") { .full(shape, 0.5, dtype: .float16) }, Trial(name: "ones") { .ones(shape) },
            Trial(name: "uniform") { .uniform(shape, using: RandomGenerator(seed: 3)) },
            Trial(name: "arange") { .arange(120_000) }, Trial(name: "eye") { .eye(300) },
            Trial(name: "number") { x * 2 + 1 }, Trial(name: "row") { x + y[0] },
            Trial(name: "where") { .where(x .> y, x, 0.0) }, Trial(name: "sum") { x.sum(axis: 0) },
            Trial(name: "cat") { .cat([x, y], axis: 1) }, Trial(name: "softmax") { x.softmax(axis: 1) },
            Trial(name: "matmul") { x.matmul(y.transpose()) },
            Trial(name: "copy") { x.transpose().contiguous() },
            Trial(name: "cast") { x.to(.bfloat16) }, Trial(name: "sort") { x.sort(axis: 1).values },
        ]
    }()

    @Test func everyOperationRunsOnSeveralThreads() {
        // Between the small ones, which take and give back much memory.
        let trials = Self.samples.enumerated().flatMap { [$1, Self.large[$0 % Self.large.count]] }
        let expected = trials.map(\.bytes)
        let wrong = Mutex(Set<String>())
        let isDone = DispatchSemaphore(value: 0)
        let count = 4
        for thread in 0..<count {
            Thread.detachNewThread {
                // Each begins elsewhere.
                for turn in trials.indices {
                    let index = (turn + thread * trials.count / count) % trials.count
                    if trials[index].bytes == expected[index] { continue }
                    wrong.withLock { _ = $0.insert(trials[index].name) }
                }
                isDone.signal()
            }
        }
        for _ in 0..<count { isDone.wait() }
        #expect(wrong.withLock { $0.sorted() } == [])
    }
}

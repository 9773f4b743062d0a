import Apus
import ApusNN
import ApusOptim
import Glibc
import Synchronization
import Testing
import _ApusRankCheck

@testable import ApusDistributed

/// Ranks that train one model: gradients are sums, whatever each rank has of them. Each test runs with sums
/// after the backward pass and with sums while it goes on.
@Suite struct DataParallelTests {
    static let roads = [false, true]

    @Test(arguments: TrainingProblem.all, roads)
    func ranksTrainAsOneDoes(_ problem: TrainingProblem, _ overlaps: Bool) throws {
        for size in 1...4 {
            _ = try ThreadGroup.run(size: size) {
                try TrainingChecks($0, overlaps: overlaps).run(problem, steps: 100)
            }
        }
    }

    @Test(arguments: roads)
    func runsAreReproducible(_ overlaps: Bool) throws {
        func run(late: Int) throws -> [[[UInt8]]] {
            try ThreadGroup.run(size: 3) { group in
                if group.rank == late { usleep(3000) }
                let weights = try TrainingChecks(group, overlaps: overlaps)
                    .train(TrainingProblem.all[0], steps: 20).weights
                return weights.map { $0.withUnsafeBytes { Array($0) } }
            }
        }
        let first = try run(late: 0)
        #expect(first[0] == first[1] && first[0] == first[2])
        for late in 1..<3 { #expect(try run(late: late) == first) }
    }

    /// Some parameters, of which a loss may use any.
    private final class Parts: Module {
        let used = Parameter(Tensor([1.0, 2]))
        let sometimes = Parameter(Tensor([[3.0, 4, 5]]))
        let never = Parameter(Tensor([6.0]))
        let double = Parameter(Tensor([7, 8], dtype: .float64))
        let brain = Parameter(Tensor([9, 10, 11], dtype: .bfloat16))
        let complex = Parameter(Tensor([1, 2], dtype: .complex64))
        let empty = Parameter(.zeros([0]))
        let running = Buffer(Tensor([0.0]))

        /// Gradients: `used` 2·factor, `double` factor, `brain` factor, `complex` factor.
        func loss(_ factor: Double) -> Tensor {
            let mixed = (double.value * factor).sum().to(.float32) + (brain.value * factor).sum().to(.float32)
            return (used.value * 2 * factor).sum() + mixed + (complex.value * factor).real.sum()
        }
    }

    private static func numbers(_ gradient: Tensor?) -> [Float]? {
        gradient.map { ($0.dtype.isComplex ? $0.real : $0).array(of: Float.self) }
    }

    @Test(arguments: roads)
    func gradientsAreSumsOfWhatRanksHave(_ overlaps: Bool) throws {
        _ = try ThreadGroup.run(size: 3) { group in
            let model = Parts()
            let parallel = try DataParallel(model, in: group, bucketBytes: nil, overlaps: overlaps)
            // Rank 0 has no samples, rank 2 alone uses `sometimes`; another rank is the one without in each
            // step.
            for step in 0..<4 {
                let rank = (group.rank + step) % 3
                var loss: Tensor? = rank == 0 ? nil : model.loss(Double(rank))
                if rank == 2 { loss = loss! + (model.sometimes.value * 5).sum() }
                model.zeroGradients()
                let sums = try parallel.backward(loss, numbers: [Double(rank), 0.5])
                #expect(sums == [3, 1.5])
                #expect(Self.numbers(model.used.grad) == [6, 6])
                #expect(Self.numbers(model.sometimes.grad) == [5, 5, 5])
                #expect(model.sometimes.grad?.shape == [1, 3])
                #expect(model.never.grad == nil && model.empty.grad == nil)
                #expect(Self.numbers(model.double.grad) == [3, 3] && model.double.grad?.dtype == .float64)
                #expect(Self.numbers(model.brain.grad) == [3, 3, 3] && model.brain.grad?.dtype == .bfloat16)
                #expect(
                    Self.numbers(model.complex.grad) == [3, 3] && model.complex.grad?.dtype == .complex64)
            }
            // Nobody has anything, and more numbers than there were.
            model.zeroGradients()
            let many: [Double] = (0..<100).map { Double($0) }
            let sums: [Double] = many.map { $0 * 3 }
            #expect(try parallel.backward(nil, numbers: many) == sums)
            #expect(model.parameters().allSatisfy { $0.grad == nil })
            #expect(try parallel.backward(nil) == [])
        }
    }

    @Test(arguments: roads)
    func microBatchesAreSummedOnce(_ overlaps: Bool) throws {
        _ = try ThreadGroup.run(size: 2) { group in
            let model = Parts()
            let parallel = try DataParallel(model, in: group, bucketBytes: nil, overlaps: overlaps)
            for _ in 0..<3 {
                model.zeroGradients()
                // Of what the last loss does not use, too.
                (model.loss(1) + (model.sometimes.value * Double(group.rank)).sum()).backward()
                model.loss(2).backward()
                // A rank may be through with its samples.
                _ = try parallel.backward(group.rank == 0 ? model.loss(4) : nil)
                #expect(Self.numbers(model.used.grad) == [20, 20])
                #expect(Self.numbers(model.sometimes.grad) == [1, 1, 1])
                #expect(Self.numbers(model.brain.grad) == [10, 10, 10])
            }
        }
    }

    private final class Tied: Module {
        let first: Parameter
        let second: Parameter
        let own = Parameter(Tensor([2.0, 2]))

        override init() {
            first = Parameter(Tensor([1.0, 3]))
            second = first
        }
    }

    @Test(arguments: roads)
    func sharedParametersAreSummedOnce(_ overlaps: Bool) throws {
        _ = try ThreadGroup.run(size: 2) { group in
            let model = Tied()
            let parallel = try DataParallel(model, in: group, bucketBytes: nil, overlaps: overlaps)
            for _ in 0..<2 {
                model.zeroGradients()
                let product = model.first.value * model.own.value + model.second.value * 3
                _ = try parallel.backward(product.sum())
                #expect(Self.numbers(model.first.grad) == [10, 10])
                #expect(Self.numbers(model.own.grad) == [2, 6])
            }
        }
    }

    /// What somebody holds is a value, in whatever memory sums are made.
    @Test(arguments: roads)
    func heldGradientsDoNotChange(_ overlaps: Bool) throws {
        _ = try ThreadGroup.run(size: 2) { group in
            let model = Parts()
            let parallel = try DataParallel(model, in: group, bucketBytes: nil, overlaps: overlaps)
            var held: [Tensor] = []
            for step in 1...4 {
                model.zeroGradients()
                _ = try parallel.backward(model.loss(Double(step)))
                held.append(model.used.grad!)
            }
            let kept = held.compactMap { Self.numbers($0) }
            #expect(kept == [[4, 4], [8, 8], [12, 12], [16, 16]])
            // One that is held while it is collected.
            model.zeroGradients()
            model.loss(1).backward()
            let own = model.used.grad!
            _ = try parallel.backward(nil)
            #expect(Self.numbers(own) == [2, 2] && Self.numbers(model.used.grad) == [4, 4])
        }
    }

    @Test(arguments: roads)
    func hooksOfUsersRunOnce(_ overlaps: Bool) throws {
        let calls = Mutex<[Int]>([0, 0])
        _ = try ThreadGroup.run(size: 2) { group in
            let model = Parts()
            let parallel = try DataParallel(model, in: group, bucketBytes: nil, overlaps: overlaps)
            model.used.value.registerHook { gradient in
                calls.withLock { $0[group.rank] += 1 }
                return gradient * 10
            }
            for _ in 0..<3 {
                model.zeroGradients()
                _ = try parallel.backward(model.loss(1))
                #expect(Self.numbers(model.used.grad) == [40, 40])
            }
        }
        #expect(calls.withLock { $0 } == [3, 3])
    }

    @Test(arguments: roads)
    func parametersMayBeFrozenAndUnfrozen(_ overlaps: Bool) throws {
        _ = try ThreadGroup.run(size: 2) { group in
            let model = Parts()
            model.double.isTrainable = false
            let parallel = try DataParallel(model, in: group, bucketBytes: nil, overlaps: overlaps)
            for isTrained in [false, true, false] {
                model.double.isTrainable = isTrained
                for _ in 0..<2 {
                    model.zeroGradients()
                    _ = try parallel.backward(model.loss(1))
                    let expected: [Float]? = isTrained ? [2, 2] : nil
                    #expect(Self.numbers(model.double.grad) == expected)
                    #expect(Self.numbers(model.used.grad) == [4, 4])
                }
            }
        }
    }

    @Test func theStateIsRankZeros() throws {
        _ = try ThreadGroup.run(size: 3) { group in
            let model = Parts()
            func change(_ by: Int) {
                for parameter in model.parameters() { withoutGradient { parameter.value += by } }
                model.running.value = Tensor([Float(by)])
            }
            change(group.rank)
            let parallel = try DataParallel(model, in: group)
            #expect(model.used.value.array(of: Float.self) == [1, 2])
            #expect(model.brain.value.array(of: Float.self) == [9, 10, 11])
            #expect(model.running.value.array(of: Float.self) == [0])
            model.used.value.sum().backward()
            change(group.rank + 5)
            try parallel.broadcastState()
            #expect(model.double.value.array(of: Float.self) == [12, 13])
            #expect(model.running.value.array(of: Float.self) == [5])
            #expect(Self.numbers(model.used.grad) == [1, 1])
        }
    }

    private final class Odd: Module {
        let weights: [Parameter]
        let running: Buffer

        init(_ shapes: [Shape], _ dtype: DType = .float32, buffer: Shape = [2], isTrainable: Bool = true) {
            weights = shapes.map { Parameter(.zeros($0, dtype: dtype), isTrainable: isTrainable) }
            running = Buffer(.zeros(buffer))
        }
    }

    @Test func modelsThatDifferAreNamed() throws {
        func error(_ odd: @escaping @Sendable () -> Module, bucketBytes: Int = 100) -> String {
            let error = #expect(throws: RankErrors.self) {
                try ThreadGroup.run(size: 4) { group in
                    let isOdd = group.rank >= 2
                    _ = try DataParallel(
                        isOdd ? odd() : Odd([[2], [3]]), in: group, bucketBytes: isOdd ? bucketBytes : 100)
                }
            }
            let errors = (0..<4).map { error?.errors[$0] as? DistributedError }
            #expect(
                errors.allSatisfy { $0 != nil && $0 == errors[0] } && errors[0]?.kind == .differentModel(2))
            return (errors[0]?.description ?? "").replacing(
                "rank 2 has another model than rank 0: ", with: "")
        }
        #expect(
            error { Odd([[2], [4]]) }
                == "parameter weights.1, float32 of shape [4], where rank 0 has parameter weights.1, float32 of shape [3]"
        )
        #expect(
            error { Odd([[2]]) }.hasPrefix(
                "buffer running, float32 of shape [2], where rank 0 has parameter weights.1"))
        #expect(error { Odd([[2], [3]], .float64) }.hasPrefix("parameter weights.0, float64"))
        #expect(error { Odd([[2], [3]], buffer: [1]) }.hasPrefix("buffer running, float32 of shape [1]"))
        #expect(error { Odd([[2], [3]], isTrainable: false) }.hasPrefix("frozen parameter weights.0"))
        #expect(error { Tied() }.hasPrefix("parameter first,"))
        #expect(error { Odd([]) }.hasPrefix("buffer running"))
        #expect(
            error { Sequential() }.hasPrefix("buckets of 100 bytes, where rank 0 has parameter weights.0"))
        #expect(error({ Odd([[2], [3]]) }, bucketBytes: 200).hasPrefix("buckets of 200 bytes"))
    }

    private struct Trouble: Error {}

    /// A rank that fails, or does something else, is no reason to wait for ever.
    @Test(arguments: roads)
    func ranksDoNotWaitForThoseThatFail(_ overlaps: Bool) throws {
        func error(_ body: @escaping @Sendable (DataParallel, Parts, Int) throws -> Void) -> RankErrors? {
            #expect(throws: RankErrors.self) {
                try ThreadGroup.run(size: 3) { group in
                    let model = Parts()
                    let parallel = try DataParallel(model, in: group, bucketBytes: nil, overlaps: overlaps)
                    _ = try parallel.backward(model.loss(1))
                    try body(parallel, model, group.rank)
                }
            }
        }
        let thrown = error { parallel, model, rank in
            if rank == 1 { throw Trouble() }
            _ = try parallel.backward(model.loss(1))
        }
        #expect(thrown?.errors.count == 1 && thrown?.errors[1] is Trouble)
        let left = error { parallel, model, rank in
            if rank != 1 { _ = try parallel.backward(model.loss(1)) }
        }
        #expect(left?.errors.keys.sorted() == [0, 2])
        let other = error { parallel, model, rank in
            _ = try parallel.backward(model.loss(1), numbers: rank == 1 ? [1] : [])
        }
        #expect(other?.description.contains("rank 1: sum of 8 elements of float64") == true)
    }

    @Test func oneRankRunsTheBackwardPassAlone() throws {
        let model = Parts()
        let parallel = try DataParallel(model, in: SoloGroup())
        #expect(try parallel.backward(model.loss(1), numbers: [2, 3]) == [2, 3])
        #expect(Self.numbers(model.used.grad) == [2, 2] && model.never.grad == nil)
        #expect(try parallel.backward(nil) == [])
        try parallel.broadcastState()
    }

    @Test func mistakesStopTheProgram() async {
        await #expect(processExitsWith: .failure) {
            _ = try DataParallel(Sequential(), in: SoloGroup(), bucketBytes: 0)
        }
    }
}

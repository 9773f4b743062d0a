import Apus
import ApusModels
import ApusNN
import ApusOptim
import Testing

@testable import ApusDistributed

/// Optimizers of which each rank keeps a part. That they step as whole ones is in `TrainingChecks`.
@Suite struct ShardedOptimizerTests {
    private static func model() -> MLP {
        withRandomGenerator(RandomGenerator(seed: 4)) { MLP(MLP.Configuration(widths: [5, 7, 6, 3])) }
    }

    private static func setGradients(_ model: Module, _ step: Int) {
        for (index, parameter) in model.parameters().enumerated() where index != step {
            let generator = RandomGenerator(seed: UInt64(step * 10 + index))
            parameter.grad = withRandomGenerator(generator) { Tensor.normal(parameter.shape) }
        }
    }

    private static func groups(_ model: Module) -> [ParameterGroup] {
        let all = model.parameters()
        return [ParameterGroup(Array(all[..<2]), learningRate: 0.1), ParameterGroup(Array(all[2...]))]
    }

    private static func bits(_ state: [String: Tensor]) -> [String: [UInt8]] {
        state.mapValues { $0.withUnsafeBytes { Array($0) } }
    }

    /// The whole state, from one number of ranks to another, and to optimizers that are not sharded.
    @Test(arguments: 1...4) func statesAreThoseOfWholeOptimizers(size: Int) throws {
        let whole = Self.model()
        let optimizer = Adam(Self.groups(whole), learningRate: 0.01)
        for step in 0..<3 {
            optimizer.zeroGradients()
            Self.setGradients(whole, step)
            optimizer.step()
        }
        let halfway = (optimizer.stateDictionary(), whole.stateDictionary())
        for step in 3..<5 {
            optimizer.zeroGradients()
            Self.setGradients(whole, step)
            optimizer.step()
        }
        let end = (Self.bits(optimizer.stateDictionary()), Self.bits(whole.stateDictionary()))
        _ = try ThreadGroup.run(size: size) { group in
            let model = Self.model()
            func run(_ steps: Range<Int>, from state: [String: Tensor]?) throws {
                let optimizer = Adam(Self.groups(model), learningRate: 0.01)
                if let state { try optimizer.load(state) }
                let sharded = ShardedOptimizer(optimizer, in: group)
                for step in steps {
                    sharded.zeroGradients()
                    Self.setGradients(model, step)
                    try sharded.step()
                }
                #expect(Self.bits(model.stateDictionary()) == end.1)
                let found = try sharded.stateDictionary()
                #expect((found != nil) == (group.rank == 0))
                if let found { #expect(Self.bits(found) == end.0) }
            }
            try run(0..<5, from: nil)
            // Back, and forth again.
            try model.load(halfway.1)
            try run(3..<5, from: halfway.0)
        }
    }

    /// Ranks may have nothing to step.
    @Test func thereMayBeFewerParametersThanRanks() throws {
        let values = try ThreadGroup.run(size: 3) { group in
            let parameter = Parameter(Tensor([1.0, 2]))
            let sharded = ShardedOptimizer(SGD([parameter], learningRate: 1), in: group)
            parameter.grad = Tensor([3.0, 3])
            try sharded.step()
            return parameter.value.array(of: Float.self)
        }
        #expect(values == [[-2, -1], [-2, -1], [-2, -1]])
    }

    /// All ranks together keep Adam's slots once. The figures are the whole process's: the test has one of its own.
    @Test func slotsAreShared() async {
        await #expect(processExitsWith: .success) {
            /// Of all ranks, which are threads here, in megabytes.
            func megabytes(_ size: Int) throws -> Double {
                try ThreadGroup.run(size: size) { group in
                    func used() throws -> Int {
                        try group.barrier()
                        defer { _ = try? group.barrier() }
                        return Memory.statistics.used
                    }
                    let model = ResNet(.resNet18)
                    let before = try used()
                    let sharded = ShardedOptimizer(Adam(model.parameters()), in: group)
                    let found = try used() - before
                    return withExtendedLifetime(sharded) { Double(found) / 1e6 }
                }[0]
            }
            // Memory comes in sizes of four an octave.
            let one = try megabytes(1)
            try #require(93.5..<117 ~= one, "\(one)")
            for size in [2, 4] {
                let all = try megabytes(size)
                try #require(abs(all - one) < 1, "\(size): \(all)")
            }
        }
    }

    /// Its ranks would part.
    @Test func whatIsShardedIsNotSteppedByItself() async {
        let ended = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = try ThreadGroup.run(size: 2) { group in
                let model = Self.model()
                let sharded = ShardedOptimizer(Adam(model.parameters()), in: group)
                Self.setGradients(model, 0)
                sharded.whole.step()
            }
        }
        let message = String(decoding: ended?.standardErrorContent ?? [], as: UTF8.self)
        #expect(message.contains("it is a ShardedOptimizer's"), "\(message)")
    }
}

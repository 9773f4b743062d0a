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
            let sharded = ShardedOptimizer(Self.groups(model), in: group) { Adam($0, learningRate: 0.01) }
            #expect(sharded.own.groups.count == 2 && sharded.own.groups[0].learningRate == 0.1)
            func run(_ steps: Range<Int>) throws {
                for step in steps {
                    sharded.zeroGradients()
                    Self.setGradients(model, step)
                    try sharded.step()
                }
            }
            func expectEnd() throws {
                #expect(Self.bits(model.stateDictionary()) == end.1)
                let state = try sharded.stateDictionary()
                #expect((state != nil) == (group.rank == 0))
                if let state { #expect(Self.bits(state) == end.0) }
            }
            try run(0..<5)
            try expectEnd()
            // Back, and forth again.
            try sharded.load(group.rank == 0 ? halfway.0 : nil)
            try model.load(halfway.1)
            try run(3..<5)
            try expectEnd()
        }
    }

    @Test func statesOfOthersAreRefused() throws {
        let wrong = Self.model()
        var state = Adam(Self.groups(wrong)).stateDictionary()
        state["mean.3"] = .zeros([1])
        state["square.4"] = nil
        state["mean.77"] = .zeros([2])
        let found = state
        let mismatch = #expect(throws: StateMismatch.self) { try Adam(Self.groups(wrong)).load(found) }
        let errors = #expect(throws: RankErrors.self) {
            try ThreadGroup.run(size: 2) { group in
                let model = Self.model()
                let sharded = ShardedOptimizer(Self.groups(model), in: group) { Adam($0) }
                Self.setGradients(model, 0)
                try sharded.step()
                let before = try sharded.stateDictionary()
                do {
                    try sharded.load(found)
                } catch {
                    let after = try sharded.stateDictionary()
                    #expect(before.map(Self.bits) == after.map(Self.bits))
                    throw error
                }
            }
        }
        let parts = (0..<2).compactMap { errors?.errors[$0] as? StateMismatch }
        #expect(!parts.isEmpty && errors?.errors.count == 2)
        #expect(parts.flatMap(\.missing) == mismatch?.missing)
        #expect(parts.flatMap(\.misshapen) == mismatch?.misshapen)
        #expect(parts.flatMap(\.unexpected) == mismatch?.unexpected)
    }

    /// Ranks may have nothing to step.
    @Test func thereMayBeFewerParametersThanRanks() throws {
        let values = try ThreadGroup.run(size: 3) { group in
            let parameter = Parameter(Tensor([1.0, 2]))
            let sharded = ShardedOptimizer([parameter], in: group) { SGD($0, learningRate: 1) }
            parameter.grad = Tensor([3.0, 3])
            try sharded.step()
            try sharded.load(try sharded.stateDictionary())
            return parameter.value.array(of: Float.self)
        }
        #expect(values == [[-2, -1], [-2, -1], [-2, -1]])
    }

    /// The memory of Adam's slots, as the documentation has it.
    @Test func slotsAreShared() throws {
        func megabytes(_ size: Int) throws -> [Double] {
            try ThreadGroup.run(size: size) { group in
                let sharded = ShardedOptimizer(ResNet(.resNet18).parameters(), in: group) { Adam($0) }
                let slots = sharded.own.stateDictionary().filter { $0.key != "step" }.values
                return Double(slots.reduce(0) { $0 + $1.count * $1.dtype.size }) / 1e6
            }
        }
        let (one, two, four) = (try megabytes(1), try megabytes(2), try megabytes(4))
        #expect(abs(one[0] - 93.5) < 0.1)
        #expect(two.max()! < 47 && four.max()! < 24)
    }

    @Test func mistakesStopTheProgram() async {
        await #expect(processExitsWith: .failure) {
            let model = Self.model()
            _ = ShardedOptimizer(model.parameters(), in: SoloGroup()) { _ in Adam([model.parameters()[0]]) }
        }
    }
}

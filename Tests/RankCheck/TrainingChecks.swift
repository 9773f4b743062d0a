import Apus
import ApusDistributed
import ApusNN
import ApusOptim

/// What training in a group must give: each rank runs this, and throws where something is not as it must be.
package struct TrainingChecks {
    let group: any ProcessGroup
    /// nil: as the group chooses.
    let overlaps: Bool?

    package init(_ group: any ProcessGroup, overlaps: Bool? = nil) {
        self.group = group
        self.overlaps = overlaps
    }

    private func parallel(_ model: Module, bucketBytes: Int? = nil) throws -> DataParallel {
        guard let overlaps else { return try DataParallel(model, in: group, bucketBytes: bucketBytes) }
        return try DataParallel(model, in: group, bucketBytes: bucketBytes, overlaps: overlaps)
    }

    private func expect(_ condition: Bool, _ what: @autoclosure () -> String) throws {
        if !condition {
            throw GroupChecks.Failure(description: "rank \(group.rank) of \(group.size): \(what())")
        }
    }

    /// Each rank starts from weights of its own, as programs do that draw them: rank 0's count.
    private func model(_ problem: TrainingProblem, seed: Int) -> any Layer {
        withRandomGenerator(RandomGenerator(seed: UInt64(seed))) { problem.makeModel() }
    }

    private static func bits(_ tensors: [Tensor]) -> [[UInt8]] {
        tensors.map { $0.withUnsafeBytes { Array($0) } }
    }
    private static func weights(_ model: Module) -> [Tensor] { model.parameters().map { $0.value.detach() } }

    /// The weights and the mean losses after so many steps.
    package func train(
        _ problem: TrainingProblem, steps: Int, bucketBytes: Int? = nil, isSharded: Bool = false
    ) throws -> (weights: [Tensor], losses: [Double]) {
        let model = model(problem, seed: group.rank)
        let parallel = try parallel(model, bucketBytes: bucketBytes)
        let whole = problem.makeOptimizer([ParameterGroup(model.parameters())])
        let sharded = isSharded ? ShardedOptimizer(whole, in: group) : nil
        var losses: [Double] = []
        for step in 0..<steps {
            whole.zeroGradients()
            losses += try group.withSynchronizedStatistics {
                let loss = problem.loss(model, step, group.part(of: problem.batch))
                return try parallel.backward(loss, numbers: [loss?.item(as: Double.self) ?? 0])
            }
            if let sharded { try sharded.step() } else { whole.step() }
        }
        return (Self.weights(model), losses)
    }

    /// What one rank alone comes to with the whole batches.
    private func reference(_ problem: TrainingProblem, steps: Int) -> (weights: [Tensor], losses: [Double]) {
        let model = model(problem, seed: 0)
        let optimizer = problem.makeOptimizer([ParameterGroup(model.parameters())])
        var losses: [Double] = []
        for step in 0..<steps {
            let loss = problem.loss(model, step, 0..<problem.batch)!
            optimizer.zeroGradients()
            loss.backward()
            optimizer.step()
            losses.append(loss.item(as: Double.self))
        }
        return (Self.weights(model), losses)
    }

    /// The same weights as of one rank, the same bits on all ranks, in each run, for any buckets, and where
    /// each rank steps a part.
    package func run(_ problem: TrainingProblem, steps: Int) throws {
        let result = try train(problem, steps: steps)
        let expected = reference(problem, steps: steps)
        for (own, one) in zip(result.weights, expected.weights) {
            let error = (own - one).abs().max().item(as: Double.self)
            try expect(
                own.dtype == one.dtype && error <= problem.tolerance, "\(problem): weights differ by \(error)"
            )
        }
        for (own, one) in zip(result.losses, expected.losses) {
            try expect(abs(own - one) <= problem.tolerance * 10, "\(problem): a loss of \(own), not \(one)")
        }
        let bits = Self.bits(result.weights)
        for weights in result.weights {
            try expect(
                Self.bits([try group.broadcast(weights)]) == Self.bits([weights]), "\(problem): ranks differ")
        }
        let sharded = try train(problem, steps: steps, isSharded: true)
        try expect(Self.bits(sharded.weights) == bits, "\(problem): a sharded optimizer differs")
        try expect(sharded.losses == result.losses, "\(problem): losses of another run differ")
        // Where sums go round between nodes, the order depends on the buckets.
        if group.localSize == group.size {
            let small = try train(problem, steps: steps, bucketBytes: 100)
            try expect(Self.bits(small.weights) == bits, "\(problem): small buckets differ")
        }
    }

    package func run(steps: Int) throws {
        for problem in TrainingProblem.all { try run(problem, steps: steps) }
    }
}

import Synchronization

/// A graph made ready to be run many times: parameters are constants, what depends on constants alone is computed,
/// normalisations are folded into the products before them, activations are part of the operations before them,
/// weights are packed for the processor, and memory is planned.
///
/// It is a value, and can be run from many tasks at once. Results differ from the graph's by rounding where a
/// normalisation was folded, and are the same bits where none was.
///
/// ```swift
/// let frozen = FrozenGraph(model.graph(input: [1, 3, 224, 224]))
/// let logits = try frozen.run([image])[0]
/// print(try frozen.memory())
/// ```
public final class FrozenGraph: Sendable {
    /// What a run takes.
    public struct MemoryUse: Sendable, CustomStringConvertible {
        /// Bytes of the constants: weights and what was computed from them.
        public let constants: Int
        /// Bytes of the block in which all tensors of a run lie.
        public let peak: Int
        /// How many tensors lie there.
        public let tensors: Int
        /// Bytes that they would take if none lay where another had been.
        public let requested: Int

        /// For example `12 tensors of 4096 bytes in a block of 2048; 1024 bytes of constants`.
        public var description: String {
            "\(tensors) tensors of \(requested) bytes in a block of \(peak); \(constants) bytes of constants"
        }
    }

    /// The graph that is run.
    public let graph: Graph
    private let lastUses: [Int]
    private let constants: [(value: Int, tensor: Tensor)]

    private struct State {
        var runs = 0
        var plan: MemoryPlan?
        /// Blocks of memory that no run uses.
        var idle: [PlannedMemory] = []
    }
    private let state = Mutex(State())

    /// Makes a graph ready.
    public init(_ graph: Graph) {
        let graph = graph.fused().packed()
        self.graph = graph
        lastUses = graph.lastUses()
        constants = graph.constants
    }

    /// The outputs for these inputs; no gradient flows through them.
    ///
    /// The first run fills the caches of libraries, the second finds out how much memory a run takes, and later ones
    /// take it from a block that is kept.
    ///
    /// - Throws: `GraphError` where inputs do not fit, or an operation does not take their values.
    public func run(_ inputs: [Tensor]) throws -> [Tensor] {
        try graph.check(inputs)
        let inputs = inputs.map { $0.detach() }
        let turn = state.withLock { state -> (run: Int, memory: PlannedMemory?) in
            state.runs += 1
            guard let plan = state.plan else { return (state.runs, nil) }
            return (state.runs, state.idle.popLast() ?? PlannedMemory(plan))
        }
        if let memory = turn.memory {
            memory.restart()
            defer { state.withLock { $0.idle.append(memory) } }
            return try MemorySource.planned(memory).during { try results(inputs) }
        }
        if turn.run != 2 { return try results(inputs) }
        let recorder = MemoryRecorder()
        let found = try MemorySource.recorded(recorder).during { try results(inputs) }
        let plan = withExtendedLifetime(found) { recorder.plan() }
        state.withLock { $0.plan = plan }
        return found
    }

    /// How many blocks of memory there are: as many as runs went on at once.
    package var blocks: Int { state.withLock { $0.idle.count } }

    /// What a run takes; found by running it on zeros where it has not been run yet.
    public func memory() throws -> MemoryUse {
        let zeros = graph.inputs.map { input in
            let value = graph.values[input]
            return Tensor.zeros(value.shape, dtype: value.dtype).to(value.device)
        }
        while true {
            if let plan = state.withLock({ $0.plan }) {
                return MemoryUse(
                    constants: constants.reduce(0) { $0 + $1.tensor.count * $1.tensor.dtype.size },
                    peak: plan.byteCount, tensors: plan.plannedCount, requested: plan.requestedBytes)
            }
            // Where the second run ended with an error, nobody has planned.
            state.withLock { $0.runs = Swift.min($0.runs, 1) }
            _ = try run(zeros)
        }
    }

    private func results(_ inputs: [Tensor]) throws -> [Tensor] {
        try withInferenceMode {
            var tensors = [Tensor?](repeating: nil, count: graph.values.count)
            for (number, input) in zip(graph.inputs, inputs) { tensors[number] = input }
            for (number, tensor) in constants { tensors[number] = tensor }
            try graph.apply(to: &tensors, lastUses)
            return graph.outputs.map { tensors[$0]! }
        }
    }
}

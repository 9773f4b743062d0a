import Synchronization

/// Writes down every operation that is applied.
///
/// A tensor is known by where its elements lie. That tells all tensors apart, since the trace keeps their memory: what
/// somebody keeps is copied before it is written, so the same memory always holds the same values. It makes the history
/// of a value independent of gradients: integers, masks and detached tensors are followed too.
public final class Trace: Sendable {
    /// The trace of the current task, if there is one.
    @TaskLocal static var current: Trace?

    private let graph: Mutex<GraphBuilder>

    private init(_ builder: GraphBuilder) { graph = Mutex(builder) }

    /// The operations that `body` applies, as a graph from `inputs` to what it returns.
    ///
    /// The graph holds what was computed: where Swift code decides by the values of tensors, it holds the way that was
    /// taken, and numbers that were read out of tensors and put into others are constants.
    ///
    /// ```swift
    /// let graph = Trace.of([x, y]) { [$0[0].matmul($0[1]).relu()] }
    /// print(graph)
    /// let results = try graph.run([x, y])
    /// ```
    ///
    /// - Parameters:
    ///   - inputs: what stands for the inputs while it is traced.
    ///   - names: theirs, by default `x0`, `x1` and so on.
    ///   - parameters: tensors that `body` uses and what they are called; others are constants.
    public static func of(
        _ inputs: [Tensor], names: [String]? = nil, parameters: [(name: String, value: Tensor)] = [],
        _ body: ([Tensor]) throws -> [Tensor]
    ) rethrows -> Graph {
        var builder = GraphBuilder()
        let names = names ?? inputs.indices.map { "x\($0)" }
        if names.count != inputs.count {
            fail("Trace", "\(names.count) names for \(inputs.count) inputs")
        }
        for (name, value) in parameters { builder.addParameter(name, value) }
        let inputs = zip(names, inputs).map { builder.addInput($0, $1) }
        let trace = Trace(builder)
        let results = try Observers.during {
            try Trace.$current.withValue(trace) { try body(inputs) }
        }
        return trace.graph.withLock { $0.finished(results) }
    }

    func append(_ primitive: any Primitive, _ inputs: [Tensor], _ results: [Tensor]) {
        graph.withLock { $0.append(primitive, inputs, results) }
    }

    /// Runs `body` without writing anything down: what an operation calls to compute its values.
    @inline(__always)
    static func pausing<R>(_ body: () throws -> R) rethrows -> R {
        if Observers.areNone || current == nil { return try body() }
        return try Trace.$current.withValue(nil, operation: body)
    }
}

/// What `body` computes, without keeping what its gradient needs: the backward pass computes it a second time.
///
/// Training then holds the inner values of one `body` at a time instead of all, for one more forward pass of time. Random
/// numbers are the same the second time, and running statistics follow a batch once; whatever else `body` changes, it
/// changes twice, and leaves that it makes collect nothing. It must read the same tensors both times, so the layers in it are
/// not to be changed before the backward pass. The second time runs in the task that calls for the gradient. Where no gradient is recorded, and in a
/// trace, this is `body` alone.
///
/// ```swift
/// for block in blocks {
///     let before = x
///     x = checkpoint { block(before) }
/// }
/// ```
///
/// Source: Chen et al., "Training deep nets with sublinear memory cost", 2016.
///
/// - Parameter body: it may read any tensors around it; gradients reach them as if it stood alone.
public func checkpoint(
    file: StaticString = #fileID, line: UInt = #line, _ body: @escaping () -> Tensor
) -> Tensor {
    if GradientMode.current != .recording || Trace.current != nil { return body() }
    let start = Node.newest
    let draws = CheckpointRecord(within: CheckpointRecord.current)
    let result = CheckpointRecord.$current.withValue(draws, operation: body)
    guard let node = result.node, node.sequence > start else { return result }
    let parents = NodeOrder(reachedFrom: [node], after: start).around
    if parents.isEmpty { return result }
    let recomputation = Recomputation(
        body: body, draws: draws.draws, part: BatchPart.current, ranks: RankSums.current,
        autocast: Autocast.current,
        site: CallSite(file: file, line: line))
    var values = result.detach()
    values.node = Node(recomputation, result: values, 0, parents: parents, [], [])
    return values
}

/// The operation that stands for what a checkpoint computes. Its inputs are the tensors from outside that are used inside.
///
/// Unchecked: the closure may hold layers, which are not Sendable. Only the task of the backward pass calls it.
private struct Recomputation: Primitive, @unchecked Sendable {
    let body: () -> Tensor
    /// The random numbers that were drawn.
    let draws: [RandomStretch]
    let part: BatchPart?
    let ranks: RankSums?
    let autocast: DType?
    let site: CallSite

    var name: String { "checkpoint" }
    var attributes: [Attribute] { [] }

    func values(of inputs: [Tensor]) -> [Tensor] { [body()] }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let createsGraph = GradientMode.current == .recording
        let start = Node.newest
        let result = withGradient { again() }
        if result.shape != backward.gradient.shape {
            fail(
                name, "the second time it is of shape \(result.shape), not \(backward.gradient.shape)",
                at: site)
        }
        let parents = backward.node.parents.map { $0! }
        // The gradient of a tensor that only one of the two times has read would be lost.
        guard let node = result.node,
            Set(NodeOrder(reachedFrom: [node], after: start).around.map(\.sequence))
                == Set(parents.map(\.sequence))
        else { fail(name, "the second time it is computed from other tensors", at: site) }
        let wanted = parents.indices.filter { backward.needs[$0] }
        let pass = BackwardPass(retainGraph: createsGraph, createGraph: createsGraph, site: site)
        let found = pass.run(
            from: [(node, backward.gradient)], to: wanted.map { parents[$0] }, stoppingAt: parents)
        var gradients = [Tensor?](repeating: nil, count: parents.count)
        for (index, gradient) in zip(wanted, found) { gradients[index] = gradient }
        return gradients
    }

    private func again() -> Tensor {
        withBatchPart(part) {
            withRankSums(ranks) {
                CheckpointRecord.$current.withValue(CheckpointRecord(repeating: draws)) {
                    guard let autocast else { return body() }
                    return Observers.during { Autocast.$current.withValue(autocast, operation: body) }
                }
            }
        }
    }
}

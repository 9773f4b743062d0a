/// The gradients of `output` with respect to each of `inputs`, without touching anybody's `grad`.
///
/// - Parameters:
///   - output: a real scalar, or any tensor together with its gradient in `upstream`.
///   - inputs: tensors that require a gradient.
///   - createGraph: record the pass, so that the results can be differentiated again.
/// - Returns: one tensor an input, in its shape; zeros where `output` does not depend on it.
public func gradient(
    of output: Tensor, at inputs: [Tensor], upstream: Tensor? = nil, retainGraph: Bool = false,
    createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> [Tensor] {
    let site = CallSite(file: file, line: line)
    let seed = output.seedGradient(upstream, "gradient(of:at:)", site)
    let nodes = inputs.enumerated().map { index, input -> Node in
        guard let node = input.node else {
            fail("gradient(of:at:)", "input \(index) requires no gradient", at: site)
        }
        return node
    }
    let found = BackwardPass(retainGraph: retainGraph || createGraph, createGraph: createGraph, site: site)
        .run(from: [(output.node!, seed)], to: nodes)
    return zip(inputs, found).map { input, gradient in
        gradient ?? Tensor.zeros(like: input)
    }
}

/// The gradient of `output` with respect to `input`; see `gradient(of:at:)` for several.
public func gradient(
    of output: Tensor, at input: Tensor, upstream: Tensor? = nil, retainGraph: Bool = false,
    createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line
) -> Tensor {
    gradient(
        of: output, at: [input], upstream: upstream, retainGraph: retainGraph, createGraph: createGraph,
        file: file,
        line: line)[0]
}

/// The value of a scalar function at `inputs`, and its gradient in each.
public func valueAndGradient(
    at inputs: [Tensor], createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line,
    of function: ([Tensor]) throws -> Tensor
) rethrows -> (value: Tensor, gradients: [Tensor]) {
    try withGradient {
        // Inside a differentiated function the inputs keep their history, so that this nests.
        let leaves = inputs.map { $0.node == nil || !createGraph ? $0.detach().requiringGradient() : $0 }
        let value = try function(leaves)
        if value.node == nil {
            return (value, inputs.map { Tensor.zeros(like: $0) })
        }
        let gradients = gradient(of: value, at: leaves, createGraph: createGraph, file: file, line: line)
        return (createGraph ? value : value.detach(), gradients)
    }
}

/// The value of a scalar function at `input`, and its gradient there.
public func valueAndGradient(
    at input: Tensor, createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line,
    of function: (Tensor) throws -> Tensor
) rethrows -> (value: Tensor, gradient: Tensor) {
    let result = try valueAndGradient(at: [input], createGraph: createGraph, file: file, line: line) {
        try function($0[0])
    }
    return (result.value, result.gradients[0])
}

/// The gradient of a scalar function at `input`.
public func gradient(
    at input: Tensor, createGraph: Bool = false, file: StaticString = #fileID, line: UInt = #line,
    of function: (Tensor) throws -> Tensor
) rethrows -> Tensor {
    try valueAndGradient(at: input, createGraph: createGraph, file: file, line: line, of: function).gradient
}

/// An operation of one's own: `forward` computes the values (unrecorded), `backward` returns one
/// gradient an input from the gradient of the result, in tensor operations.
///
/// ```swift
/// let y = differentiable("clip", [x], forward: { $0[0].clamp(min: -1, max: 1) }, backward: { [$0.gradient] })
/// ```
public func differentiable<Failure: Error>(
    _ name: String, _ inputs: [Tensor],
    forward: @escaping @Sendable ([Tensor]) throws(Failure) -> Tensor,
    backward: @escaping @Sendable (Backward) -> [Tensor?]
) throws(Failure) -> Tensor {
    let function = DifferentiableFunction(name: name, forward: { try forward($0) }, backward: backward)
    do {
        return try Tensor.results(of: function, inputs)[0]
    } catch {
        // Nothing else than `forward` throws.
        throw error as! Failure
    }
}

/// What `differentiable` applies.
private struct DifferentiableFunction: SingleResult {
    let name: String
    let forward: @Sendable ([Tensor]) throws -> Tensor
    let backward: @Sendable (Backward) -> [Tensor?]

    var attributes: [Attribute] { [] }

    func value(of inputs: [Tensor]) throws -> Tensor {
        try withoutGradient { try forward(inputs.map { $0.detach() }).detach() }
    }

    func saved(for needs: [Bool]) -> Saved { .output }
    func gradients(_ backward: Backward) -> [Tensor?] { self.backward(backward) }
}

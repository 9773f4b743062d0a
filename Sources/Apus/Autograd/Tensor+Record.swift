extension Tensor {
    /// Whether operations on this tensor are recorded at this moment.
    var isRecorded: Bool { node != nil && GradientMode.current == .recording }

    /// Attaches to `result` how its gradient becomes its inputs' gradients, if any input wants one.
    ///
    /// - Parameters:
    ///   - savesOutput: the function uses `Backward.output`.
    ///   - elementwise: `Reach.elementwise` says what the result's positions see. Where neither this nor the node's `reach`
    ///     tells, they count as seeing everything.
    ///   - function: gets the gradient of the result and returns one gradient an input, in its
    ///     shape, written in tensor operations so that it can be differentiated again; nil is zero.
    func record(
        _ operation: String, _ result: Tensor, _ inputs: [Tensor], savesOutput: Bool = false,
        elementwise: Bool = false, _ function: @escaping @Sendable (Backward) -> [Tensor?]
    ) -> Tensor {
        Tensor.record(
            operation, result, inputs, savesOutput: savesOutput, elementwise: elementwise, function)
    }

    static func record(
        _ operation: String, _ result: Tensor, _ inputs: [Tensor], savesOutput: Bool = false,
        elementwise: Bool = false, _ function: @escaping @Sendable (Backward) -> [Tensor?]
    ) -> Tensor {
        NaNCheck.inspect(operation, result)
        guard result.dtype.isDifferentiable, inputs.contains(where: { $0.node != nil }),
            GradientMode.current == .recording
        else { return result }
        var result = result
        let node = Node(
            operation, result: result, savesOutput: savesOutput, parents: inputs.map(\.node),
            .function(function))
        if elementwise { node.reach = { .elementwise } }
        result.node = node
        return result
    }

    /// Attaches to `result` that it is a part of this tensor, if a gradient is wanted.
    func recordPart(_ operation: String, _ result: Tensor, _ part: @autoclosure () -> Selection) -> Tensor {
        NaNCheck.inspect(operation, result)
        if !isRecorded { return result }
        var result = result
        result.node = Node(operation, result: result, savesOutput: false, parents: [node], .part(part()))
        return result
    }
}

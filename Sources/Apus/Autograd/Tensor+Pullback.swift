extension Tensor {
    /// The gradients of a composition of tensor operations at an operation's inputs: for operations that compute some
    /// values by another way than their kernel.
    ///
    /// - Parameters:
    ///   - inputs: which of the operation's inputs the composition takes; they are saved.
    ///   - composition: the result, of the operation's shape and type.
    /// - Returns: a gradient for each of `inputs`, nil where none is wanted.
    static func pullback(
        _ backward: Backward, inputs: [Int], _ composition: ([Tensor]) -> Tensor
    ) -> [Tensor?] {
        let createsGraph = GradientMode.current == .recording
        let targets = inputs.map { index -> Tensor in
            let input = backward.input(index)
            if !backward.needs[index] { return createsGraph ? input : input.detach() }
            // A node of its own: one tensor may be several inputs.
            return createsGraph
                ? Tensor.apply(Alias(), to: [input], at: nil) : input.detach().requiringGradient()
        }
        return GradientMode.$current.withValue(.recording) {
            let result = composition(targets)
            let wanted = inputs.indices.filter { backward.needs[inputs[$0]] }
            guard result.node != nil, !wanted.isEmpty else { return inputs.map { _ in nil } }
            let found = gradient(
                of: result, at: wanted.map { targets[$0] }, upstream: backward.gradient,
                createGraph: createsGraph)
            var gradients = [Tensor?](repeating: nil, count: inputs.count)
            for (position, gradient) in zip(wanted, found) { gradients[position] = gradient }
            return gradients
        }
    }
}

/// The input itself, as another value.
private struct Alias: SingleResult {
    var name: String { "alias" }

    func value(of inputs: [Tensor]) -> Tensor { inputs[0] }
    func gradients(_ backward: Backward) -> [Tensor?] { [backward.gradient] }
    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

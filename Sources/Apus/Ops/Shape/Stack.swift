extension Tensor {
    /// Tensors of one shape along a new axis, in their common type.
    ///
    /// - Parameter axis: where the new axis comes; -1 is last.
    public static func stack(
        _ tensors: [Tensor], axis: Int = 0, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        guard let first = tensors.first else { fail("stack", "there are no tensors to join", at: site) }
        if let other = tensors.first(where: { $0.shape != first.shape }) {
            fail("stack", "shapes \(first.shape) and \(other.shape) differ", at: site)
        }
        (first.shape + [1]).checkRank("stack", site)
        let position = axis < 0 ? axis + first.rank + 1 : axis
        if position >= 0 && position < first.rank && isUnobserved(tensors) {
            // Joined along the axis that follows the new one, they lie as they should. A trace would see a reshape,
            // which mixes the axes.
            var shape = first.shape
            shape.insert(tensors.count, at: position)
            var joined = first.shape
            joined[position] *= tensors.count
            checkShape(joined, "stack", site)
            let inputs = TypeRule.element.promoted(tensors)
            return Cat.joined(inputs, position, joined).viewed(Layout(contiguous: shape))
        }
        return cat(
            tensors.map { $0.unsqueeze(axis, file: file, line: line) }, axis: axis, file: file, line: line)
    }
}

extension Operation {
    static let stack = Operation(
        "stack", dtypes: DType.everything,
        [
            Sample("torch.stack([x, y])", [Input([2, 3]), Input([2, 3])]) { .stack([$0[0], $0[1]]) },
            Sample("torch.stack([x, y], -1)", [Input([2, 3]), Input([2, 3])]) {
                .stack([$0[0], $0[1]], axis: -1)
            },
        ])
}

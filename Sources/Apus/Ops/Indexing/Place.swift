/// The first input with the second in a part of it, or added to that part; the other inputs are the part's index tensors.
///
/// Assignments by subscripts, `scatter`, `scatterAdd`, `indexAdd` and `put`.
struct Place: SingleResult {
    let name: String
    let part: Part
    let adding: Bool
    /// Whether the first input already is the result: without a trace, elements are written in place first, and the
    /// operation is recorded afterwards.
    var isDone = false

    var attributes: [Attribute] { part.attributes + [Attribute("adding", .truth(adding))] }

    func value(of inputs: [Tensor]) throws -> Tensor {
        var result = inputs[0]
        if !isDone { try result.write(inputs[1], part, inputs.dropFirst(2), adding: adding) }
        return result
    }

    func saved(for needs: [Bool]) -> Saved { adding && !needs[1] ? [] : part.savedIndices(from: 2) }

    /// The gradient of the first input is zero where elements were replaced. The second input gets the gradient of
    /// these elements, except where a later value overwrote its own.
    func gradients(_ backward: Backward) -> [Tensor?] {
        let gradient = backward.gradient
        var gradients = [Tensor?](repeating: nil, count: 2 + part.indexCount)
        if adding && !backward.needs[1] {
            gradients[0] = gradient
            return gradients
        }
        let selection = Selection(part, part.indices(backward, from: 2))
        if backward.needs[0] {
            var kept = gradient
            if !adding { kept.place(Tensor(0, dtype: gradient.dtype), selection, name) }
            gradients[0] = kept
        }
        if backward.needs[1] {
            let arrived =
                adding || part.isView
                ? gradient.selecting(selection, name)
                : Tensor.apply(
                    SelectLastWritten(name: name, part: part), to: [gradient] + selection.indices, at: nil)
            gradients[1] = arrived.summed(to: backward.shape(1))
        }
        return gradients
    }
}

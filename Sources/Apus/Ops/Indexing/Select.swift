/// The elements that a part of the first input has; the other inputs are the part's index tensors.
///
/// Slices, diagonals, subscripts, `gather`, `indexSelect` and `take`.
struct Select: SingleResult {
    let name: String
    let part: Part

    var attributes: [Attribute] { part.attributes }
    var isPart: Bool { true }

    func value(of inputs: [Tensor]) throws -> Tensor { try part.read(inputs[0], inputs.dropFirst()) }
    func saved(for needs: [Bool]) -> Saved { part.savedIndices(from: 1) }

    func addGradient(_ backward: Backward, to sum: inout Tensor?) {
        let selection = Selection(part, part.indices(backward, from: 1))
        // The first part may overwrite the zeros, unless it may name an element twice: then it must add up.
        let adding = sum != nil || !part.isView
        var total = sum ?? Tensor.zeros(backward.shape(0), dtype: backward.dtype(0))
        // `total` is now the only owner of its memory, so that it is written in place.
        sum = nil
        total.place(backward.gradient, selection, adding: adding, name)
        sum = total
    }

    func reach(inputs: [Shape], result: Shape) -> Reach {
        guard part.isView, let view = part.view else { return .everything }
        return view.reach
    }
}

/// The elements of a part, with zeros where the part names the same element again later. That is the gradient of a
/// value that replaced the part: of several values for an element the last one stays.
struct SelectLastWritten: SingleResult {
    let name: String
    let part: Part

    var attributes: [Attribute] { part.attributes }

    func value(of inputs: [Tensor]) throws -> Tensor {
        let (x, indices) = (inputs[0], inputs.dropFirst())
        let found = try part.read(x, indices)
        guard let lasting = try part.lastWriters(indices, of: x.shape) else { return found }
        return found.maskedFill(.!lasting, 0)
    }

    func saved(for needs: [Bool]) -> Saved { part.savedIndices(from: 1) }

    /// The transpose: written, not added, so that here too the last value for an element stays.
    func gradients(_ backward: Backward) -> [Tensor?] {
        let indices = part.indices(backward, from: 1)
        var gradient = Tensor.zeros(backward.shape(0), dtype: backward.dtype(0))
        gradient.place(backward.gradient, Selection(part, indices), name)
        return [gradient] + indices.map { _ in nil }
    }
}

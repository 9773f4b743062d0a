extension Tensor: ExpressibleByArrayLiteral {
    /// A tensor from numbers or nested arrays of them: `let x: Tensor = [[1, 2], [3, 4]]`.
    ///
    /// The element type is that of `Tensor([[1, 2], [3, 4]])`: Int gives int64, Double float32; where elements differ, the
    /// type that theirs promote to. `[]` is float32. Arrays of one depth must be of one length, or the program stops.
    public init(arrayLiteral elements: any NestedElements...) {
        self = elements.first.map { Tensor.joined($0, elements) } ?? Tensor([Float]())
    }

    private static func joined<First: NestedElements>(_ first: First, _ elements: [any NestedElements])
        -> Tensor
    {
        if let alike = elements as? [First] { return Tensor(nested: alike, nil, nil) }
        let parts = elements.enumerated().map { LiteralPart($1, at: $0) }
        let (shape, dtype) = (
            parts[0].shape, parts.dropFirst().reduce(parts[0].dtype) { .promote($0, $1.dtype) }
        )
        if let position = parts.firstIndex(where: { $0.shape != shape }) {
            fail(
                "Tensor",
                "the element at [\(position)] has shape \(parts[position].shape), not \(shape) as the first")
        }
        checkShape([parts.count] + shape, "Tensor")
        // A literal is a constant: a trace need not record how it was made.
        return Trace.pausing { Tensor.cat(parts.map { $0.exact.to(dtype) }).reshape([parts.count] + shape) }
    }
}

/// One element of a literal whose elements differ in type.
private struct LiteralPart {
    var shape: Shape = []
    /// Its numbers in a row, in a type that holds them exactly.
    let exact: Tensor
    /// The type of a tensor made of it alone.
    let dtype: DType

    init<Element: NestedElements>(_ element: Element, at position: Int) {
        var numbers: [Element.Scalar] = []
        do { try Element.flatten(element, into: &numbers, shape: &shape, depth: 0) } catch {
            guard var ragged = error as? RaggedArray else { fail("Tensor", "\(error)") }
            ragged.position.insert(position, at: 0)
            fail("Tensor", "\(ragged)")
        }
        exact = Tensor(numbers, shape: [numbers.count], dtype: Element.Scalar.dtype)
        dtype = Element.Scalar.defaultDType
    }
}

/// Makes a graph from the operations of a trace, in the order in which they are applied.
struct GraphBuilder {
    /// Where the elements of a tensor lie. The storage of every tensor in a graph is kept, so it names one.
    private struct Location: Hashable {
        let storage: ObjectIdentifier
        let layout: Layout
        let dtype: DType

        init(_ tensor: Tensor) {
            storage = ObjectIdentifier(tensor.storage)
            layout = tensor.layout
            dtype = tensor.dtype
        }
    }

    private var values: [Graph.Value] = []
    private var applications: [Graph.Application] = []
    private var inputs: [Int] = []
    private var known: [Location: Int] = [:]
    /// Results too: their memory must not be given to another tensor.
    private var kept: [Storage] = []

    /// An input, in memory of its own where another is the same tensor.
    mutating func addInput(_ name: String, _ tensor: Tensor) -> Tensor {
        var tensor = tensor
        if known[Location(tensor)] != nil {
            let node = tensor.node
            tensor = tensor.copied()
            tensor.node = node
        }
        inputs.append(add(.input(name), tensor))
        return tensor
    }

    mutating func addParameter(_ name: String, _ tensor: Tensor) {
        if known[Location(tensor)] == nil { _ = add(.parameter(name, tensor), tensor) }
    }

    mutating func append(_ primitive: any Primitive, _ inputs: [Tensor], _ results: [Tensor]) {
        let sources = inputs.map { value(of: $0) }
        let number = applications.count
        let first = values.count
        for (index, result) in results.enumerated() { _ = add(.result(of: number, index), result) }
        applications.append(
            Graph.Application(
                primitive: primitive, inputs: sources, results: Array(first..<values.count)))
    }

    func finished(_ results: [Tensor]) -> Graph {
        var builder = self
        let outputs = results.map { builder.value(of: $0) }
        return Graph(
            values: builder.values, applications: builder.applications, inputs: builder.inputs,
            outputs: outputs
        ).withoutDeadCode()
    }

    /// A tensor that nothing told of is a constant, or a parameter where it wants a gradient.
    private mutating func value(of tensor: Tensor) -> Int {
        if let known = known[Location(tensor)] { return known }
        let isParameter = tensor.requiresGradient && tensor.isLeaf
        return add(
            isParameter ? .parameter("parameter\(values.count)", tensor) : .constant(tensor.detach()), tensor)
    }

    private mutating func add(_ origin: Graph.Value.Origin, _ tensor: Tensor) -> Int {
        known[Location(tensor)] = values.count
        kept.append(tensor.storage)
        values.append(Graph.Value(origin, like: tensor))
        return values.count - 1
    }
}

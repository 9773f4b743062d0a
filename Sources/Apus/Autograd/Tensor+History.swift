/// An operation that the tape recorded, or a leaf.
package struct RecordedOperation {
    let node: Node

    package var id: ObjectIdentifier { ObjectIdentifier(node) }
    package var name: String { node.operation }
    package var shape: Shape { node.shape }
    package var isLeaf: Bool { node.isLeaf }
    package var reach: Reach? { node.reach?() }
    /// Whether positions stay as they are, as far as is known.
    package var isElementwise: Bool {
        switch reach {
        case .elementwise, nil: true
        default: false
        }
    }
    /// The operations and leaves it is made of; nil where no gradient flows.
    package var inputs: [RecordedOperation?] { node.parents.map { $0.map(RecordedOperation.init) } }
}

extension Tensor {
    /// What the tape knows this tensor by: the operation that made it, or itself as a leaf; nil where no gradient
    /// flows.
    package var recorded: RecordedOperation? { node.map(RecordedOperation.init) }

    /// All operations and leaves behind these tensors, in the order in which they came to be.
    package static func history(of results: [Tensor]) -> [RecordedOperation] {
        var seen = Set<ObjectIdentifier>()
        var found: [Node] = []
        var pending = results.compactMap(\.node)
        while let node = pending.popLast() {
            guard seen.insert(ObjectIdentifier(node)).inserted else { continue }
            found.append(node)
            pending += node.parents.compactMap { $0 }
        }
        return found.sorted { $0.sequence < $1.sequence }.map(RecordedOperation.init)
    }

    /// Runs `body` with recording on, whatever surrounds it: for looking at what it records.
    package static func recording<R>(_ body: () throws -> R) rethrows -> R {
        try GradientMode.$current.withValue(.recording, operation: body)
    }
}

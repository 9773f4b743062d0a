extension Tensor {
    /// Whether operations on this tensor are recorded at this moment.
    var isRecorded: Bool { node != nil && GradientMode.current == .recording }
}

extension Tensor {
    /// What the tape knows this tensor by: the operation that made it, or itself as a leaf; nil where no gradient flows.
    package var nodeID: ObjectIdentifier? { node.map(ObjectIdentifier.init) }
}

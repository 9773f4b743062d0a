/// One walk over the recorded operations, from results to what they were made of.
struct BackwardPass {
    let retainGraph: Bool
    let createGraph: Bool
    let site: CallSite

    /// - Parameters:
    ///   - targets: the nodes whose gradients are returned, and only the operations on the way to
    ///   them are visited; nil adds to the `grad` of every leaf instead.
    ///   - boundary: nodes at which the pass ends, and whose hooks it leaves to the pass around it.
    /// - Returns: the gradients of the targets; nil where none arrived.
    func run(from roots: [(Node, Tensor)], to targets: [Node]?, stoppingAt boundary: [Node] = []) -> [Tensor?]
    {
        Autocast.pausing {
            GradientMode.$current.withValue(createGraph ? .recording : .off) {
                let order = NodeOrder(reachedFrom: roots.map(\.0), stoppingAt: boundary)
                let isLast = order.marks(boundary.map { order.position(of: $0) })
                let targets = targets.map { $0.map { order.position(of: $0) } }
                let isTarget = order.marks(targets ?? [])
                let wanted = targets == nil ? nil : order.onTheWay(to: isTarget)
                var gradients = [Tensor?](repeating: nil, count: order.nodes.count)
                for (node, seed) in roots {
                    add(seed, to: node, at: order.position(of: node)!, in: &gradients)
                }

                func arrived(at position: Int) -> Tensor? {
                    if let wanted, !wanted[position] { return nil }
                    guard let found = gradients[position].take() else { return nil }
                    let gradient = order.nodes[position].applyHooks(found)
                    // A seed, a hook or a function of one's own may bring a history along.
                    let values = createGraph ? gradient : gradient.detach()
                    if isTarget[position] { gradients[position] = values }
                    return values
                }

                let completed = order.completedLeaves()
                for (position, node) in order.nodes.enumerated() {
                    if !node.isLeaf && !isLast[position], let gradient = arrived(at: position) {
                        propagate(gradient, from: node, order, wanted, into: &gradients)
                    }
                    for leaf in completed[position] where !isLast[leaf] {
                        guard let gradient = arrived(at: leaf), targets == nil else { continue }
                        order.nodes[leaf].addToGradient(gradient)
                    }
                }
                return (targets ?? []).map { $0.flatMap { gradients[$0] } }
            }
        }
    }

    private func propagate(
        _ gradient: Tensor, from node: Node, _ order: NodeOrder, _ wanted: [Bool]?,
        into gradients: inout [Tensor?]
    ) {
        guard let primitive = node.primitive else {
            fail(
                "backward",
                "the graph behind \(node.operation) was released by an earlier pass; pass retainGraph: true to that one",
                at: site)
        }
        let parents = node.parents
        let positions = parents.map { $0.map { order.position(of: $0)! } }
        let needs = positions.map { position in position.map { wanted?[$0] ?? true } ?? false }
        if !needs.contains(true) { return }
        let backward = Backward(node, gradient: gradient, needs: needs)
        if primitive.isPart, let position = positions[0] {
            NaNCheck.inspect("backward of \(node.operation)", gradient)
            gradient.onItsDevice { primitive.addGradient(backward, to: &gradients[position]) }
            if !retainGraph { node.release() }
            return
        }
        let results = gradient.onItsDevice { primitive.gradients(backward) }
        if !retainGraph { node.release() }
        if results.count != parents.count {
            fail(
                "backward",
                "\(node.operation) returned \(results.count) gradients for \(parents.count) inputs")
        }
        for (index, parent) in parents.enumerated() where needs[index] {
            guard let parent, let result = results[index] else { continue }
            NaNCheck.inspect("backward of \(node.operation)", result)
            if result.shape != parent.shape {
                fail(
                    "backward",
                    "\(node.operation) gave a gradient of shape \(result.shape) for input \(index), \(parent.title), "
                        + "of shape \(parent.shape)")
            }
            add(result, to: parent, at: positions[index]!, in: &gradients)
        }
    }

    /// Adds up what reaches a node, in the node's type: for a real input the real part counts.
    private func add(_ gradient: Tensor, to node: Node, at position: Int, in gradients: inout [Tensor?]) {
        let gradient = converted(gradient, to: node.dtype)
        if gradients[position] == nil {
            gradients[position] = gradient
        } else {
            gradients[position]! += gradient
        }
    }

    private func converted(_ gradient: Tensor, to dtype: DType) -> Tensor {
        if gradient.dtype == dtype { return gradient }
        return (gradient.dtype.isComplex && !dtype.isComplex ? gradient.real : gradient).to(dtype)
    }
}

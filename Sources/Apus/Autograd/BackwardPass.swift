/// One walk over the recorded operations, from results to what they were made of.
struct BackwardPass {
    let retainGraph: Bool
    let createGraph: Bool
    let site: CallSite

    /// - Parameter targets: the nodes whose gradients are returned, and only the operations on the way to
    ///   them are visited; nil adds to the `grad` of every leaf instead.
    /// - Returns: the gradients of the targets; nil where none arrived.
    func run(from roots: [(Node, Tensor)], to targets: [Node]?) -> [Tensor?] {
        Autocast.pausing {
            GradientMode.$current.withValue(createGraph ? .recording : .off) {
                let order = nodes(reachedFrom: roots.map(\.0))
                let wanted = targets.map { onTheWay(to: $0, in: order) }
                var gradients: [ObjectIdentifier: Tensor] = [:]
                for (node, seed) in roots { add(seed, to: node, in: &gradients) }
                var found: [ObjectIdentifier: Tensor] = [:]
                let targetIDs = Set((targets ?? []).map(ObjectIdentifier.init))

                for node in order {
                    guard var gradient = gradients.removeValue(forKey: ObjectIdentifier(node)) else {
                        continue
                    }
                    if let wanted, !wanted.contains(ObjectIdentifier(node)) { continue }
                    gradient = node.applyHooks(gradient)
                    // A seed, a hook or a function of one's own may bring a history along.
                    if !createGraph { gradient = gradient.detach() }
                    if targetIDs.contains(ObjectIdentifier(node)) { found[ObjectIdentifier(node)] = gradient }
                    if node.isLeaf {
                        if targets == nil { node.addToGradient(gradient) }
                        continue
                    }
                    propagate(gradient, from: node, wanted, into: &gradients)
                }
                return (targets ?? []).map { found[ObjectIdentifier($0)] }
            }
        }
    }

    private func propagate(
        _ gradient: Tensor, from node: Node, _ wanted: Set<ObjectIdentifier>?,
        into gradients: inout [ObjectIdentifier: Tensor]
    ) {
        guard let primitive = node.primitive else {
            fail(
                "backward",
                "the graph behind \(node.operation) was released by an earlier pass; pass retainGraph: true to that one",
                at: site)
        }
        var needs: [Bool] = []
        for parent in node.parents {
            needs.append(parent.map { wanted?.contains(ObjectIdentifier($0)) ?? true } ?? false)
        }
        if !needs.contains(true) { return }
        let backward = Backward(node, gradient: gradient, needs: needs)
        if primitive.isPart, let input = node.parents[0] {
            NaNCheck.inspect("backward of \(node.operation)", gradient)
            var sum = gradients.removeValue(forKey: ObjectIdentifier(input))
            gradient.onItsDevice { primitive.addGradient(backward, to: &sum) }
            gradients[ObjectIdentifier(input)] = sum
            if !retainGraph { node.release() }
            return
        }
        let results = gradient.onItsDevice { primitive.gradients(backward) }
        if !retainGraph { node.release() }
        if results.count != node.parents.count {
            fail(
                "backward",
                "\(node.operation) returned \(results.count) gradients for \(node.parents.count) inputs")
        }
        for (index, parent) in node.parents.enumerated() where needs[index] {
            guard let parent, let result = results[index] else { continue }
            NaNCheck.inspect("backward of \(node.operation)", result)
            if result.shape != parent.shape {
                fail(
                    "backward",
                    "\(node.operation) gave a gradient of shape \(result.shape) for input \(index), \(parent.title), "
                        + "of shape \(parent.shape)")
            }
            add(result, to: parent, in: &gradients)
        }
    }

    /// Adds up what reaches a node, in the node's type: for a real input the real part counts.
    private func add(_ gradient: Tensor, to node: Node, in gradients: inout [ObjectIdentifier: Tensor]) {
        let gradient = converted(gradient, to: node.dtype)
        let id = ObjectIdentifier(node)
        if var sum = gradients.removeValue(forKey: id) {
            sum += gradient
            gradients[id] = sum
        } else {
            gradients[id] = gradient
        }
    }

    private func converted(_ gradient: Tensor, to dtype: DType) -> Tensor {
        if gradient.dtype == dtype { return gradient }
        return (gradient.dtype.isComplex && !dtype.isComplex ? gradient.real : gradient).to(dtype)
    }

    /// Every node behind the roots, newest first.
    private func nodes(reachedFrom roots: [Node]) -> [Node] {
        var seen = Set<ObjectIdentifier>()
        var order: [Node] = []
        var stack = roots
        while let node = stack.popLast() {
            guard seen.insert(ObjectIdentifier(node)).inserted else { continue }
            order.append(node)
            for case let parent? in node.parents { stack.append(parent) }
        }
        return order.sorted { $0.sequence > $1.sequence }
    }

    private func onTheWay(to targets: [Node], in order: [Node]) -> Set<ObjectIdentifier> {
        var wanted = Set(targets.map(ObjectIdentifier.init))
        for node in order.reversed()
        where node.parents.contains(where: { $0.map { wanted.contains(ObjectIdentifier($0)) } ?? false }) {
            wanted.insert(ObjectIdentifier(node))
        }
        return wanted
    }
}

import Synchronization

/// One recorded operation, or a leaf whose gradient is collected.
///
/// A node never owns the tensor that owns it: an operation that needs its own result saves it
/// without its node, and gets it back attached. So graphs have no reference cycles.
final class Node: @unchecked Sendable {
    /// Inputs are older than what is made of them: descending order is an order for backward.
    let sequence: Int
    let operation: String
    let shape: Shape
    let dtype: DType
    private(set) var parents: [Node?]
    /// nil in a leaf, and where the node was released.
    private(set) var primitive: (any Primitive)?
    /// Which of the operation's results this is.
    let index: Int
    /// Which of the operation's inputs and results are kept for its gradient.
    let kept: Saved
    private var savedTensors: [Tensor]
    let isLeaf: Bool

    private struct LeafState {
        var title: String?
        var gradient: Tensor?
        var hooks: [(id: Int, body: @Sendable (Tensor) -> Tensor?)] = []
        var collectionHooks: [(id: Int, body: @Sendable (Tensor) -> Void)] = []
    }
    private let state = Mutex(LeafState())

    private static let counter = Atomic(0)

    /// The `sequence` of the newest node.
    static var newest: Int { counter.load(ordering: .relaxed) }

    /// A leaf.
    init(leafOf shape: Shape, _ dtype: DType) {
        sequence = Node.counter.add(1, ordering: .relaxed).newValue
        operation = "leaf"
        self.shape = shape
        self.dtype = dtype
        parents = []
        index = 0
        kept = []
        savedTensors = []
        isLeaf = true
    }

    /// - Parameters:
    ///   - kept: what `saved` holds of the operation's inputs and results.
    init(
        _ primitive: any Primitive, result: Tensor, _ index: Int, parents: [Node?], _ kept: Saved,
        _ saved: [Tensor]
    ) {
        sequence = Node.counter.add(1, ordering: .relaxed).newValue
        operation = primitive.name
        shape = result.shape
        dtype = result.dtype
        self.parents = parents
        self.primitive = primitive
        self.index = index
        self.kept = kept
        savedTensors = saved
        isLeaf = false
    }

    /// An input or a result that was kept for the gradient.
    func saved(_ element: Saved) -> Tensor {
        guard let position = kept.position(of: element, inputs: parents.count) else {
            fail(operation, "its gradient reads what Primitive.saved(for:) does not name")
        }
        return savedTensors[position]
    }

    /// What messages call this node's tensor.
    var title: String {
        get { state.locked { $0.title } ?? (isLeaf ? "the leaf" : "the result of \(operation)") }
        set { state.locked { $0.title = newValue } }
    }

    /// The collected gradient of a leaf, without history: what it was made of leads back to this leaf, which would
    /// then own itself.
    var gradient: Tensor? {
        get { state.locked { $0.gradient } }
        set {
            if let newValue { check(newValue, "the gradient", "grad") }
            let values = newValue?.detach()
            state.locked { $0.gradient = values }
        }
    }

    func addToGradient(_ gradient: Tensor) {
        check(gradient, "the gradient", "backward")
        let gradient = gradient.detach()
        let (collected, hooks) = state.locked { state in
            if state.gradient == nil {
                state.gradient = gradient
            } else {
                state.gradient! += gradient
            }
            return (state.collectionHooks.isEmpty ? nil : state.gradient, state.collectionHooks)
        }
        for hook in hooks { hook.body(collected!) }
    }

    func addHook(_ body: @escaping @Sendable (Tensor) -> Tensor?) -> Int {
        let id = Node.counter.add(1, ordering: .relaxed).newValue
        state.locked { $0.hooks.append((id, body)) }
        return id
    }

    func addCollectionHook(_ body: @escaping @Sendable (Tensor) -> Void) -> Int {
        let id = Node.counter.add(1, ordering: .relaxed).newValue
        state.locked { $0.collectionHooks.append((id, body)) }
        return id
    }

    func removeHook(_ id: Int) {
        state.locked {
            $0.hooks.removeAll { $0.id == id }
            $0.collectionHooks.removeAll { $0.id == id }
        }
    }

    func applyHooks(_ gradient: Tensor) -> Tensor {
        let hooks = state.locked { $0.hooks }
        var gradient = gradient
        for hook in hooks {
            guard let replacement = hook.body(gradient) else { continue }
            check(replacement, "what a hook returned", "registerHook")
            gradient = replacement
        }
        return gradient
    }

    /// Stops the program where a gradient has not the shape and type of what it belongs to: whoever takes it by its
    /// address, such as an optimizer, would reach outside of it or read its bits as another type's.
    private func check(_ gradient: Tensor, _ what: String, _ operation: String) {
        if gradient.shape == shape && gradient.dtype == dtype { return }
        fail(
            operation,
            "\(what) is \(gradient.dtype) of shape \(gradient.shape), but \(title) is \(dtype) of shape \(shape)"
        )
    }

    /// Lets go of what was saved; asking again for this node's gradient is an error from here on. Hooks go too: they
    /// may hold the result of this very operation.
    func release() {
        forget()
        state.locked { $0.hooks = [] }
    }

    private func forget() {
        primitive = nil
        savedTensors = []
    }

    // Ancestors are freed in a loop: the recursion of the default would overflow the stack at some
    // 40,000 operations.
    deinit {
        if isLeaf { return }
        var pending = parents
        parents = []
        forget()
        while !pending.isEmpty {
            var node = pending.removeLast()
            guard isKnownUniquelyReferenced(&node), let node else { continue }
            pending.append(contentsOf: node.parents)
            node.parents = []
            node.forget()
        }
    }
}

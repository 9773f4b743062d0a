import Synchronization

/// What an operation hands its gradient function.
public struct Backward: Sendable {
    /// The gradient of the result, in the result's shape and type.
    public let gradient: Tensor
    /// The result itself, where the operation asked for it to be saved.
    public var output: Tensor { saved! }
    /// Which inputs want a gradient; what is computed for others is dropped.
    public let needs: [Bool]

    let saved: Tensor?
}

/// One recorded operation, or a leaf whose gradient is collected.
///
/// A node never owns the tensor that owns it: an operation that needs its own result saves it
/// without its node, and gets it back attached. So graphs have no reference cycles.
final class Node: @unchecked Sendable {
    typealias Function = @Sendable (Backward) -> [Tensor?]

    /// How the gradient of the result reaches the inputs.
    enum Rule: Sendable {
        case function(Function)
        /// The result is this part of the only input. Its gradient is added there, to what has arrived for the
        /// input so far: many parts of a tensor cost as much as the tensor, not that many times as much.
        case part(Selection)
    }

    /// Inputs are older than what is made of them: descending order is an order for backward.
    let sequence: Int
    let operation: String
    let shape: Shape
    let dtype: DType
    private(set) var parents: [Node?]
    private(set) var rule: Rule?
    private(set) var savedOutput: Tensor?
    /// Where the result's positions come from, where shapes do not tell: for the analysis of models.
    var reach: (@Sendable () -> Reach)?
    let isLeaf: Bool

    private struct LeafState {
        var title: String?
        var gradient: Tensor?
        var hooks: [(id: Int, body: @Sendable (Tensor) -> Tensor?)] = []
    }
    private let state = Mutex(LeafState())

    private static let counter = Atomic(0)

    /// A leaf.
    init(leafOf shape: Shape, _ dtype: DType) {
        sequence = Node.counter.add(1, ordering: .relaxed).newValue
        operation = "leaf"
        self.shape = shape
        self.dtype = dtype
        parents = []
        isLeaf = true
    }

    init(
        _ operation: String, result: Tensor, savesOutput: Bool, parents: [Node?], _ rule: Rule
    ) {
        sequence = Node.counter.add(1, ordering: .relaxed).newValue
        self.operation = operation
        shape = result.shape
        dtype = result.dtype
        self.parents = parents
        self.rule = rule
        savedOutput = savesOutput ? result : nil
        isLeaf = false
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
        state.locked { state in
            if state.gradient == nil {
                state.gradient = gradient
            } else {
                state.gradient! += gradient
            }
        }
    }

    func addHook(_ body: @escaping @Sendable (Tensor) -> Tensor?) -> Int {
        let id = Node.counter.add(1, ordering: .relaxed).newValue
        state.locked { $0.hooks.append((id, body)) }
        return id
    }

    func removeHook(_ id: Int) { state.locked { $0.hooks.removeAll { $0.id == id } } }

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
        rule = nil
        savedOutput = nil
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

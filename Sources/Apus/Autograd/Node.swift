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

    /// Inputs are older than what is made of them: descending order is an order for backward.
    let sequence: Int
    let operation: String
    let shape: Shape
    let dtype: DType
    private(set) var parents: [Node?]
    private(set) var function: Function?
    private(set) var savedOutput: Tensor?
    /// Where the result's positions come from, where shapes do not tell: for the analysis of models.
    var reach: (@Sendable () -> Reach)?
    let isLeaf: Bool

    private struct LeafState {
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
        _ operation: String, result: Tensor, savesOutput: Bool, parents: [Node?],
        _ function: @escaping Function
    ) {
        sequence = Node.counter.add(1, ordering: .relaxed).newValue
        self.operation = operation
        shape = result.shape
        dtype = result.dtype
        self.parents = parents
        self.function = function
        savedOutput = savesOutput ? result : nil
        isLeaf = false
    }

    /// The collected gradient of a leaf.
    var gradient: Tensor? {
        get { state.locked { $0.gradient } }
        set { state.locked { $0.gradient = newValue } }
    }

    func addToGradient(_ gradient: Tensor) {
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
        for hook in hooks { gradient = hook.body(gradient) ?? gradient }
        return gradient
    }

    /// Lets go of what was saved; asking again for this node's gradient is an error from here on.
    func release() {
        function = nil
        savedOutput = nil
    }

    // Ancestors are freed in a loop: the recursion of the default would overflow the stack at some
    // 40,000 operations.
    deinit {
        if isLeaf { return }
        var pending = parents
        parents = []
        release()
        while !pending.isEmpty {
            var node = pending.removeLast()
            guard isKnownUniquelyReferenced(&node), let node else { continue }
            pending.append(contentsOf: node.parents)
            node.parents = []
            node.release()
        }
    }
}

/// Removes a hook when asked to.
public struct HookHandle: Sendable {
    let node: Node
    let id: Int

    /// From now on gradients pass as if the hook had not been registered.
    public func remove() { node.removeHook(id) }
}

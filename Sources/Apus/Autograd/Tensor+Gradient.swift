extension Tensor {
    /// Whether a gradient flows to or through this tensor.
    public var requiresGradient: Bool { node != nil }

    /// Whether this tensor is a leaf: it collects its gradient in `grad`.
    public var isLeaf: Bool { node?.isLeaf ?? true }

    /// This tensor as a leaf that collects its gradient.
    public func requiringGradient() -> Tensor {
        if !dtype.isDifferentiable {
            fail("requiringGradient", "a \(dtype) tensor has no gradient; convert it with .to(.float32)")
        }
        if GradientMode.current == .inference {
            fail("requiringGradient", "gradients cannot be asked for in inference mode")
        }
        var leaf = self
        leaf.node = Node(leafOf: shape, dtype)
        return leaf
    }

    /// The same values without history: no gradient flows through the result.
    public func detach() -> Tensor { viewed(layout) }

    /// The gradient that `backward` collected in this leaf; nil before.
    public var grad: Tensor? {
        get { node?.gradient }
        nonmutating set {
            guard let node, node.isLeaf else { fail("grad", "only a leaf that requires a gradient has one") }
            node.gradient = newValue
        }
    }

    /// Calls `body` with each gradient that reaches this tensor in a backward pass, before it goes on;
    /// what `body` returns replaces it, nil keeps it.
    ///
    /// - Returns: a handle that removes the hook.
    @discardableResult
    public func registerHook(_ body: @escaping @Sendable (Tensor) -> Tensor?) -> HookHandle {
        guard let node else { fail("registerHook", "this tensor requires no gradient") }
        return HookHandle(node: node, id: node.addHook(body))
    }

    /// Computes the gradient of this scalar in every leaf it came from, and adds it to their `grad`.
    ///
    /// - Parameters:
    ///   - gradient: the gradient of this tensor; needed where it is not a real scalar.
    ///   - retainGraph: keep what was saved, for another pass over the same operations.
    ///   - createGraph: record the backward pass itself, for gradients of gradients.
    public func backward(
        _ gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(file: file, line: line)
        let seed = seedGradient(gradient, "backward", site)
        _ = BackwardPass(retainGraph: retainGraph || createGraph, createGraph: createGraph, site: site)
            .run(from: [(node!, seed)], to: nil)
    }

    /// The gradient a backward pass starts with, checked.
    func seedGradient(_ gradient: Tensor?, _ operation: String, _ site: CallSite) -> Tensor {
        if GradientMode.current == .inference {
            fail(operation, "there are no gradients in inference mode", at: site)
        }
        if node == nil {
            fail(operation, "nothing this tensor was computed from requires a gradient", at: site)
        }
        if let gradient {
            if gradient.shape != shape {
                fail(
                    operation, "the gradient's shape \(gradient.shape) is not the tensor's, \(shape)",
                    at: site)
            }
            return gradient
        }
        if dtype.isComplex {
            fail(
                operation,
                "a complex loss has no direction of descent; take a real one, such as .abs() or .real",
                at: site)
        }
        if count != 1 {
            fail(
                operation, "a tensor of shape \(shape) is not a scalar: reduce it or pass its gradient",
                at: site)
        }
        return Tensor.ones(shape, dtype: dtype)
    }
}

/// Removes a hook when asked to.
public struct HookHandle: Sendable {
    let node: Node
    let id: Int

    public func remove() { node.removeHook(id) }
}

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
    public func detach() -> Tensor {
        var tensor = self
        tensor.node = nil
        return tensor
    }

    /// The gradient that `backward` collected in this leaf; nil before.
    ///
    /// What is assigned must have the leaf's shape and type, and is kept without its history.
    public var grad: Tensor? {
        get { node?.gradient }
        nonmutating set {
            guard let node, node.isLeaf else { fail("grad", "only a leaf that requires a gradient has one") }
            node.gradient = newValue
        }
    }

    /// Sets what messages call this leaf, such as "parameter layers.0.weight".
    package func setTitle(_ title: String) { node?.title = title }

    /// Calls `body` with each gradient that reaches this tensor in a backward pass, before it goes on;
    /// what `body` returns replaces it, in its shape and type; nil keeps it.
    ///
    /// A leaf keeps its hooks until they are removed, and they what they capture: capture `detach()` of the leaf and of
    /// what is made of it, or the leaf is never freed. Other tensors lose theirs with the pass that releases their graph.
    ///
    /// - Returns: a handle that removes the hook.
    @discardableResult
    public func registerHook(_ body: @escaping @Sendable (Tensor) -> Tensor?) -> HookHandle {
        guard let node else { fail("registerHook", "this tensor requires no gradient") }
        return HookHandle(node: node, id: node.addHook(body))
    }

    /// Calls `body` with `grad` each time a backward pass has added this leaf's whole gradient to it, while the pass goes on
    /// with what is older.
    ///
    /// - Returns: a handle that removes the hook.
    package func registerCollectionHook(_ body: @escaping @Sendable (Tensor) -> Void) -> HookHandle {
        guard let node, node.isLeaf else {
            fail("registerCollectionHook", "only a leaf that requires a gradient collects one")
        }
        return HookHandle(node: node, id: node.addCollectionHook(body))
    }

    /// Computes the gradient of this scalar in every leaf it came from, and adds it to their `grad`.
    ///
    /// - Parameters:
    ///   - gradient: the gradient of this tensor; needed where it is not a real scalar.
    ///   - retainGraph: keep what was saved, for another pass over the same operations.
    ///   - createGraph: must be false: leaves would own gradients whose history owns the leaves, and nothing of both
    ///     would ever be freed. Gradients that can be differentiated again come from `gradient(of:at:createGraph:)`.
    public func backward(
        _ gradient: Tensor? = nil, retainGraph: Bool = false, createGraph: Bool = false,
        file: StaticString = #fileID, line: UInt = #line
    ) {
        let site = CallSite(file: file, line: line)
        if createGraph {
            fail(
                "backward",
                "gradients with a history are not collected in leaves, since neither would ever be freed; "
                    + "call gradient(of:at:createGraph:), which returns them",
                at: site)
        }
        let seed = seedGradient(gradient, "backward", site)
        _ = BackwardPass(retainGraph: retainGraph, createGraph: false, site: site)
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
            if gradient.dtype.isComplex && !dtype.isComplex {
                fail(
                    operation,
                    "the gradient is \(gradient.dtype), the tensor \(dtype), which has no imaginary part: take .real",
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
        return onItsDevice { Tensor.ones(shape, dtype: dtype) }
    }
}

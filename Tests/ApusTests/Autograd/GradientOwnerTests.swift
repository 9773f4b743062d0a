import Testing

@testable import Apus

/// A gradient has the shape and type of what it belongs to, wherever it enters, and never owns what it came from.
@Suite struct GradientOwnerTests {
    struct Refusal: Sendable {
        let words: [String]
        /// Gets a float32 leaf of shape [2, 3].
        let call: @Sendable (Tensor) -> Void

        init(_ words: String..., call: @escaping @Sendable (Tensor) -> Void) {
            self.words = words
            self.call = call
        }
    }

    /// What is not the gradient of a float32 tensor of shape [2, 3].
    static let wrong: [Tensor] = [
        .ones([3]), .ones([]), .ones([2, 3, 1]), .ones([3, 2]), .ones([200, 300]), .ones([2, 0]),
        .ones([2, 3], dtype: .float64), .ones([2, 3], dtype: .float16), .ones([2, 3], dtype: .complex64),
        .ones([2, 3], dtype: .int32), .ones([2, 3], dtype: .bool),
    ]

    static let refusals: [Refusal] =
        wrong.map { wrong in
            Refusal(
                "grad: the gradient is \(wrong.dtype) of shape \(wrong.shape)",
                "the leaf is float32 of shape [2, 3]"
            ) { $0.grad = wrong }
        }
        + [0, 4, 6, 8].map { index in
            Refusal("registerHook: what a hook returned is \(wrong[index].dtype)", "the leaf is float32") {
                $0.registerHook { _ in GradientOwnerTests.wrong[index] }
                ($0 * 2).sum().backward()
            }
        } + [
            Refusal(
                "registerHook: ", "float32 of shape [3], but the result of exp is float32 of shape [2, 3]"
            ) {
                let y = $0.exp()
                y.registerHook { _ in .ones([3]) }
                _ = gradient(of: y.sum(), at: $0)
            },
            Refusal("backward: the gradient's shape [3] is not the tensor's, [2, 3]") {
                ($0 * 2).backward(.ones([3]))
            },
            Refusal("backward: the gradient is complex64, the tensor float32", "take .real") {
                ($0 * 2).backward(.ones([2, 3], dtype: .complex64))
            },
            Refusal("gradient(of:at:): the gradient is complex64") {
                _ = gradient(of: $0 * 2, at: $0, upstream: .ones([2, 3], dtype: .complex64))
            },
            Refusal("backward: mine gave a gradient of shape [3] for input 0, the leaf, of shape [2, 3]") {
                differentiable("mine", [$0], forward: { $0[0] * 2 }, backward: { _ in [.ones([3])] }).sum()
                    .backward()
            },
            Refusal("backward: mine returned 2 gradients for 1 inputs") {
                differentiable("mine", [$0], forward: { $0[0] * 2 }, backward: { [$0.gradient, nil] }).sum()
                    .backward()
            },
            Refusal("backward: ", "call gradient(of:at:createGraph:)") {
                ($0 * $0).sum().backward(createGraph: true)
            },
        ]

    @Test(arguments: refusals.indices)
    func whatDoesNotBelongIsRefused(_ index: Int) async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            [index = index as Int] in
            GradientOwnerTests.refusals[index].call(Tensor.ones([2, 3]).requiringGradient())
        }
        let message = String(decoding: result?.standardErrorContent ?? [], as: UTF8.self)
        for word in GradientOwnerTests.refusals[index].words {
            #expect(message.contains(word), "\(message)")
        }
    }

    @Test func viewsBelong() {
        let x = Tensor.ones([2, 3]).requiringGradient()
        let ascending = Tensor([1.0, 2, 3, 4, 5, 6], shape: [3, 2])
        for view in [
            ascending.transpose(), Tensor([1.0, 2, 3]).broadcast(to: [2, 3]),
            ascending.reshape([2, 3]).flip(axis: 1),
        ] {
            x.grad = view
            (x * 2).sum().backward()
            #expect(x.grad!.array(of: Float.self) == view.array(of: Float.self).map { $0 + 2 })
            x.grad = nil
            let handle = x.registerHook { _ in view }
            (x * 2).sum().backward()
            (x * 2).sum().backward()
            #expect(x.grad!.array(of: Float.self) == view.array(of: Float.self).map { $0 * 2 })
            handle.remove()
            x.grad = nil
        }
    }

    /// A seed and a function's own gradients may be of another real type: the pass converts them.
    @Test func realTypesAreConverted() {
        let x = Tensor.ones([2]).requiringGradient()
        (x * 3).backward(Tensor([1.0, 2], dtype: .float64))
        differentiable(
            "mine", [x], forward: { $0[0] }, backward: { [$0.gradient.to(.float64) * 2] }
        ).sum().backward()
        #expect(x.grad!.dtype == .float32 && x.grad!.array(of: Float.self) == [5, 8])
    }

    /// Ways in which a leaf could come to own itself, each given the leaf.
    static let ways: [(name: String, take: @Sendable (Tensor) -> Void)] = [
        ("an ordinary pass", { ($0 * $0).sum().backward() }),
        ("a graph that is kept", { ($0 * $0).sum().backward(retainGraph: true) }),
        ("an assigned gradient", { $0.grad = $0 * 2 }),
        (
            "a gradient of the second order",
            { x in
                x.grad = gradient(of: (x * x * x).sum(), at: x, createGraph: true)
            }
        ),
        (
            "gradients that are only returned",
            { x in
                let first = gradient(of: (x * x * x).sum(), at: x, createGraph: true)
                _ = gradient(of: first.sum(), at: x)
            }
        ),
        (
            "a gradient penalty",
            { x in
                let first = gradient(of: (x * x * x).sum(), at: x, createGraph: true)
                (first.square().sum() + x.sum()).backward()
            }
        ),
        ("a seed", { x in (x + 0).backward(x * 3) }),
        ("a seed of the leaf itself", { x in x.backward(x * 3) }),
        (
            "a function of one's own",
            { x in
                differentiable("mine", [x], forward: { $0[0] }, backward: { _ in [x * 2] }).sum().backward()
            }
        ),
        (
            "a function that hands out the leaf",
            { x in
                differentiable("mine", [x], forward: { $0[0] }, backward: { _ in [x] }).sum().backward()
            }
        ),
        (
            "a removed hook",
            { x in
                let handle = x.registerHook { $0 * x }
                (x * 2).sum().backward()
                handle.remove()
            }
        ),
        (
            "a hook that returns the leaf",
            { x in
                let handle = x.registerHook { [values = x.detach()] in $0 * values }
                (x * 2).sum().backward()
                _ = handle
            }
        ),
        (
            "a result's hook",
            { x in
                let y = x.exp()
                y.registerHook { $0 * y }
                y.sum().backward()
            }
        ),
    ]

    @Test(arguments: ways.indices) func aLeafIsFreed(_ index: Int) {
        weak var node: Node?
        do {
            let x = Tensor.ones([2]).requiringGradient()
            node = x.node
            GradientOwnerTests.ways[index].take(x)
            #expect(x.grad?.requiresGradient != true, "\(GradientOwnerTests.ways[index].name)")
        }
        #expect(node == nil, "\(GradientOwnerTests.ways[index].name)")
    }

    @Test func resultsHaveAHistoryOnlyWhereAskedFor() {
        let x = Tensor.ones([2]).requiringGradient()
        #expect(!gradient(of: x * 2, at: x, upstream: x * 3).requiresGradient)
        #expect(gradient(of: x * 2, at: x, upstream: x * 3, createGraph: true).requiresGradient)
    }
}

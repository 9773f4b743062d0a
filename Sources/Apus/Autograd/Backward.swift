/// What an operation's gradient is found from.
public struct Backward: Sendable {
    /// The gradient of the result, in the result's shape and type.
    public let gradient: Tensor
    /// Which inputs want a gradient; what is computed for others is dropped.
    public let needs: [Bool]
    let node: Node

    init(_ node: Node, gradient: Tensor, needs: [Bool]) {
        self.node = node
        self.gradient = gradient
        self.needs = needs
    }

    /// Which of the operation's results the gradient is of.
    public var index: Int { node.index }

    /// An input with its history, which `Primitive.saved(for:)` has named.
    public func input(_ index: Int) -> Tensor { node.saved(.input(index)) }

    /// The first result; see `output(_:)`.
    public var output: Tensor { output(0) }

    /// A result, which `Primitive.saved(for:)` has named: the one that the gradient is of has its history, others have
    /// none.
    public func output(_ index: Int) -> Tensor {
        var output = node.saved(.output(index))
        if index == node.index { output.node = node }
        return output
    }

    /// The shape of an input that wants a gradient.
    public func shape(_ input: Int) -> Shape { node.parents[input]!.shape }

    /// The type of an input that wants a gradient.
    public func dtype(_ input: Int) -> DType { node.parents[input]!.dtype }
}

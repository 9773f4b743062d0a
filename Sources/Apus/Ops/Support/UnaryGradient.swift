/// How the gradient of a unary operation is found, which says what has to be saved for it.
struct UnaryGradient: Sendable {
    let savesInput: Bool
    let savesOutput: Bool
    let function: @Sendable (_ gradient: Tensor, _ x: Tensor?, _ backward: Backward) -> Tensor

    /// From the gradient of the result alone: nothing is saved.
    static func linear(_ function: @escaping @Sendable (_ gradient: Tensor) -> Tensor) -> UnaryGradient {
        UnaryGradient(savesInput: false, savesOutput: false) { gradient, _, _ in function(gradient) }
    }

    /// From the gradient of the result and the input.
    static func input(_ function: @escaping @Sendable (_ gradient: Tensor, _ x: Tensor) -> Tensor)
        -> UnaryGradient
    {
        UnaryGradient(savesInput: true, savesOutput: false) { gradient, x, _ in function(gradient, x!) }
    }

    /// From the gradient of the result and the result itself.
    static func output(_ function: @escaping @Sendable (_ gradient: Tensor, _ y: Tensor) -> Tensor)
        -> UnaryGradient
    {
        UnaryGradient(savesInput: false, savesOutput: true) { gradient, _, backward in
            function(gradient, backward.output)
        }
    }

    /// From the gradient of the result, the input and the result.
    static func both(
        _ function: @escaping @Sendable (_ gradient: Tensor, _ x: Tensor, _ y: Tensor) -> Tensor
    ) -> UnaryGradient {
        UnaryGradient(savesInput: true, savesOutput: true) { gradient, x, backward in
            function(gradient, x!, backward.output)
        }
    }
}

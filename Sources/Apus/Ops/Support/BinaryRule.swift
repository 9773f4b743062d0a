import ApusKernels

/// A binary elementwise operation: its kernel, and the gradient in each of its inputs.
///
/// The same rule serves two tensors, a tensor with a number, and updates in place.
struct BinaryRule: Sendable {
    let kernel: BinaryKernel
    /// Integers and booleans become float32 first, as for division.
    let floating: Bool
    /// A number beside a 16-bit tensor is rounded like its elements, as comparisons need; arithmetic
    /// keeps it as it is.
    let roundsNumber: Bool
    let a: Partial?
    let b: Partial?

    init(
        _ kernel: BinaryKernel, floating: Bool = false, roundsNumber: Bool = false, a: Partial? = nil,
        b: Partial? = nil
    ) {
        self.kernel = kernel
        self.floating = floating
        self.roundsNumber = roundsNumber
        self.a = a
        self.b = b
    }

    /// What a gradient needs besides the gradient of the result; nothing else is saved.
    struct Uses: OptionSet, Sendable {
        let rawValue: UInt8
        static let a = Uses(rawValue: 1)
        static let b = Uses(rawValue: 2)
        static let output = Uses(rawValue: 4)
    }

    /// The gradient in one input. It may have the broadcast shape: it is summed back by the caller.
    struct Partial: Sendable {
        let uses: Uses
        let function: @Sendable (_ gradient: Tensor, _ saved: Saved) -> Tensor

        init(
            _ uses: Uses = [],
            _ function: @escaping @Sendable (_ gradient: Tensor, _ saved: Saved) -> Tensor
        ) {
            self.uses = uses
            self.function = function
        }

        /// The gradient of the result itself.
        static let passed = Partial { gradient, _ in gradient }
        /// That of a step function.
        static let zero = Partial { gradient, _ in .zeros(like: gradient) }
    }

    /// The values that a partial said it uses, as promoted and not broadcast.
    struct Saved: Sendable {
        let first: Tensor?
        let second: Tensor?
        let result: Tensor?

        var a: Tensor { first! }
        var b: Tensor { second! }
        var output: Tensor { result! }
    }
}

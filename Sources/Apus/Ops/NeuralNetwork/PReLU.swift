import ApusKernelCalls

struct PReLU: BinaryPrimitive {
    static let kernel = Kernels.leakyReLU
    static let savedForFirst: BinaryOperands.Uses = [.a, .b]
    static let savedForSecond = BinaryOperands.Uses.a

    var name: String { "prelu" }
    var types: TypeRule { .convolution }

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        .where(saved.a .> 0, gradient, gradient * saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        (gradient * saved.a).maskedFill(saved.a .> 0, 0)
    }
}

extension Tensor {
    /// x where it is positive, weight · x elsewhere (He et al., 2015). Integers give float32.
    ///
    /// - Parameter weight: of shape [1], or [C] for one slope a channel, which is axis 1 of this tensor.
    public func prelu(weight: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        refuseComplex("prelu", insteadCall: "splitPReLU(weight:)", site)
        weight.requireReal("weight", "prelu", site)
        let channels = rank < 2 ? 1 : shape[1]
        if weight.count != 1 && weight.shape != [channels] {
            fail(
                "prelu",
                "a weight of shape \(weight.shape) does not fit shape \(shape): [1] or [\(channels)]",
                at: site)
        }
        let axes = weight.count == 1 ? [] : [channels] + [Int](repeating: 1, count: Swift.max(rank - 2, 0))
        return Tensor.elementwise(PReLU(), self, weight.reshape(axes), at: site)
    }
}

extension Operation {
    static let prelu = Operation(
        "prelu", dtypes: DType.realFloating,
        [
            Sample("F.prelu(x, y)", [Input([2, 3, 4]), Input([3])]) { $0[0].prelu(weight: $0[1]) },
            Sample("F.prelu(x, y)", [Input([3, 4]), Input([1])]) { $0[0].prelu(weight: $0[1]) },
        ])
}

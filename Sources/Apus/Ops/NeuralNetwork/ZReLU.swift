import ApusKernelCalls

struct ZReLU: UnaryPrimitive {
    static let kernel = Kernels.zrelu
    static let saved = Saved.input(0)

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(ZReLUGradient(), backward.gradient, backward.input(0).detach())
    }
}

/// The gradient where the input's angle lies in the first quadrant, else 0: its own gradient in the input is 0.
private struct ZReLUGradient: BinaryPrimitive {
    static let kernel = Kernels.zreluGradient
    static let savedForFirst = BinaryOperands.Uses.b

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(ZReLUGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { nil }
}

extension Tensor {
    /// z where its angle lies in 0...π/2, that is where neither part is negative, else 0.
    ///
    /// Source: Guberman, "On complex valued convolutional neural networks", 2016. NaN stays.
    public func zrelu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("zrelu", insteadCall: "relu()", CallSite(file: file, line: line))
        return elementwise(ZReLU())
    }
}

extension Operation {
    static let zrelu = Operation(
        "zrelu", dtypes: [.complex64, .complex128],
        [
            Sample("torch.where((x.real >= 0) & (x.imag >= 0), x, 0)", [Input([4, 5])]) { $0[0].zrelu() }
        ])
}

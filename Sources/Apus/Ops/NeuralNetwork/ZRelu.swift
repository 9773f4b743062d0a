import ApusKernelCalls

struct ZRelu: UnaryPrimitive {
    static let kernel = Kernels.zRelu
    static let saved = Saved.input(0)

    func gradient(_ backward: Backward) -> Tensor {
        Tensor.elementwise(ZReluGradient(), backward.gradient, backward.input(0).detach())
    }
}

/// The gradient where the input's angle lies in the first quadrant; it does not vary with the input.
private struct ZReluGradient: BinaryPrimitive {
    static let kernel = Kernels.zReluGradient
    static let savedForFirst = BinaryOperands.Uses.b

    static func gradientOfFirst(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? {
        Tensor.elementwise(ZReluGradient(), gradient, saved.b)
    }

    static func gradientOfSecond(_ gradient: Tensor, _ saved: BinaryOperands) -> Tensor? { nil }
}

extension Tensor {
    /// z where its angle lies in 0...π/2, that is where neither part is negative, else 0.
    ///
    /// Source: Guberman, "On complex valued convolutional neural networks", 2016. NaN stays.
    public func zRelu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("zRelu", insteadCall: "relu()", CallSite(file: file, line: line))
        return elementwise(ZRelu())
    }
}

extension Operation {
    static let zRelu = Operation(
        "zRelu", dtypes: [.complex64, .complex128],
        [
            Sample("torch.where((x.real >= 0) & (x.imag >= 0), x, 0)", [Input([4, 5])]) { $0[0].zRelu() }
        ])
}

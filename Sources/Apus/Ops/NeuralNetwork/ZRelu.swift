import ApusKernels

extension Tensor {
    /// z where its angle lies in 0...π/2, that is where neither part is negative, else 0.
    ///
    /// Source: Guberman, "On complex valued convolutional neural networks", 2016. NaN stays.
    public func zRelu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("zRelu", insteadCall: "relu()", CallSite(file: file, line: line))
        return elementwise(
            Kernels.zRelu,
            .input { gradient, x in Tensor.elementwise(.zReluGradient, gradient, x.detach()) })
    }
}

extension BinaryRule {
    /// The gradient where the input's angle lies in the first quadrant; it does not vary with the input.
    fileprivate static let zReluGradient: BinaryRule = .init(
        Kernels.zReluGradient,
        a: Partial(.b) { gradient, saved in Tensor.elementwise(.zReluGradient, gradient, saved.b) })
}

extension Operation {
    static let zRelu = Operation(
        "zRelu", dtypes: [.complex64, .complex128],
        [
            Sample("torch.where((x.real >= 0) & (x.imag >= 0), x, 0)", [Input([4, 5])]) { $0[0].zRelu() }
        ])
}

import ApusKernelCalls

struct SplitTanh: PartwisePrimitive {
    static let kernel = Kernels.tanh
    let name = "splitTanh"

    func gradient(_ gradient: Tensor, _ result: Tensor) -> Tensor {
        Tensor.elementwise(TanhGradient(), gradient, result)
    }
}

extension Tensor {
    /// The hyperbolic tangent of each part of a complex number: tanh(Re z) + i·tanh(Im z).
    ///
    /// It is bounded, unlike `tanh()`, the holomorphic function, which has poles.
    public func splitTanh(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("splitTanh", insteadCall: "tanh()", CallSite(file: file, line: line))
        return Tensor.apply(SplitTanh(), to: [self], at: nil)
    }
}

extension Operation {
    static let splitTanh = Operation(
        "splitTanh", dtypes: [.complex64, .complex128],
        [
            Sample("torch.complex(x.real.tanh(), x.imag.tanh())", [Input([3, 4])]) { $0[0].splitTanh() }
        ])
}

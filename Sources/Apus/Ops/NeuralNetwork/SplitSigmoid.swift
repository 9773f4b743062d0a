import ApusKernelCalls

struct SplitSigmoid: PartwisePrimitive {
    static let kernel = Kernels.sigmoid
    let name = "splitSigmoid"

    func gradient(_ gradient: Tensor, _ result: Tensor) -> Tensor {
        Tensor.elementwise(SigmoidGradient(), gradient, result)
    }
}

extension Tensor {
    /// The logistic function of each part of a complex number: σ(Re z) + i·σ(Im z).
    ///
    /// It is bounded, unlike `sigmoid()`, the holomorphic function, which has poles.
    public func splitSigmoid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("splitSigmoid", insteadCall: "sigmoid()", CallSite(file: file, line: line))
        return Tensor.apply(SplitSigmoid(), to: [self], at: nil)
    }
}

extension Operation {
    static let splitSigmoid = Operation(
        "splitSigmoid", dtypes: [.complex64, .complex128],
        [
            Sample("torch.complex(x.real.sigmoid(), x.imag.sigmoid())", [Input([3, 4])]) {
                $0[0].splitSigmoid()
            }
        ])
}

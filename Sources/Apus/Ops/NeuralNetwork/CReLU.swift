import ApusKernelCalls

struct CReLU: PartwisePrimitive {
    static let kernel = Kernels.relu
    let name = "crelu"

    func gradient(_ gradient: Tensor, _ result: Tensor) -> Tensor {
        Tensor.elementwise(ReLUGradient(), gradient, result.detach())
    }
}

extension CReLU: ActivationPrimitive {
    var activation: FusedActivation { .relu }
}

extension Tensor {
    /// ReLU of each part of a complex number: max(Re z, 0) + i·max(Im z, 0).
    ///
    /// Source: Trabelsi et al., "Deep complex networks", 2018, equation 5. One pass over memory.
    public func crelu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("crelu", insteadCall: "relu()", CallSite(file: file, line: line))
        return Tensor.apply(CReLU(), to: [self], at: nil)
    }
}

extension Operation {
    static let crelu = Operation(
        "crelu", dtypes: [.complex64, .complex128],
        [Sample("torch.complex(F.relu(x.real), F.relu(x.imag))", [Input([3, 4])]) { $0[0].crelu() }])
}

extension Tensor {
    /// ReLU of each part of a complex number: max(Re z, 0) + i·max(Im z, 0).
    ///
    /// Source: Trabelsi et al., "Deep complex networks", 2018, equation 5. One pass over memory.
    public func crelu(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("crelu", insteadCall: "relu()", CallSite(file: file, line: line))
        return onParts("crelu") {
            $0.relu()
        } gradient: { gradient, result in
            Tensor.elementwise(.reluGradient, gradient, result.detach())
        }
    }
}

extension Operation {
    static let crelu = Operation(
        "crelu", dtypes: [.complex64, .complex128],
        [Sample("torch.complex(F.relu(x.real), F.relu(x.imag))", [Input([3, 4])]) { $0[0].crelu() }])
}

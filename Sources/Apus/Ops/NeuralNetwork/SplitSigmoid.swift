extension Tensor {
    /// The logistic function of each part of a complex number: σ(Re z) + i·σ(Im z).
    ///
    /// It is bounded, unlike `sigmoid()`, the holomorphic function, which has poles.
    public func splitSigmoid(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        requireComplex("splitSigmoid", insteadCall: "sigmoid()", CallSite(file: file, line: line))
        return onParts("splitSigmoid") {
            $0.sigmoid()
        } gradient: { gradient, result in
            Tensor.elementwise(.sigmoidGradient, gradient, result)
        }
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

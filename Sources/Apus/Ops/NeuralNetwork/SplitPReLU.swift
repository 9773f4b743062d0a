extension Tensor {
    /// PReLU of each part of a complex number: the part where it is positive, weight times the part elsewhere.
    ///
    /// - Parameter weight: real, of shape [1], or [C] for one slope a channel, which is axis 1 of this tensor;
    ///   both parts have the same.
    public func splitPReLU(weight: Tensor, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        requireComplex("splitPReLU", insteadCall: "prelu(weight:)", site)
        if weight.dtype.isComplex {
            fail("splitPReLU", "the slopes are real numbers, not \(weight.dtype): pass .real", at: site)
        }
        let channels = rank < 2 ? 1 : shape[1]
        if weight.count != 1 && weight.shape != [channels] {
            fail(
                "splitPReLU",
                "a weight of shape \(weight.shape) does not fit shape \(shape): [1] or [\(channels)]",
                at: site)
        }
        // The parts need one more axis.
        let x = rank < Layout.maximumRank ? self : flatten(from: 2)
        return x.viewAsReal().prelu(weight: weight.to(dtype.realType), file: file, line: line)
            .viewAsComplex().reshape(shape)
    }
}

extension Operation {
    static let splitPReLU = Operation(
        "splitPReLU", dtypes: [.complex64, .complex128],
        [
            Sample(
                "torch.complex(F.prelu(x.real, y.real), F.prelu(x.imag, y.real))",
                [Input([2, 3, 4]), Input([3])]
            ) { $0[0].splitPReLU(weight: $0[1].real) },
            Sample(
                "torch.complex(F.prelu(x.real, y.real), F.prelu(x.imag, y.real))", [Input([5]), Input([1])]
            ) { $0[0].splitPReLU(weight: $0[1].real) },
        ])
}

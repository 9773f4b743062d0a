extension Tensor {
    /// Each channel convolved with a kernel that may be as long as the sequence, by Fourier transforms: yₜ = Σ kₛ·xₜ₋ₛ over
    /// 0 ≤ s ≤ t.
    ///
    /// What state-space models such as S4 and Hyena train with (Gu et al. 2021, "Efficiently Modeling Long Sequences with
    /// Structured State Spaces"); the work grows as the length times its logarithm. Each element is as precise as the largest
    /// of its sequence lets it be: what comes later changes what is before by rounding errors. For short kernels there is
    /// ``depthwiseConv1d(_:bias:stride:padding:dilation:paddingMode:file:line:)``.
    ///
    /// ```swift
    /// let y = u.causalConvolution(kernel: k)     // u: [batch, channels, time], k: [channels, time]
    /// ```
    ///
    /// - Parameter kernel: [channels, any length]; what is longer than the sequence does not count.
    /// - Returns: a tensor of the same shape, [batch…, channels, time].
    public func causalConvolution(
        kernel: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (site, name) = (CallSite(file: file, line: line), "causalConvolution")
        if rank < 2 { fail(name, "takes [batch…, channels, time], not shape \(shape)", at: site) }
        if kernel.rank != 2 || kernel.shape[0] != shape[rank - 2] {
            fail(
                name, "a kernel of shape \(kernel.shape), where [\(shape[rank - 2]), length] is wanted",
                at: site)
        }
        for tensor in [self, kernel] where tensor.dtype.isComplex {
            Tensor.refuseComplex(name, tensor.dtype, nil, insteadCall: "fft", site)
        }
        let inputs = TypeRule.convolution.promoted([self, kernel])
        let (steps, length) = (shape[rank - 1], Swift.min(kernel.shape[1], shape[rank - 1]))
        // So long that the end does not come round to the beginning.
        let points = Tensor.quickLength(Swift.max(steps + length, steps + 1) - 1)
        let weights = inputs[1].narrow(axis: 1, start: 0, count: length).rfft(n: points)
        return (inputs[0].rfft(n: points) * weights).irfft(n: points)
            .narrow(axis: -1, start: 0, count: steps).to(inputs[0].dtype)
    }

    /// The smallest length from `count` on whose transforms are quick: a power of two times 1, 3, 5, 9 or 15.
    private static func quickLength(_ count: Int) -> Int {
        [1, 3, 5, 9, 15].map { factor in
            var length = factor
            while length < count { length *= 2 }
            return length
        }.reduce(Int.max) { Swift.min($0, $1) }
    }
}

extension Operation {
    static let causalConvolution = Operation(
        "causalConvolution", dtypes: DType.realFloating,
        [
            Sample("causal_convolution(x, y)", [Input([2, 3, 5]), Input([3, 5])]) {
                $0[0].causalConvolution(kernel: $0[1])
            },
            Sample("causal_convolution(x, y)", [Input([2, 9]), Input([2, 3])]) {
                $0[0].causalConvolution(kernel: $0[1])
            },
            Sample("causal_convolution(x, y[:, :4])", [Input([1, 2, 2, 4]), Input([2, 7])]) {
                $0[0].causalConvolution(kernel: $0[1])
            },
        ])
}

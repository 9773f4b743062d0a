extension Tensor {
    /// The coefficients of a transform in the order of their frequencies, the zero frequency in the middle
    /// (at n/2).
    ///
    /// - Parameter axes: all by default.
    public func fftShift(
        axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axes = (axes ?? allAxes).map { axis($0, "fftShift", site) }
        return roll(axes.map { shape[$0] / 2 }, axes: axes, file: file, line: line)
    }
}

extension Operation {
    static let fftShift = Operation(
        "fftShift", dtypes: DType.everything,
        [
            Sample("torch.fft.fftshift(x)", [Input([4, 5])]) { $0[0].fftShift() },
            Sample("torch.fft.fftshift(x, (1,))", [Input([2, 7])]) { $0[0].fftShift(axes: [1]) },
        ])
}

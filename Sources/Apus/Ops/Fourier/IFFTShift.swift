extension Tensor {
    /// The inverse of ``fftShift(axes:file:line:)``: the zero frequency from the middle to the start.
    ///
    /// - Parameter axes: all by default.
    public func ifftShift(
        axes: [Int]? = nil, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let axes = (axes ?? allAxes).map { axis($0, "ifftShift", site) }
        return roll(axes.map { (shape[$0] + 1) / 2 }, axes: axes, file: file, line: line)
    }
}

extension Operation {
    static let ifftShift = Operation(
        "ifftShift", dtypes: DType.everything,
        [
            Sample("torch.fft.ifftshift(x)", [Input([4, 5])]) { $0[0].ifftShift() },
            Sample("torch.fft.ifftshift(x, (1,))", [Input([2, 7])]) { $0[0].ifftShift(axes: [1]) },
        ])
}

import RealModule

extension Tensor {
    /// Hann's window, sin²(πj/N) for j = 0, …, n - 1.
    ///
    /// - Parameter periodic: N = n, for spectra; otherwise N = n - 1, which makes the window symmetric.
    public static func hannWindow(
        _ n: Int, periodic: Bool = true, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        window("hannWindow", n, periodic, dtype, CallSite(file: file, line: line)) {
            0.5 - 0.5 * Double.cos($0)
        }
    }
}

extension Operation {
    static let hannWindow = Operation(
        "hannWindow", dtypes: [.float32, .float64], isDifferentiable: false,
        [
            Sample("torch.hann_window(8, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .hannWindow(8, dtype: $0[0].dtype)
            },
            Sample("torch.hann_window(7, False, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .hannWindow(7, periodic: false, dtype: $0[0].dtype)
            },
            Sample("torch.hann_window(1, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .hannWindow(1, dtype: $0[0].dtype)
            },
        ])
}

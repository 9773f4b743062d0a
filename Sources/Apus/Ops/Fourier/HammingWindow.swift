import RealModule

extension Tensor {
    /// Hamming's window, 0.54 - 0.46·cos(2πj/N) for j = 0, …, n - 1.
    ///
    /// - Parameter periodic: N = n, for spectra; otherwise N = n - 1, which makes the window symmetric.
    public static func hammingWindow(
        _ n: Int, periodic: Bool = true, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        window("hammingWindow", n, periodic, dtype, CallSite(file: file, line: line)) {
            0.54 - 0.46 * Double.cos($0)
        }
    }
}

extension Operation {
    static let hammingWindow = Operation(
        "hammingWindow", dtypes: [.float32, .float64], isDifferentiable: false,
        [
            Sample("torch.hamming_window(8, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .hammingWindow(8, dtype: $0[0].dtype)
            },
            Sample("torch.hamming_window(7, False, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .hammingWindow(7, periodic: false, dtype: $0[0].dtype)
            },
            Sample("torch.hamming_window(1, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .hammingWindow(1, dtype: $0[0].dtype)
            },
        ])
}

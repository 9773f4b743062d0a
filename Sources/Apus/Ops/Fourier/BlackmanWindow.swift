import RealModule

extension Tensor {
    /// Blackman's window, 0.42 - 0.5·cos(2πj/N) + 0.08·cos(4πj/N) for j = 0, …, n - 1.
    ///
    /// - Parameter periodic: N = n, for spectra; otherwise N = n - 1, which makes the window symmetric.
    public static func blackmanWindow(
        _ n: Int, periodic: Bool = true, dtype: DType = .float32, file: StaticString = #fileID,
        line: UInt = #line
    ) -> Tensor {
        window("blackmanWindow", n, periodic, dtype, CallSite(file: file, line: line)) {
            0.42 - 0.5 * Double.cos($0) + 0.08 * Double.cos(2 * $0)
        }
    }
}

extension Operation {
    static let blackmanWindow = Operation(
        "blackmanWindow", dtypes: [.float32, .float64], isDifferentiable: false,
        [
            Sample("torch.blackman_window(8, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .blackmanWindow(8, dtype: $0[0].dtype)
            },
            Sample("torch.blackman_window(7, False, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .blackmanWindow(7, periodic: false, dtype: $0[0].dtype)
            },
            Sample("torch.blackman_window(1, dtype=torch.float64).to(x.dtype)", [Input([1])]) {
                .blackmanWindow(1, dtype: $0[0].dtype)
            },
        ])
}

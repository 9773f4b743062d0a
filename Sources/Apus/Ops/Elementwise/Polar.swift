extension Tensor {
    /// Complex numbers from magnitudes and angles in radians, with broadcasting: r cos φ + i r sin φ.
    ///
    /// Both float32 or both float64.
    public static func polar(
        abs: Tensor, angle: Tensor, file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        if abs.dtype != angle.dtype || (abs.dtype != .float32 && abs.dtype != .float64) {
            fail(
                "polar", "\(abs.dtype) and \(angle.dtype) given, but both must be float32 or both float64",
                at: site)
        }
        if Shape.broadcast(abs.shape, angle.shape) == nil {
            fail(
                "polar", "shapes \(abs.shape) and \(angle.shape) do not broadcast together", at: site)
        }
        return complex(real: abs * angle.cos(), imaginary: abs * angle.sin(), file: file, line: line)
    }
}

extension Operation {
    static let polar = Operation(
        "polar", dtypes: [.float32, .float64],
        [
            Sample("torch.polar(x, y)", [Input([3, 4], 0.1, 2), Input([3, 4])]) {
                Tensor.polar(abs: $0[0], angle: $0[1])
            },
            Sample("torch.polar(x, y)", [Input([3, 1], 0.1, 2), Input([2, 1, 4])]) {
                Tensor.polar(abs: $0[0], angle: $0[1])
            },
        ])
}

extension Tensor {
    /// The average of each channel of [batch, channels, spatial axes…], whose spatial axes become 1; of complex
    /// numbers too.
    public func globalAvgPool(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if !(3...5).contains(rank) {
            fail(
                "globalAvgPool", "shape \(shape) is not [batch, channels, one to three spatial axes]",
                at: CallSite(file: file, line: line))
        }
        switch rank {
        case 3: return adaptiveAvgPool1d(1, file: file, line: line)
        case 4: return adaptiveAvgPool2d(1, file: file, line: line)
        default: return adaptiveAvgPool3d(1, file: file, line: line)
        }
    }
}

extension Operation {
    static let globalAvgPool = Operation(
        "globalAvgPool",
        [
            Sample("F.adaptive_avg_pool1d(x, 1)", [Input([2, 3, 7])]) { $0[0].globalAvgPool() },
            Sample("F.adaptive_avg_pool2d(x, 1)", [Input([2, 5, 3, 4])]) { $0[0].globalAvgPool() },
            Sample("F.adaptive_avg_pool3d(x, 1)", [Input([1, 2, 3, 2, 2])]) { $0[0].globalAvgPool() },
        ])
}

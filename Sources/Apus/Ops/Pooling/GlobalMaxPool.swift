extension Tensor {
    /// The largest element of each channel of [batch, channels, spatial axes…], whose spatial axes become 1.
    public func globalMaxPool(file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        if !(3...5).contains(rank) {
            fail(
                "globalMaxPool", "shape \(shape) is not [batch, channels, one to three spatial axes]",
                at: CallSite(file: file, line: line))
        }
        switch rank {
        case 3: return adaptiveMaxPool1d(1, file: file, line: line)
        case 4: return adaptiveMaxPool2d(1, file: file, line: line)
        default: return adaptiveMaxPool3d(1, file: file, line: line)
        }
    }
}

extension Operation {
    static let globalMaxPool = Operation(
        "globalMaxPool", dtypes: DType.realFloating,
        [
            Sample("F.adaptive_max_pool1d(x, 1)", [Input([2, 3, 7])]) { $0[0].globalMaxPool() },
            Sample("F.adaptive_max_pool2d(x, 1)", [Input([2, 5, 3, 4])]) { $0[0].globalMaxPool() },
            Sample("F.adaptive_max_pool3d(x, 1)", [Input([1, 2, 3, 2, 2])]) { $0[0].globalMaxPool() },
        ])
}

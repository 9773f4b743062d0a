extension Tensor {
    /// The hinge loss of a classifier of two classes, max(0, 1 - y x), or its square.
    ///
    /// - Parameters:
    ///   - target: y in the scores' shape, 1 or -1.
    ///   - squared: whether the losses are squared, which makes them smooth.
    ///   - reduction: over all elements.
    public func hingeLoss(
        _ target: Tensor, squared: Bool = false, reduction: LossReduction = .mean,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let (x, y, type) = lossOperands(target, "hingeLoss", CallSite(file: file, line: line))
        let losses = (1 - y * x).relu()
        return (squared ? losses.square() : losses).reduced(reduction, as: type)
    }
}

extension Operation {
    static let hingeLoss = Operation(
        "hingeLoss", dtypes: DType.realFloating,
        [
            Sample("(1 - x * y).clamp(min=0).mean()", [Input([3, 4]), Input([3, 4])]) {
                $0[0].hingeLoss($0[1])
            },
            Sample("(1 - x * y).clamp(min=0) ** 2", [Input([3, 4]), Input([3, 4])]) {
                $0[0].hingeLoss($0[1], squared: true, reduction: .none)
            },
        ])
}

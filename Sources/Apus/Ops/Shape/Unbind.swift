extension Tensor {
    /// The slices along an axis, without it: views.
    ///
    /// Their gradients are written into one stack, each into its place, so that a loop over time costs as much
    /// as the whole.
    public func unbind(axis: Int = 0, file: StaticString = #fileID, line: UInt = #line) -> [Tensor] {
        let axis = self.axis(axis, "unbind", CallSite(file: file, line: line))
        return (0..<shape[axis]).map { narrow(axis: axis, start: $0, count: 1).squeeze(axis: axis) }
    }
}

extension Operation {
    static let unbind = Operation(
        "unbind", dtypes: DType.everything,
        [
            Sample("x.unbind()[2]", [Input([3, 4])]) { $0[0].unbind().part(2) },
            Sample("x.unbind(-2)[0]", [Input([2, 3, 4])]) { $0[0].unbind(axis: -2).part(0) },
            Sample("x.unbind(1)[0] * x.unbind(1)[2]", [Input([2, 3, 4])]) {
                let slices = $0[0].unbind(axis: 1)
                return slices.part(0) * slices.part(2)
            },
        ])
}

extension Tensor {
    /// The first half of an axis times the sigmoid of the second: a gated linear unit (Dauphin et al.,
    /// 2016). Integers give float32.
    public func glu(axis: Int = -1, file: StaticString = #fileID, line: UInt = #line) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("glu", site)
        let axis = self.axis(axis, "glu", site)
        let half = shape[axis] / 2
        if shape[axis] % 2 != 0 {
            fail("glu", "axis \(axis) of shape \(shape) has no two halves", at: site)
        }
        return x.narrow(axis: axis, start: 0, count: half)
            * x.narrow(axis: axis, start: half, count: half).sigmoid()
    }
}

extension Operation {
    static let glu = Operation(
        "glu", dtypes: DType.realFloating,
        [
            Sample("F.glu(x)", [Input([3, 4])]) { $0[0].glu() },
            Sample("F.glu(x, 1)", [Input([2, 6, 3])]) { $0[0].glu(axis: 1) },
        ])
}

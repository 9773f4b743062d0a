extension Tensor {
    /// True where |a - b| ≤ absolute + relative · |b|, and where both are equal, infinity included.
    ///
    /// - Parameter equalNaN: two NaNs count as close.
    public func isClose(
        _ other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false
    ) -> Tensor {
        if Shape.broadcast(shape, other.shape) == nil {
            fail("isClose", "shapes \(shape) and \(other.shape) do not broadcast together")
        }
        let (a, b) = TypeRule.element.promoted(detach(), other.detach())
        let common = a.dtype
        var close = a .== b
        if equalNaN { close = close .| (a.isNaN() .& b.isNaN()) }
        if !common.isDifferentiable && relative == 0 && absolute == 0 { return close }
        // Unsigned differences would wrap around.
        let (x, y) = common.isDifferentiable ? (a, b) : (a.to(.float64), b.to(.float64))
        let near = (x - y).abs() .<= (y.abs() * relative + absolute)
        return close .| (near .& y.isFinite())
    }

    /// Whether every element is close to its counterpart; see `isClose`.
    public func allClose(
        _ other: Tensor, relative: Double = 1e-5, absolute: Double = 1e-8, equalNaN: Bool = false
    ) -> Bool {
        let close = isClose(other, relative: relative, absolute: absolute, equalNaN: equalNaN)
        return close.all().item()
    }
}

extension Operation {
    static let isClose = Operation(
        "isClose", dtypes: DType.everything, isDifferentiable: false,
        [
            Sample("torch.isclose(x, y)", [Input([3, 4]), Input([3, 4])]) { $0[0].isClose($0[1]) }
        ])
}

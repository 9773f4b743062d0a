extension Tensor {
    /// x where it is positive, elsewhere x times a slope drawn for each element uniformly from
    /// [lower, upper) (Xu et al., 2015). Without randomness it is `leakyReLU` with the mean slope.
    public func rrelu(
        lower: Double = 1.0 / 8, upper: Double = 1.0 / 3, using generator: RandomGenerator = .default,
        file: StaticString = #fileID, line: UInt = #line
    ) -> Tensor {
        let site = CallSite(file: file, line: line)
        let x = realFloating("rrelu", site)
        if !(lower <= upper) || !lower.isFinite || !upper.isFinite {
            fail("rrelu", "there are no slopes from \(lower) up to \(upper)", at: site)
        }
        let slopes = onItsDevice {
            withRowsFirst {
                Tensor.uniform(shape, low: lower, high: upper, dtype: x.dtype, using: generator)
            }
        }
        return x * slopes.maskedFill(x.detach() .> 0, 1)
    }
}

extension Operation {
    static let rrelu = Operation(
        "rrelu", dtypes: DType.realFloating,
        [
            Sample("F.leaky_relu(x, 0.25)", [Input([3, 4])]) {
                $0[0].rrelu(lower: 0.25, upper: 0.25, using: RandomGenerator(seed: 1))
            }
        ])
}

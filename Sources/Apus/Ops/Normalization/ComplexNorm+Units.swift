// Values that are too large or too small for their covariance to have a determinant: they are divided by the
// largest part in their group first.
extension ComplexNorm {
    func momentsInUnits(_ x: Tensor) -> (mean: Tensor, covariance: Tensor) {
        let (d, mean, unit) = centeredInUnits(x, squaringEpsilon: 0)
        let covariance = covariances(d, average)
        let wide = unit.to(.float64)
        let parts = [covariance.rr, covariance.ii, covariance.ri].map {
            ($0.to(.float64) * wide * wide).reshape([-1])
        }
        return ((mean * unit).reshape([-1]), Tensor.stack(parts, axis: 1))
    }

    /// Deviations from the mean, the mean, and the units of both.
    private func centeredInUnits(_ x: Tensor, squaringEpsilon epsilon: Double)
        -> (d: PartTensors, mean: Tensor, unit: Tensor)
    {
        let grouped = x.reshape(x.shape.grouped(groups))
        let unit = grouped.squaringUnit(axes: axes, epsilon: epsilon)
        let values = grouped / unit
        let mean = values.mean(axes: axes, keepDims: true)
        return (PartTensors(values - mean), mean, unit)
    }

    func inUnits(_ inputs: [Tensor]) -> Tensor {
        let operands = ComplexNormOperands(inputs, self, takesMoments: false)
        let x = operands.x
        let (d, _, unit) = centeredInUnits(x, squaringEpsilon: epsilon)
        let white = covariances(d, average).whitening(epsilon: (epsilon.squareRoot() / unit).square())(d)
        let (channels, type) = (x.shape[1], x.dtype.realType)
        let broadcastable = [1, groups, channels / groups, 1]
        var value = white
        if let weight = operands.weight {
            value = SymmetricTensors(weight.to(type).reshape(broadcastable + [3]))(value)
        }
        if let bias = operands.bias { value = value + PartTensors(bias.to(x.dtype).reshape(broadcastable)) }
        let result = Tensor.complex(real: value.re, imaginary: value.im).reshape(x.shape)
        return activation == .relu ? result.crelu() : result
    }
}

// Lengths whose squares a type can hold, and what is done about others.

extension DType {
    /// The lengths whose squares and cubes (which second derivatives have), and sums of these, neither overflow nor
    /// lose digits to underflow.
    var squarable: ClosedRange<Double> {
        realType == .float64 ? 1e-100...1e100 : 1e-12...1e12
    }
}

extension ClosedRange<Double> {
    var squared: ClosedRange<Double> { (lowerBound * lowerBound)...(upperBound * upperBound) }
    /// The range of the reciprocals.
    var inverse: ClosedRange<Double> { (1 / upperBound)...(1 / lowerBound) }
}

extension Tensor {
    /// Whether all real elements lie in a range; NaN does not. A test of small results, which costs one look at them.
    func isWithin(_ range: ClosedRange<Double>, orZero: Bool = false) -> Bool {
        let values = rowMajor()
        return kernels.areWithin(values.start, values.dtype, count: values.count, range, orZero: orZero)
    }

    /// Whether every element, or both parts of it, is a number and finite.
    var isAllFinite: Bool {
        let parts = dtype.isComplex ? rowMajor().flatten().viewAsReal() : self
        let largest =
            parts.dtype == .float64 ? Double.greatestFiniteMagnitude : Double(Float.greatestFiniteMagnitude)
        return parts.isWithin(-largest...largest)
    }

    /// This tensor times gradient / length, and 0 where the length is 0. It is right even where the quotient overflows
    /// or underflows and the product does not: elements of this tensor are not much larger than the length.
    func scaled(by gradient: Tensor, over length: Tensor) -> Tensor {
        Tensor.apply(ScaledByQuotient(), to: [self, gradient, length], at: nil)
    }

    /// The largest magnitude over `axes` (of complex elements that of the parts), kept as axes of 1 and without history:
    /// what elements are divided by before they are squared. At least √ε, and 1 where all is zero.
    func squaringUnit(axes: [Int], epsilon: Double = 0) -> Tensor {
        let values = detach()
        let magnitudes = dtype.isComplex ? values.real.abs().maximum(values.imaginary.abs()) : values.abs()
        let largest = magnitudes.max(axes: axes, keepDims: true).maximum(Swift.abs(epsilon).squareRoot())
        return largest.maskedFill(largest .== 0, 1)
    }

    /// self / √(mean(self²) + ε) over `axes`, or (self - mean) / √(variance + ε) where it is `centered`, in units of the
    /// largest magnitudes: for elements that are too large or too small to be squared.
    func normalizedInUnits(axes: [Int], epsilon: Double, centered: Bool) -> Tensor {
        let unit = squaringUnit(axes: axes, epsilon: epsilon)
        let scaled = self / unit
        let values = centered ? scaled - scaled.mean(axes: axes, keepDims: true) : scaled
        let rest = (Swift.abs(epsilon).squareRoot() / unit).square() * (epsilon < 0 ? -1.0 : 1)
        return values * (values.square().mean(axes: axes, keepDims: true) + rest).rsqrt()
    }
}

private struct ScaledByQuotient: SingleResult {
    var name: String { "scaledByQuotient" }

    func value(of inputs: [Tensor]) -> Tensor {
        composed(inputs, isOrdinary: isOrdinary(inputs[0], inputs[2]))
    }
    func saved(for needs: [Bool]) -> Saved { .inputs }

    func gradients(_ backward: Backward) -> [Tensor?] {
        let isOrdinary = isOrdinary(backward.input(0), backward.input(2))
        return Tensor.pullback(backward, inputs: [0, 1, 2]) { composed($0, isOrdinary: isOrdinary) }
    }

    /// Whether quotients by these lengths neither overflow nor underflow. This reads values.
    private func isOrdinary(_ x: Tensor, _ length: Tensor) -> Bool {
        length.detach().isWithin(x.dtype.squarable, orZero: true)
    }

    /// In tensor operations.
    private func composed(_ inputs: [Tensor], isOrdinary: Bool) -> Tensor {
        let (x, length) = (inputs[0], inputs[2])
        let isZero = length.detach() .== 0
        let gradient = inputs[1].maskedFill(isZero, 0)
        let divisor = length.maskedFill(isZero, 1)
        return isOrdinary ? x * (gradient / divisor) : x / divisor * gradient
    }

    func reach(inputs: [Shape], result: Shape) -> Reach { .elementwise }
}

/// Random numbers. Each element's depends on the generator's state and the element's index alone, so that every device
/// and any number of threads can draw the same: Philox 4×32-10, by the numbers of a `RandomStretch`.
package protocol RandomCalls: DeviceCalls {
    /// Uniform in [low, high).
    ///
    /// - Parameters:
    ///   - dtype: float32 or float64, in which numbers are computed.
    ///   - range: rounding leads no result out of it.
    func drawUniform(
        into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int, _ stretch: RandomStretch,
        low: Double, high: Double, within range: ClosedRange<Double>)

    /// Normal with the given mean and standard deviation.
    ///
    /// - Parameter dtype: float32 or float64, in which numbers are computed.
    func drawNormal(
        into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int, _ stretch: RandomStretch,
        mean: Double, standardDeviation: Double)

    /// Booleans, true with the given probability.
    func drawBernoulli(
        into result: UnsafeMutableRawPointer, count: Int, _ stretch: RandomStretch, probability: Double)

    /// int64 numbers in low ..< high.
    func drawIntegers(
        into result: UnsafeMutableRawPointer, count: Int, _ stretch: RandomStretch, low: Int, high: Int)

    /// The int64 numbers 0 ..< count in random order.
    func drawPermutation(into result: UnsafeMutableRawPointer, count: Int, _ state: RandomGenerator.State)

    /// Keeps each contiguous element with probability 1 - p, scaled by 1 / (1 - p), and sets the others to zero.
    ///
    /// The gradient is the same function of the output's gradient with the same state. The result may be `x`.
    ///
    /// - Parameter dtype: float32, float64, complex64 or complex128.
    func dropout(
        _ x: UnsafeRawPointer, into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int,
        _ stretch: RandomStretch, probability: Double)
}

extension RandomCalls {
    package func drawUniform(
        into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int, _ stretch: RandomStretch,
        low: Double, high: Double, within range: ClosedRange<Double>
    ) { lacks() }

    package func drawNormal(
        into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int, _ stretch: RandomStretch,
        mean: Double, standardDeviation: Double
    ) { lacks() }

    package func drawBernoulli(
        into result: UnsafeMutableRawPointer, count: Int, _ stretch: RandomStretch, probability: Double
    ) { lacks() }

    package func drawIntegers(
        into result: UnsafeMutableRawPointer, count: Int, _ stretch: RandomStretch, low: Int, high: Int
    ) { lacks() }

    package func drawPermutation(
        into result: UnsafeMutableRawPointer, count: Int, _ state: RandomGenerator.State
    ) { lacks() }

    package func dropout(
        _ x: UnsafeRawPointer, into result: UnsafeMutableRawPointer, _ dtype: DType, count: Int,
        _ stretch: RandomStretch, probability: Double
    ) { lacks() }
}

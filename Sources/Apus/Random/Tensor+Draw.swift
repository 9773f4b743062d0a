import ApusKernels

// What the random operations share: types, threads, and the numbers of a stream.

extension Tensor {
    /// Computes elements `first ..< first + count` of a draw into the place of element `first`.
    typealias Drawing<T> = (_ out: UnsafeMutablePointer<T>, _ count: Int, _ first: Int) -> Void

    /// Calls `body` over all of `count` elements at `start`, on as many threads as are worth it. An
    /// element's number depends on its index alone, so the split changes nothing.
    static func drawing<T>(into start: UnsafeMutableRawPointer, _ count: Int, _ body: Drawing<T>) {
        let out = start.assumingMemoryBound(to: T.self)
        Parallel.ranges(count, grain: 16_384) { body(out + $0.lowerBound, $0.count, $0.lowerBound) }
    }

    /// Stops the program where `drawn` has no numbers of a type, or a shape is none.
    static func checkDraw(_ operation: String, _ shape: Shape, _ dtype: DType, _ site: CallSite) {
        checkShape(shape, operation, site)
        if !dtype.isDifferentiable {
            fail(operation, "draws floating-point numbers, not \(dtype); see randomIntegers", at: site)
        }
    }

    /// A floating-point tensor filled by one of two kernels: float32's, which also makes the 16-bit
    /// types, and float64's. A complex tensor is filled as twice as many reals.
    static func drawn(
        _ shape: Shape, _ dtype: DType, _ generator: RandomGenerator,
        float: (RandomGenerator.State) -> Drawing<Float>, double: (RandomGenerator.State) -> Drawing<Double>
    ) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype.isHalf ? .float32 : dtype)
        let reals = dtype.isComplex ? 2 * result.count : result.count
        let state = generator.draw(reals)
        if dtype.realType == .float64 {
            drawing(into: result.base, reals, double(state))
        } else {
            drawing(into: result.base, reals, float(state))
        }
        return result.converted(to: dtype)
    }
}

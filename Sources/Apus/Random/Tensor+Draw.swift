// What the random operations share: types, and the numbers of a stream.

extension Tensor {
    /// Stops the program where `drawn` has no numbers of a type, or a shape is none.
    static func checkDraw(_ operation: String, _ shape: Shape, _ dtype: DType, _ site: CallSite) {
        checkShape(shape, operation, site)
        if !dtype.isDifferentiable {
            fail(operation, "draws floating-point numbers, not \(dtype); see randomIntegers", at: site)
        }
    }

    /// A floating-point tensor filled by `fill`, which gets the memory, the type and the number of elements, and the
    /// stretch of the stream that is theirs. The 16-bit types are drawn in float32, complex numbers as twice as many
    /// reals.
    static func drawn(
        _ shape: Shape, _ dtype: DType, _ generator: RandomGenerator, _ rows: BatchRows?, _ operation: String,
        _ fill: (UnsafeMutableRawPointer, DType, Int, RandomStretch) -> Void
    ) -> Tensor {
        let result = Tensor(uninitialized: shape, dtype.isHalf ? .float32 : dtype)
        let parts = dtype.isComplex ? 2 : 1
        fill(
            result.base, result.dtype.realType, parts * result.count,
            generator.draw(shape, rows: rows, words: parts, operation))
        return result.converted(to: dtype)
    }
}

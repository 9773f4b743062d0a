/// Matrix products.
package protocol ProductCalls: DeviceCalls {
    /// C = A·B, or C += A·B, then bias and ReLU, for each of `batch` products.
    ///
    /// - Parameters:
    ///   - a: m × k; its rows or its columns are contiguous (column stride 1 or row stride 1, the other
    ///     stride at least the run's length).
    ///   - b: k × n, likewise.
    ///   - c: m × n, row-major without gaps; overlaps neither operand.
    ///   - conjugatesA: takes the complex conjugates of A's elements; means nothing to real types.
    ///   - conjugatesB: likewise.
    ///   - bias: n elements added to every row, or nil.
    ///   - relu: max(0, ·) after the bias; float32 only.
    ///   - accumulate: adds to what `c` holds instead of overwriting it.
    ///   - aBatchStride, bBatchStride, cBatchStride: in elements; an operand's may be 0, which uses it in every product.
    ///     Results must not overlap.
    /// - Note: m, n or k may be 0; k = 0 is a product of zeros. A product of bools is the logical
    ///   "or" of "and"s; integers wrap around.
    func multiplyBatched(
        _ dtype: DType, batch: Int, m: Int, n: Int, k: Int, a: UnsafeRawPointer, aRowStride: Int,
        aColumnStride: Int, aBatchStride: Int, b: UnsafeRawPointer, bRowStride: Int, bColumnStride: Int,
        bBatchStride: Int, c: UnsafeMutableRawPointer, cBatchStride: Int, conjugatesA: Bool,
        conjugatesB: Bool, bias: UnsafeRawPointer?, relu: Bool, accumulate: Bool)
}

extension ProductCalls {
    package func multiplyBatched(
        _ dtype: DType, batch: Int, m: Int, n: Int, k: Int, a: UnsafeRawPointer, aRowStride: Int,
        aColumnStride: Int, aBatchStride: Int, b: UnsafeRawPointer, bRowStride: Int, bColumnStride: Int,
        bBatchStride: Int, c: UnsafeMutableRawPointer, cBatchStride: Int, conjugatesA: Bool,
        conjugatesB: Bool, bias: UnsafeRawPointer?, relu: Bool, accumulate: Bool
    ) { lacks() }
}

extension ProductCalls {
    /// One product; see `multiplyBatched`.
    @inline(__always)
    func multiply(
        _ dtype: DType, m: Int, n: Int, k: Int,
        a: UnsafeRawPointer, aRowStride: Int, aColumnStride: Int,
        b: UnsafeRawPointer, bRowStride: Int, bColumnStride: Int,
        c: UnsafeMutableRawPointer, conjugatesA: Bool = false, conjugatesB: Bool = false,
        bias: UnsafeRawPointer? = nil, relu: Bool = false
    ) {
        multiplyBatched(
            dtype, batch: 1, m: m, n: n, k: k,
            a: a, aRowStride: aRowStride, aColumnStride: aColumnStride, aBatchStride: 0,
            b: b, bRowStride: bRowStride, bColumnStride: bColumnStride, bBatchStride: 0,
            c: c, cBatchStride: m * n, conjugatesA: conjugatesA, conjugatesB: conjugatesB, bias: bias,
            relu: relu, accumulate: false)
    }

    /// Products alone, without bias and ReLU; see there.
    func multiplyBatched(
        _ dtype: DType, batch: Int, m: Int, n: Int, k: Int,
        a: UnsafeRawPointer, aRowStride: Int, aColumnStride: Int, aBatchStride: Int,
        b: UnsafeRawPointer, bRowStride: Int, bColumnStride: Int, bBatchStride: Int,
        c: UnsafeMutableRawPointer, cBatchStride: Int, conjugatesA: Bool = false, conjugatesB: Bool = false
    ) {
        multiplyBatched(
            dtype, batch: batch, m: m, n: n, k: k,
            a: a, aRowStride: aRowStride, aColumnStride: aColumnStride, aBatchStride: aBatchStride,
            b: b, bRowStride: bRowStride, bColumnStride: bColumnStride, bBatchStride: bBatchStride,
            c: c, cBatchStride: cBatchStride, conjugatesA: conjugatesA, conjugatesB: conjugatesB, bias: nil,
            relu: false, accumulate: false)
    }
}

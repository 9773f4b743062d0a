import ApusKernelBase
import ApusCore

/// Matrix products.
///
/// float32 runs in oneDNN, float64 and complex128 in OpenBLAS, bfloat16 in oneDNN with float32
/// accumulation, float16 by conversion to float32; integers in loops of our own. complex64 products run on the
/// processor's matrix tiles where it has such, else as real ones in oneDNN or in OpenBLAS. The result
/// does not depend on the number of threads.
package enum MatrixKernels {
    /// C = A·B, or C += A·B, then bias and ReLU.
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
    /// - Note: m, n or k may be 0; k = 0 is a product of zeros. A product of bools is the logical
    ///   "or" of "and"s; integers wrap around.
    package static func multiply(
        _ dtype: DType, m: Int, n: Int, k: Int,
        a: UnsafeRawPointer, aRowStride: Int, aColumnStride: Int,
        b: UnsafeRawPointer, bRowStride: Int, bColumnStride: Int,
        c: UnsafeMutableRawPointer, conjugatesA: Bool = false, conjugatesB: Bool = false,
        bias: UnsafeRawPointer? = nil, relu: Bool = false, accumulate: Bool = false
    ) {
        multiplyBatched(
            dtype, batch: 1, m: m, n: n, k: k,
            a: a, aRowStride: aRowStride, aColumnStride: aColumnStride, aBatchStride: 0,
            b: b, bRowStride: bRowStride, bColumnStride: bColumnStride, bBatchStride: 0,
            c: c, cBatchStride: m * n, conjugatesA: conjugatesA, conjugatesB: conjugatesB, bias: bias,
            relu: relu, accumulate: accumulate)
    }

    /// `multiply` for each of `batch` products. Batch strides are in elements; that of an operand may be
    /// 0, which uses it in every product. The products' results must not overlap.
    package static func multiplyBatched(
        _ dtype: DType, batch: Int, m: Int, n: Int, k: Int,
        a: UnsafeRawPointer, aRowStride: Int, aColumnStride: Int, aBatchStride: Int,
        b: UnsafeRawPointer, bRowStride: Int, bColumnStride: Int, bBatchStride: Int,
        c: UnsafeMutableRawPointer, cBatchStride: Int, conjugatesA: Bool = false, conjugatesB: Bool = false,
        bias: UnsafeRawPointer? = nil, relu: Bool = false, accumulate: Bool = false
    ) {
        if batch == 0 || m == 0 || n == 0 { return }
        if relu && dtype != .float32 { fail("matrix product", "fused ReLU needs float32, not \(dtype)") }
        let product = MatrixProduct(
            dtype: dtype, batch: batch, m: m, n: n, k: k,
            a: MatrixOperand(
                a, aRowStride, aColumnStride, rows: m, columns: k,
                isConjugated: conjugatesA && dtype.isComplex),
            aBatchStride: aBatchStride,
            b: MatrixOperand(
                b, bRowStride, bColumnStride, rows: k, columns: n,
                isConjugated: conjugatesB && dtype.isComplex),
            bBatchStride: bBatchStride,
            c: c, cBatchStride: cBatchStride, bias: bias, relu: relu, accumulate: accumulate)
        if k == 0 { return product.finishEmpty() }
        if product.multiplyVector() { return }
        switch dtype {
        case .float32: product.multiplyFloat32()
        case .float64: product.multiplyFloat64()
        case .complex64: product.multiplyComplex64()
        case .complex128: product.multiplyComplex128()
        case .bfloat16: product.multiplyBFloat16()
        case .float16: product.multiplyThroughFloat32()
        case .bool, .uint8, .int32, .int64: product.multiplyIntegers()
        }
    }
}

import ApusKernels

extension CPUKernels {
    package func multiplyBatched(
        _ dtype: DType, batch: Int, m: Int, n: Int, k: Int, a: UnsafeRawPointer, aRowStride: Int,
        aColumnStride: Int, aBatchStride: Int, b: UnsafeRawPointer, bRowStride: Int, bColumnStride: Int,
        bBatchStride: Int, c: UnsafeMutableRawPointer, cBatchStride: Int, conjugatesA: Bool,
        conjugatesB: Bool, bias: UnsafeRawPointer?, relu: Bool, accumulate: Bool
    ) {
        access {
            MatrixKernels.multiplyBatched(
                dtype, batch: batch, m: m, n: n, k: k, a: a, aRowStride: aRowStride,
                aColumnStride: aColumnStride, aBatchStride: aBatchStride, b: b, bRowStride: bRowStride,
                bColumnStride: bColumnStride, bBatchStride: bBatchStride, c: c, cBatchStride: cBatchStride,
                conjugatesA: conjugatesA, conjugatesB: conjugatesB, bias: bias, relu: relu,
                accumulate: accumulate)
        }
    }
}

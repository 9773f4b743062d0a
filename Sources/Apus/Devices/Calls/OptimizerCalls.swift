import ApusKernelCalls

/// Whole optimizer steps in one pass over memory.
package protocol OptimizerCalls: DeviceCalls {
    /// One step of `kernel`'s formula, in place, on all arrays, whose elements are of `dtype`, float32 or float64.
    ///
    /// - Returns: what the formula adds up over each of the arrays.
    func step(_ kernel: OptimizerKernel, _ arrays: [OptimizerArrays], _ dtype: DType) -> [SIMD2<Double>]
}

extension OptimizerCalls {
    package func step(_ kernel: OptimizerKernel, _ arrays: [OptimizerArrays], _ dtype: DType) -> [SIMD2<
        Double
    >] {
        lacks()
    }
}

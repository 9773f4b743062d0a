import ApusKernels

extension CPUKernels {
    package func step(_ kernel: OptimizerKernel, _ arrays: [OptimizerArrays], _ dtype: DType) -> [SIMD2<
        Double
    >] {
        access { kernel.run(arrays, dtype) }
    }
}

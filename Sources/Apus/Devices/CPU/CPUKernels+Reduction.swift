import ApusKernels

extension CPUKernels {
    package func run(
        _ kernel: ReductionKernel, _ x: Operand, kept: [Int], folded: [Int],
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?
    ) {
        access { kernel.run(x, kept: kept, folded: folded, into: result, output, divisor: divisor) }
    }

    package func runRows(
        _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?
    ) {
        access {
            kernel.runRows(x, dtype, rows: rows, length: length, into: result, output, divisor: divisor)
        }
    }

    package func runColumns(
        _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, columns: Int,
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?
    ) {
        access {
            kernel.runColumns(x, dtype, rows: rows, columns: columns, into: result, output, divisor: divisor)
        }
    }
}

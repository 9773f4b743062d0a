import ApusKernelCalls

/// Reduction kernels over their operands. A divisor is what each result is divided by at the end, for means.
package protocol ReductionCalls: DeviceCalls {
    /// Folds the axes `folded` of `x` for every index of the axes `kept`.
    ///
    /// - Parameter result: row-major over the kept axes, of the type `output`.
    func run(
        _ kernel: ReductionKernel, _ x: Operand, kept: [Int], folded: [Int],
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?)

    /// One result for each of `rows` contiguous rows of `length` elements, none of them empty, of a type
    /// that kernels compute in.
    func runRows(
        _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?)

    /// One result for each of `columns` contiguous columns, none of them empty, of a type that kernels
    /// compute in.
    func runColumns(
        _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, columns: Int,
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?)
}

extension ReductionCalls {
    package func run(
        _ kernel: ReductionKernel, _ x: Operand, kept: [Int], folded: [Int],
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?
    ) { lacks(kernel.name) }

    package func runRows(
        _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?
    ) { lacks(kernel.name) }

    package func runColumns(
        _ kernel: ReductionKernel, _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, columns: Int,
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int?
    ) { lacks(kernel.name) }
}

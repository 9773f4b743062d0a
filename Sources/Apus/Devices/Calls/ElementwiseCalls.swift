import ApusKernelCalls

/// Elementwise kernels over their operands.
///
/// The dense forms take contiguous operands of a type that the kernel computes in, the others operands of any strides
/// and types in the result's shape, which they convert to the type `compute` and back. Numbers lie in the program's
/// memory, in the type that is computed in, and are the left operand where `isFirst`.
package protocol ElementwiseCalls: DeviceCalls {
    func runDense(
        _ kernel: UnaryKernel, _ a: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ count: Int,
        _ dtype: DType)

    func run(_ kernel: UnaryKernel, _ a: Operand, into result: Operand, computing compute: DType)

    /// The result may be one of the operands.
    func runDense(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
        _ result: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType)

    func runDense(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, number: UnsafeRawPointer, isFirst: Bool,
        _ result: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType)

    /// With `b` repeated as the plan says; it is the left operand where `isFirst`. The result may be `a`.
    func runBroadcast(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isFirst: Bool,
        _ plan: BroadcastPlan, _ result: UnsafeMutableRawPointer, _ dtype: DType)

    func run(
        _ kernel: BinaryKernel, _ a: Operand, _ b: Operand, into result: Operand, computing compute: DType)

    func run(
        _ kernel: BinaryKernel, _ a: Operand, number: UnsafeMutableRawPointer, isFirst: Bool,
        into result: Operand, computing compute: DType)

    func run(
        _ kernel: TernaryKernel, _ a: Operand, _ b: Operand, _ c: Operand, into result: Operand,
        computing compute: DType)
}

extension ElementwiseCalls {
    package func runDense(
        _ kernel: UnaryKernel, _ a: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ count: Int,
        _ dtype: DType
    ) { lacks(kernel.name) }

    package func run(_ kernel: UnaryKernel, _ a: Operand, into result: Operand, computing compute: DType) {
        lacks(kernel.name)
    }

    package func runDense(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
        _ result: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType
    ) { lacks(kernel.name) }

    package func runDense(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, number: UnsafeRawPointer, isFirst: Bool,
        _ result: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType
    ) { lacks(kernel.name) }

    package func runBroadcast(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isFirst: Bool,
        _ plan: BroadcastPlan, _ result: UnsafeMutableRawPointer, _ dtype: DType
    ) { lacks(kernel.name) }

    package func run(
        _ kernel: BinaryKernel, _ a: Operand, _ b: Operand, into result: Operand, computing compute: DType
    ) { lacks(kernel.name) }

    package func run(
        _ kernel: BinaryKernel, _ a: Operand, number: UnsafeMutableRawPointer, isFirst: Bool,
        into result: Operand, computing compute: DType
    ) { lacks(kernel.name) }

    package func run(
        _ kernel: TernaryKernel, _ a: Operand, _ b: Operand, _ c: Operand, into result: Operand,
        computing compute: DType
    ) { lacks(kernel.name) }
}

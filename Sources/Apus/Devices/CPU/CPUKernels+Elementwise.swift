import ApusKernels

extension CPUKernels {
    package func runDense(
        _ kernel: UnaryKernel, _ a: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ count: Int,
        _ dtype: DType
    ) {
        access { kernel.runDense(a, result, count, dtype) }
    }

    package func run(_ kernel: UnaryKernel, _ a: Operand, into result: Operand, computing compute: DType) {
        access { kernel.run(a, into: result, computing: compute) }
    }

    package func runDense(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer,
        _ result: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType
    ) {
        access { kernel.runDense(a, b, result, count, dtype) }
    }

    package func runDense(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, number: UnsafeRawPointer, isFirst: Bool,
        _ result: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType
    ) {
        access { kernel.runDense(a, number: number, isFirst: isFirst, result, count, dtype) }
    }

    package func runBroadcast(
        _ kernel: BinaryKernel, _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isFirst: Bool,
        _ plan: BroadcastPlan, _ result: UnsafeMutableRawPointer, _ dtype: DType
    ) {
        access { kernel.runBroadcast(a, b, isFirst: isFirst, plan, result, dtype) }
    }

    package func run(
        _ kernel: BinaryKernel, _ a: Operand, _ b: Operand, into result: Operand, computing compute: DType
    ) {
        access { kernel.run(a, b, into: result, computing: compute) }
    }

    package func run(
        _ kernel: BinaryKernel, _ a: Operand, number: UnsafeMutableRawPointer, isFirst: Bool,
        into result: Operand, computing compute: DType
    ) {
        let shape = result.layout.shape
        let broadcast = Operand(
            number, compute, Layout(shape: shape, strides: [Int](repeating: 0, count: shape.count)))
        access {
            kernel.run(isFirst ? broadcast : a, isFirst ? a : broadcast, into: result, computing: compute)
        }
    }

    package func run(
        _ kernel: TernaryKernel, _ a: Operand, _ b: Operand, _ c: Operand, into result: Operand,
        computing compute: DType
    ) {
        access { kernel.run(a, b, c, into: result, computing: compute) }
    }
}

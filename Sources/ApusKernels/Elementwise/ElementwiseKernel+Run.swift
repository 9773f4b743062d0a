import ApusKernelBase
import ApusCore

extension ElementwiseKernel where Block == UnaryBlock {
    /// All operands contiguous and of the kernel's types: one call of the loop a thread.
    package func runDense(
        _ a: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType
    ) {
        let entry = entry(dtype)!
        let (inSize, outSize) = (dtype.size, entry.output.size)
        Parallel.ranges(count, grain: elementwiseGrain) { range in
            entry.run(a + range.lowerBound * inSize, result + range.lowerBound * outSize, range.count)
        }
    }

    /// Any strides; `a` has the result's shape (broadcast by stride 0). Computes in `compute`.
    package func run(_ a: Operand, into result: Operand, computing compute: DType) {
        let entry = entry(compute)!
        forEachBlock([a], as: [compute], into: result, entry.output) { inputs, output, n in
            entry.run(inputs[0], output, n)
        }
    }
}

extension ElementwiseKernel where Block == BinaryBlock {
    package func runDense(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ count: Int,
        _ dtype: DType
    ) {
        let entry = entry(dtype)!
        let (inSize, outSize) = (dtype.size, entry.output.size)
        let streams = entry.block.runNumber != nil && isStreamed(result, count * outSize, a, b)
        Parallel.ranges(count, grain: elementwiseGrain) { range in
            forEachPiece(of: range, in: result, size: outSize, streams: streams) { start, n, target in
                entry.run(a + start * inSize, b + start * inSize, target, n)
            }
        }
    }

    /// Contiguous elements with one number, the left operand where `isFirst`.
    package func runDense(
        _ a: UnsafeRawPointer, number: UnsafeRawPointer, isFirst: Bool, _ result: UnsafeMutableRawPointer,
        _ count: Int, _ dtype: DType
    ) {
        runBroadcast(a, number, isFirst: isFirst, BroadcastPlan(number: count), result, dtype)
    }

    package func run(_ a: Operand, _ b: Operand, into result: Operand, computing compute: DType) {
        let entry = entry(compute)!
        forEachBlock([a, b], as: [compute, compute], into: result, entry.output) { inputs, output, n in
            entry.run(inputs[0], inputs[1], output, n)
        }
    }
}

extension ElementwiseKernel where Block == TernaryBlock {
    package func run(_ a: Operand, _ b: Operand, _ c: Operand, into result: Operand, computing compute: DType)
    {
        let entry = entry(compute)!
        forEachBlock([a, b, c], as: [compute, compute, compute], into: result, entry.output) {
            inputs, output, n in
            entry.run(inputs[0], inputs[1], inputs[2], output, n)
        }
    }
}

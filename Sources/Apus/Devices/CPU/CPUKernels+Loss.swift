import ApusKernels

extension CPUKernels {
    package func runLosses(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, into result: UnsafeMutableRawPointer
    ) {
        access { kernel.runLosses(x, y, dtype, count: count, parameter: parameter, into: result) }
    }

    package func runSum(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, divisor: Int, into result: UnsafeMutableRawPointer
    ) {
        access {
            kernel.runSum(x, y, dtype, count: count, parameter: parameter, divisor: divisor, into: result)
        }
    }

    package func runSlopes(
        _ kernel: LossKernel, _ x: UnsafeRawPointer, _ y: UnsafeRawPointer, _ dtype: DType, count: Int,
        parameter: Double, factors: UnsafeRawPointer, isOneFactor: Bool,
        into result: UnsafeMutableRawPointer
    ) {
        access {
            kernel.runSlopes(
                x, y, dtype, count: count, parameter: parameter, factors: factors, isOneFactor: isOneFactor,
                into: result)
        }
    }

    package func ctcLoss(
        _ x: UnsafeRawPointer, _ dtype: DType, _ form: CTCForm, labels: UnsafeRawPointer,
        inputLengths: UnsafeRawPointer, targetLengths: UnsafeRawPointer,
        paths: UnsafeMutableRawPointer, losses: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.ctcLoss(
                x, dtype, form, labels: labels.assumingMemoryBound(to: Int64.self),
                inputLengths: inputLengths.assumingMemoryBound(to: Int64.self),
                targetLengths: targetLengths.assumingMemoryBound(to: Int64.self), paths: paths,
                losses: losses)
        }
    }

    package func ctcGradient(
        _ x: UnsafeRawPointer, _ dtype: DType, _ form: CTCForm, labels: UnsafeRawPointer,
        inputLengths: UnsafeRawPointer, targetLengths: UnsafeRawPointer, paths: UnsafeRawPointer,
        losses: UnsafeRawPointer, factors: UnsafeRawPointer, into result: UnsafeMutableRawPointer
    ) {
        access {
            Kernels.ctcGradient(
                x, dtype, form, labels: labels.assumingMemoryBound(to: Int64.self),
                inputLengths: inputLengths.assumingMemoryBound(to: Int64.self),
                targetLengths: targetLengths.assumingMemoryBound(to: Int64.self), paths: paths,
                losses: losses, factors: factors, into: result)
        }
    }
}

import ApusKernelBase
import ApusCore

extension MatrixProduct {
    /// 16-bit operands, converted to float32 and multiplied there; the result is rounded once.
    func multiplyThroughFloat32() {
        let sizeA = m * k
        let sizeB = k * n
        let copiesA = aBatchStride == 0 ? 1 : batch
        let copiesB = bBatchStride == 0 ? 1 : batch
        let wideA = Storage(byteCount: copiesA * sizeA * 4)
        let wideB = Storage(byteCount: copiesB * sizeB * 4)
        let wideC = Storage(byteCount: batch * m * n * 4)
        let wideBias = bias.map { _ in Storage(byteCount: n * 4) }

        // An operand keeps its order: runs along its contiguous axis, without gaps.
        let aIsRowMajor = a.columnStride == 1
        let bIsRowMajor = b.columnStride == 1
        for item in 0..<copiesA {
            widen(
                a.pointer + 2 * item * aBatchStride, wideA.pointer + 4 * item * sizeA,
                runs: aIsRowMajor ? m : k, length: aIsRowMajor ? k : m,
                stride: aIsRowMajor ? a.rowStride : a.columnStride)
        }
        for item in 0..<copiesB {
            widen(
                b.pointer + 2 * item * bBatchStride, wideB.pointer + 4 * item * sizeB,
                runs: bIsRowMajor ? k : n, length: bIsRowMajor ? n : k,
                stride: bIsRowMajor ? b.rowStride : b.columnStride)
        }
        if accumulate {
            for item in 0..<batch {
                widen(
                    UnsafeRawPointer(c) + 2 * item * cBatchStride, wideC.pointer + 4 * item * m * n,
                    runs: m, length: n, stride: n)
            }
        }
        if let bias, let wideBias { widen(bias, wideBias.pointer, runs: 1, length: n, stride: n) }

        var wide = self
        wide.dtype = .float32
        wide.a = MatrixOperand(wideA.pointer, aIsRowMajor ? k : 1, aIsRowMajor ? 1 : m)
        wide.aBatchStride = copiesA == 1 ? 0 : sizeA
        wide.b = MatrixOperand(wideB.pointer, bIsRowMajor ? n : 1, bIsRowMajor ? 1 : k)
        wide.bBatchStride = copiesB == 1 ? 0 : sizeB
        wide.c = wideC.pointer
        wide.cBatchStride = m * n
        wide.bias = wideBias.map { UnsafeRawPointer($0.pointer) }
        if !wide.multiplyVector() { wide.multiplyFloat32() }
        for item in 0..<batch { narrow(wideC.pointer + 4 * item * m * n, c + 2 * item * cBatchStride) }
        withExtendedLifetime((wideA, wideB, wideC, wideBias)) {}
    }

    private func widen(
        _ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, runs: Int, length: Int, stride: Int
    ) {
        let to = to.assumingMemoryBound(to: Float.self)
        let isBFloat16 = dtype == .bfloat16
        Parallel.units(runs, cost: length) { run in
            let row = to + run * length
            if isBFloat16 {
                let source = from.assumingMemoryBound(to: BFloat16.self) + run * stride
                for i in 0..<length { row[i] = Float(source[i]) }
            } else {
                let source = from.assumingMemoryBound(to: Float16.self) + run * stride
                withHalfConversions { for i in 0..<length { row[i] = Float(source[i]) } }
            }
        }
    }

    private func narrow(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer) {
        let from = from.assumingMemoryBound(to: Float.self)
        let isBFloat16 = dtype == .bfloat16
        Parallel.ranges(m * n, grain: 16_384) { range in
            if isBFloat16 {
                let to = to.assumingMemoryBound(to: BFloat16.self)
                for i in range { to[i] = BFloat16(from[i]) }
            } else {
                let to = to.assumingMemoryBound(to: Float16.self)
                withHalfConversions { for i in range { to[i] = Float16(from[i]) } }
            }
        }
    }
}

import ApusKernelBase
import ApusCore

extension MatrixProduct {
    /// Integers wrap around; bool is the "or" of "and"s.
    func multiplyIntegers() {
        switch dtype {
        case .int64: multiplyIntegers(Int64.self, { $0 &* $1 }, { $0 &+ $1 })
        case .int32: multiplyIntegers(Int32.self, { $0 &* $1 }, { $0 &+ $1 })
        case .uint8: multiplyIntegers(UInt8.self, { $0 &* $1 }, { $0 &+ $1 })
        default: multiplyIntegers(UInt8.self, { $0 & $1 }, { $0 | $1 })
        }
        addBias()
    }

    /// Row by row of A: four rows of C take each row of B along, 64 columns at a time.
    @inline(__always)
    private func multiplyIntegers<T: FixedWidthInteger>(
        _ type: T.Type, _ times: (T, T) -> T, _ plus: (T, T) -> T
    ) {
        let a = self.a.pointer.assumingMemoryBound(to: T.self)
        let packed = Storage(byteCount: k * n * MemoryLayout<T>.size)
        let copy = packed.pointer.assumingMemoryBound(to: T.self)
        let c = self.c.assumingMemoryBound(to: T.self)
        let isRowMajor = b.columnStride == 1 || n == 1
        for item in 0..<batch {
            var rowsOfB = b.pointer.assumingMemoryBound(to: T.self) + item * bBatchStride
            var strideOfB = b.rowStride
            if !isRowMajor {
                if item == 0 || bBatchStride != 0 {
                    for p in 0..<k {
                        for j in 0..<n { copy[p * n + j] = rowsOfB[p * b.rowStride + j * b.columnStride] }
                    }
                }
                rowsOfB = UnsafePointer(copy)
                strideOfB = n
            }
            let base = a + item * aBatchStride
            let result = c + item * cBatchStride
            let (source, step) = (rowsOfB, strideOfB)
            Parallel.units((m + 3) / 4, cost: 4 * n * k / 8) { unit in
                for i in (unit * 4)..<Swift.min(unit * 4 + 4, m) {
                    let row = result + i * n
                    if !accumulate { row.initialize(repeating: 0, count: n) }
                }
                var column = 0
                while column < n {
                    let width = Swift.min(256, n - column)
                    for i in (unit * 4)..<Swift.min(unit * 4 + 4, m) {
                        let row = result + i * n + column
                        let left = base + i * self.a.rowStride
                        for p in 0..<k {
                            let factor = left[p * self.a.columnStride]
                            let right = source + p * step + column
                            for j in 0..<width { row[j] = plus(row[j], times(factor, right[j])) }
                        }
                    }
                    column += width
                }
            }
        }
        withExtendedLifetime(packed) {}
    }
}

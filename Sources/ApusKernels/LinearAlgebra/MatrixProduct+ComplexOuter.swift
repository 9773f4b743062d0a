import ApusKernelBase
import ApusCore

extension MatrixProduct {
    /// The complex product of a column and a row (k = 1); false where k is another. Such a product is bound by
    /// writing C: packing its operands would cost more than the arithmetic.
    func multiplyComplexOuter<T: SIMDScalar & BinaryFloatingPoint>(_ type: T.Type) -> Bool {
        guard k == 1 else { return false }
        typealias Lanes = SIMD16<T>
        // The row's numbers, and i times them.
        let copies = Storage(byteCount: 4 * n * MemoryLayout<T>.size)
        let row = copies.pointer.assumingMemoryBound(to: T.self)
        let rotated = row + 2 * n
        for item in 0..<batch {
            let (left, right) = (
                a.pointer.assumingMemoryBound(to: T.self) + 2 * item * aBatchStride,
                b.pointer.assumingMemoryBound(to: T.self) + 2 * item * bBatchStride
            )
            for j in 0..<n {
                let real = right[2 * j * b.columnStride]
                let imaginary = (b.isConjugated ? -1 : 1) * right[2 * j * b.columnStride + 1]
                (row[2 * j], row[2 * j + 1]) = (real, imaginary)
                (rotated[2 * j], rotated[2 * j + 1]) = (-imaginary, real)
            }
            Parallel.units(m, cost: 2 * n) { i in
                let real = left[2 * i * a.rowStride]
                let imaginary = (a.isConjugated ? -1 : 1) * left[2 * i * a.rowStride + 1]
                let c = self.c.assumingMemoryBound(to: T.self) + 2 * (item * cBatchStride + i * n)
                let whole = 2 * n & ~15
                for j in stride(from: 0, to: whole, by: 16) {
                    let target = UnsafeMutableRawPointer(c + j)
                    var sum =
                        UnsafeRawPointer(row + j).loadUnaligned(as: Lanes.self) * Lanes(repeating: real)
                    sum.addProduct(
                        UnsafeRawPointer(rotated + j).loadUnaligned(as: Lanes.self),
                        Lanes(repeating: imaginary))
                    if accumulate { sum += UnsafeRawPointer(target).loadUnaligned(as: Lanes.self) }
                    target.storeBytes(of: sum, as: Lanes.self)
                }
                for j in whole..<2 * n {
                    let sum = (row[j] * real).addingProduct(rotated[j], imaginary)
                    c[j] = accumulate ? c[j] + sum : sum
                }
            }
        }
        withExtendedLifetime(copies) {}
        addBias()
        return true
    }
}

import ApusKernelBase
import ApusCore

extension MatrixProduct {
    /// The product where one side is a vector (m = 1 or n = 1), for floating-point and complex types; false where it is
    /// not.
    ///
    /// Such a product reads its matrix once and is bound by memory: the packing of a general product
    /// would cost more than the arithmetic.
    func multiplyVector() -> Bool {
        guard m == 1 || n == 1 else { return false }
        switch dtype {
        case .float32: multiplyVectors(Float.self)
        case .float64: multiplyVectors(Double.self)
        case .complex64: multiplyComplexVectors(Float.self)
        case .complex128: multiplyComplexVectors(Double.self)
        default: return false
        }
        return true
    }

    @inline(__always)
    private func multiplyVectors<T: SIMDScalar & BinaryFloatingPoint>(_ type: T.Type) {
        // C = A·b as it stands, or Cᵀ = Bᵀ·aᵀ: either way a matrix times a column.
        let matrix = n == 1 ? a : b.transposed
        let rows = n == 1 ? m : n
        let (transposed, leading) = matrix.blasOrder(rows: rows, columns: k)
        let vector = n == 1 ? b.pointer : a.pointer
        let vectorStride = n == 1 ? b.rowStride : a.columnStride
        let (matrixBatch, vectorBatch) = n == 1 ? (aBatchStride, bBatchStride) : (bBatchStride, aBatchStride)

        var gathered: Storage?
        if k > 1 && vectorStride != 1 {
            gathered = Storage(byteCount: k * MemoryLayout<T>.size)
        }
        for item in 0..<batch {
            var x = vector.assumingMemoryBound(to: T.self) + item * vectorBatch
            if let gathered {
                let to = gathered.pointer.assumingMemoryBound(to: T.self)
                for i in 0..<k { to[i] = x[i * vectorStride] }
                x = UnsafePointer(to)
            }
            let values = matrix.pointer.assumingMemoryBound(to: T.self) + item * matrixBatch
            let y = c.assumingMemoryBound(to: T.self) + item * cBatchStride
            let bias = self.bias?.assumingMemoryBound(to: T.self)
            let x0 = x
            Parallel.ranges(rows, grain: max(64, 65_536 / k)) { range in
                if transposed {
                    addColumns(values, leading, x0, k, y, range, accumulate)
                } else {
                    dotRows(values, leading, x0, k, y, range, accumulate)
                }
                if bias != nil || relu {
                    for i in range {
                        var value = y[i]
                        if let bias { value += n == 1 ? bias[0] : bias[i] }
                        y[i] = relu && value < 0 ? 0 : value
                    }
                }
            }
        }
        withExtendedLifetime(gathered) {}
    }
}

@inline(__always)
func loadVector<T: SIMDScalar>(_ pointer: UnsafePointer<T>) -> SIMD16<T> {
    UnsafeRawPointer(pointer).loadUnaligned(as: SIMD16<T>.self)
}

/// y[i] = row i · x; four rows at a time share the loads of x. Every row is summed in the same order.
@inline(__always)
private func dotRows<T: SIMDScalar & BinaryFloatingPoint>(
    _ matrix: UnsafePointer<T>, _ leading: Int, _ x: UnsafePointer<T>, _ k: Int,
    _ y: UnsafeMutablePointer<T>, _ rows: Range<Int>, _ accumulate: Bool
) {
    let whole = k & ~31
    @inline(__always)
    func finish(_ low: SIMD16<T>, _ high: SIMD16<T>, _ row: Int) {
        var sum = (low + high).sum()
        let values = matrix + row * leading
        for p in whole..<k { sum = sum.addingProduct(values[p], x[p]) }
        y[row] = accumulate ? y[row] + sum : sum
    }
    var i = rows.lowerBound
    while i + 4 <= rows.upperBound {
        let r0 = matrix + i * leading
        let (r1, r2, r3) = (r0 + leading, r0 + 2 * leading, r0 + 3 * leading)
        var (a0, a1, a2, a3) = (SIMD16<T>.zero, SIMD16<T>.zero, SIMD16<T>.zero, SIMD16<T>.zero)
        var (b0, b1, b2, b3) = (SIMD16<T>.zero, SIMD16<T>.zero, SIMD16<T>.zero, SIMD16<T>.zero)
        var p = 0
        while p < whole {
            let (low, high) = (loadVector(x + p), loadVector(x + p + 16))
            a0.addProduct(loadVector(r0 + p), low)
            b0.addProduct(loadVector(r0 + p + 16), high)
            a1.addProduct(loadVector(r1 + p), low)
            b1.addProduct(loadVector(r1 + p + 16), high)
            a2.addProduct(loadVector(r2 + p), low)
            b2.addProduct(loadVector(r2 + p + 16), high)
            a3.addProduct(loadVector(r3 + p), low)
            b3.addProduct(loadVector(r3 + p + 16), high)
            p += 32
        }
        finish(a0, b0, i)
        finish(a1, b1, i + 1)
        finish(a2, b2, i + 2)
        finish(a3, b3, i + 3)
        i += 4
    }
    while i < rows.upperBound {
        let row = matrix + i * leading
        var (low, high) = (SIMD16<T>.zero, SIMD16<T>.zero)
        var p = 0
        while p < whole {
            low.addProduct(loadVector(row + p), loadVector(x + p))
            high.addProduct(loadVector(row + p + 16), loadVector(x + p + 16))
            p += 32
        }
        finish(low, high, i)
        i += 1
    }
}

/// y[i] = Σ x[p]·column p[i], for a matrix whose columns are contiguous: eight columns at a time are read
/// along, while y stays in the first-level cache.
@inline(__always)
private func addColumns<T: SIMDScalar & BinaryFloatingPoint>(
    _ matrix: UnsafePointer<T>, _ leading: Int, _ x: UnsafePointer<T>, _ k: Int,
    _ y: UnsafeMutablePointer<T>, _ rows: Range<Int>, _ accumulate: Bool
) {
    if !accumulate { for i in rows { y[i] = 0 } }
    let wholeEnd = rows.lowerBound + (rows.count & ~15)
    let wholeColumns = k & ~7
    var p = 0
    while p < wholeColumns {
        let c0 = matrix + p * leading
        let (c1, c2, c3) = (c0 + leading, c0 + 2 * leading, c0 + 3 * leading)
        let c4 = c0 + 4 * leading
        let (c5, c6, c7) = (c4 + leading, c4 + 2 * leading, c4 + 3 * leading)
        let (x0, x1, x2, x3) = (x[p], x[p + 1], x[p + 2], x[p + 3])
        let (x4, x5, x6, x7) = (x[p + 4], x[p + 5], x[p + 6], x[p + 7])
        var i = rows.lowerBound
        while i < wholeEnd {
            var sum = loadVector(UnsafePointer(y) + i)
            sum.addProduct(SIMD16(repeating: x0), loadVector(c0 + i))
            sum.addProduct(SIMD16(repeating: x1), loadVector(c1 + i))
            sum.addProduct(SIMD16(repeating: x2), loadVector(c2 + i))
            sum.addProduct(SIMD16(repeating: x3), loadVector(c3 + i))
            sum.addProduct(SIMD16(repeating: x4), loadVector(c4 + i))
            sum.addProduct(SIMD16(repeating: x5), loadVector(c5 + i))
            sum.addProduct(SIMD16(repeating: x6), loadVector(c6 + i))
            sum.addProduct(SIMD16(repeating: x7), loadVector(c7 + i))
            UnsafeMutableRawPointer(y + i).storeBytes(of: sum, as: SIMD16<T>.self)
            i += 16
        }
        p += 8
    }
    while p < k {
        let column = matrix + p * leading
        for i in rows.lowerBound..<wholeEnd { y[i] = y[i].addingProduct(x[p], column[i]) }
        p += 1
    }
    for i in wholeEnd..<rows.upperBound {
        var sum = y[i]
        for p in 0..<k { sum = sum.addingProduct(x[p], matrix[p * leading + i]) }
        y[i] = sum
    }
}

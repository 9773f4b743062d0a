import ApusKernelBase
import ApusCore

extension MatrixProduct {
    /// The complex product where one side is a vector; see `multiplyVector`.
    @inline(__always)
    func multiplyComplexVectors<T: SIMDScalar & BinaryFloatingPoint>(_ type: T.Type) {
        let (matrix, vector) = n == 1 ? (a, b) : (b.transposed, a.transposed)
        let rows = n == 1 ? m : n
        let (transposed, leading) = matrix.blasOrder(rows: rows, columns: k)
        let (matrixBatch, vectorBatch) = n == 1 ? (aBatchStride, bBatchStride) : (bBatchStride, aBatchStride)
        // The vector's numbers, and with the imaginary part first.
        let copies = Storage(byteCount: 4 * k * MemoryLayout<T>.size)
        let x = copies.pointer.assumingMemoryBound(to: T.self)
        for item in 0..<batch {
            let from = vector.pointer.assumingMemoryBound(to: T.self) + 2 * item * vectorBatch
            let sign: T = vector.isConjugated ? -1 : 1
            for i in 0..<k {
                let (real, imaginary) = (
                    from[2 * i * vector.rowStride], sign * from[2 * i * vector.rowStride + 1]
                )
                (x[2 * i], x[2 * i + 1]) = (real, imaginary)
                (x[2 * (k + i)], x[2 * (k + i) + 1]) = (imaginary, real)
            }
            let product = ComplexVectorProduct(
                matrix: matrix.pointer.assumingMemoryBound(to: T.self) + 2 * item * matrixBatch,
                leading: 2 * leading, isConjugated: matrix.isConjugated, x: x, swapped: x + 2 * k, k: k,
                y: c.assumingMemoryBound(to: T.self) + 2 * item * cBatchStride, accumulate: accumulate)
            let bias = self.bias?.assumingMemoryBound(to: T.self)
            Parallel.ranges(rows, grain: max(64, 32_768 / k)) { range in
                transposed ? product.addColumns(range) : product.dotRows(range)
                guard let bias else { return }
                for i in range {
                    let index = n == 1 ? 0 : 2 * i
                    product.y[2 * i] += bias[index]
                    product.y[2 * i + 1] += bias[index + 1]
                }
            }
        }
        withExtendedLifetime(copies) {}
    }
}

/// y = or += M·x for complex numbers, as pairs of real ones.
private struct ComplexVectorProduct<T: SIMDScalar & BinaryFloatingPoint> {
    typealias Lanes = SIMD16<T>

    let matrix: UnsafePointer<T>
    /// From a contiguous run of the matrix to the next, in real numbers.
    let leading: Int
    let isConjugated: Bool
    let x: UnsafePointer<T>
    let swapped: UnsafePointer<T>
    let k: Int
    let y: UnsafeMutablePointer<T>
    let accumulate: Bool

    /// The sums of the even and of the odd elements.
    @inline(__always)
    private func pairSum(_ value: Lanes) -> SIMD2<T> {
        let eight = value.lowHalf + value.highHalf
        let four = eight.lowHalf + eight.highHalf
        return four.lowHalf + four.highHalf
    }

    /// y[i] = row i · x. For m = a + ib the sums of (a·re, b·im) and of (a·im, b·re) hold all four products; four rows
    /// at a time share the loads of x.
    @inline(__always)
    func dotRows(_ rows: Range<Int>) {
        let whole = 2 * k & ~15
        @inline(__always)
        func finish(_ straight: Lanes, _ crossed: Lanes, _ row: Int) {
            let (alike, unlike) = (pairSum(straight), pairSum(crossed))
            var (first, second, third, fourth) = (alike.x, alike.y, unlike.x, unlike.y)
            let values = matrix + row * leading
            for p in stride(from: whole, to: 2 * k, by: 2) {
                first = first.addingProduct(values[p], x[p])
                second = second.addingProduct(values[p + 1], x[p + 1])
                third = third.addingProduct(values[p], x[p + 1])
                fourth = fourth.addingProduct(values[p + 1], x[p])
            }
            let real = isConjugated ? first + second : first - second
            let imaginary = isConjugated ? third - fourth : third + fourth
            y[2 * row] = accumulate ? y[2 * row] + real : real
            y[2 * row + 1] = accumulate ? y[2 * row + 1] + imaginary : imaginary
        }
        var i = rows.lowerBound
        while i + 4 <= rows.upperBound {
            let r0 = matrix + i * leading
            let (r1, r2, r3) = (r0 + leading, r0 + 2 * leading, r0 + 3 * leading)
            var (a0, a1, a2, a3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
            var (b0, b1, b2, b3) = (Lanes.zero, Lanes.zero, Lanes.zero, Lanes.zero)
            var p = 0
            while p < whole {
                let (straight, crossed) = (loadVector(x + p), loadVector(swapped + p))
                let (m0, m1, m2, m3) = (
                    loadVector(r0 + p), loadVector(r1 + p), loadVector(r2 + p), loadVector(r3 + p)
                )
                a0.addProduct(m0, straight)
                b0.addProduct(m0, crossed)
                a1.addProduct(m1, straight)
                b1.addProduct(m1, crossed)
                a2.addProduct(m2, straight)
                b2.addProduct(m2, crossed)
                a3.addProduct(m3, straight)
                b3.addProduct(m3, crossed)
                p += 16
            }
            finish(a0, b0, i)
            finish(a1, b1, i + 1)
            finish(a2, b2, i + 2)
            finish(a3, b3, i + 3)
            i += 4
        }
        while i < rows.upperBound {
            let row = matrix + i * leading
            var (straight, crossed) = (Lanes.zero, Lanes.zero)
            for p in stride(from: 0, to: whole, by: 16) {
                straight.addProduct(loadVector(row + p), loadVector(x + p))
                crossed.addProduct(loadVector(row + p), loadVector(swapped + p))
            }
            finish(straight, crossed, i)
            i += 1
        }
    }

    /// y[i] = Σ x[p]·column p[i]: four columns at a time are read along, while y stays in the first-level cache.
    @inline(__always)
    func addColumns(_ rows: Range<Int>) {
        if !accumulate { for i in 2 * rows.lowerBound..<2 * rows.upperBound { y[i] = 0 } }
        // Of x·(a, b) with the real part of x, and of x·(b, a) with the imaginary one.
        let (plus, minus) = (Lanes(repeating: 1), Lanes(repeating: -1))
        var (straightSign, crossedSign) = (plus, plus)
        if isConjugated {
            straightSign.oddHalf = minus.oddHalf
        } else {
            crossedSign.evenHalf = minus.evenHalf
        }
        let end = 2 * rows.lowerBound + (2 * rows.count & ~15)
        var p = 0
        while p + 4 <= k {
            let c0 = matrix + p * leading
            let (c1, c2, c3) = (c0 + leading, c0 + 2 * leading, c0 + 3 * leading)
            let x = self.x + 2 * p
            var i = 2 * rows.lowerBound
            while i < end {
                let (m0, m1, m2, m3) = (
                    loadVector(c0 + i), loadVector(c1 + i), loadVector(c2 + i), loadVector(c3 + i)
                )
                var (straight, crossed) = (m0 * x[0], m0 * x[1])
                straight.addProduct(m1, Lanes(repeating: x[2]))
                crossed.addProduct(m1, Lanes(repeating: x[3]))
                straight.addProduct(m2, Lanes(repeating: x[4]))
                crossed.addProduct(m2, Lanes(repeating: x[5]))
                straight.addProduct(m3, Lanes(repeating: x[6]))
                crossed.addProduct(m3, Lanes(repeating: x[7]))
                var swapped = crossed
                swapped.evenHalf = crossed.oddHalf
                swapped.oddHalf = crossed.evenHalf
                var sum = loadVector(UnsafePointer(y) + i)
                sum.addProduct(straight, straightSign)
                sum.addProduct(swapped, crossedSign)
                UnsafeMutableRawPointer(y + i).storeBytes(of: sum, as: Lanes.self)
                i += 16
            }
            p += 4
        }
        @inline(__always)
        func add(_ p: Int, _ i: Int) {
            let real = matrix[p * leading + i]
            let imaginary = isConjugated ? -matrix[p * leading + i + 1] : matrix[p * leading + i + 1]
            y[i] += x[2 * p] * real - x[2 * p + 1] * imaginary
            y[i + 1] += x[2 * p] * imaginary + x[2 * p + 1] * real
        }
        for p in p..<k { for i in stride(from: 2 * rows.lowerBound, to: end, by: 2) { add(p, i) } }
        for i in stride(from: end, to: 2 * rows.upperBound, by: 2) { for p in 0..<k { add(p, i) } }
    }
}

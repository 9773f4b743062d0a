import ApusKernelBase
import ApusCore
import COpenBLAS

extension MatrixProduct {
    func multiplyFloat64() {
        forEachBLASTile(elementSize: 8) { tile, a, b, dimensions in
            cblas_dgemm(
                CblasRowMajor, a.order, b.order, dimensions.rows, dimensions.columns, dimensions.k, 1,
                tile.a.assumingMemoryBound(to: Double.self), a.leading,
                tile.b.assumingMemoryBound(to: Double.self), b.leading,
                accumulate ? 1 : 0, tile.c.assumingMemoryBound(to: Double.self), dimensions.leadingC)
        }
        addBias()
    }

    func multiplyComplex64() {
        if multiplyComplexOuter(Float.self) { return }
        if !ComplexTiles.areWorth(m, n, k) || (accumulate && !ComplexTiles.canAccumulate(k)) {
            return multiplyComplex64WithoutTiles()
        }
        for item in 0..<batch {
            if multiplyInTiles(item) { continue }
            var rest = self
            rest.skip(item)
            return rest.multiplyComplex64WithoutTiles()
        }
    }

    /// Computes one of the products; false where tiles cannot take its numbers.
    private func multiplyInTiles(_ item: Int) -> Bool {
        typealias Complex = ComplexTiles.Complex
        func source(_ operand: MatrixOperand, _ offset: Int, _ outer: Int) -> ComplexTileSource {
            .init(
                start: operand.pointer.assumingMemoryBound(to: Complex.self) + offset, outer: outer,
                outerStride: operand.rowStride, depthStride: operand.columnStride,
                isConjugated: operand.isConjugated)
        }
        let tiles = ComplexTiles(
            a: source(a, item * aBatchStride, m), b: source(b.transposed, item * bBatchStride, n), k: k)
        return tiles.run(
            into: c.assumingMemoryBound(to: Complex.self) + item * cBatchStride,
            bias: bias?.assumingMemoryBound(to: Complex.self), accumulate: accumulate)
    }

    private func multiplyComplex64WithoutTiles() {
        if isFasterAsReal { return multiplyComplex64AsReal() }
        let one = SIMD2<Float>(1, 0)
        let beta = SIMD2<Float>(accumulate ? 1 : 0, 0)
        withUnsafePointer(to: one) { one in
            withUnsafePointer(to: beta) { beta in
                forEachBLASTile(elementSize: 8) { tile, a, b, dimensions in
                    cblas_cgemm(
                        CblasRowMajor, a.order, b.order, dimensions.rows, dimensions.columns, dimensions.k,
                        one, tile.a, a.leading, tile.b, b.leading, beta, tile.c, dimensions.leadingC)
                }
            }
        }
        addBias()
    }

    func multiplyComplex128() {
        if multiplyComplexOuter(Double.self) { return }
        let one = SIMD2<Double>(1, 0)
        let beta = SIMD2<Double>(accumulate ? 1 : 0, 0)
        withUnsafePointer(to: one) { one in
            withUnsafePointer(to: beta) { beta in
                forEachBLASTile(elementSize: 16) { tile, a, b, dimensions in
                    cblas_zgemm(
                        CblasRowMajor, a.order, b.order, dimensions.rows, dimensions.columns, dimensions.k,
                        one, tile.a, a.leading, tile.b, b.leading, beta, tile.c, dimensions.leadingC)
                }
            }
        }
        addBias()
    }

    private typealias BLASOperand = (order: CBLAS_TRANSPOSE, leading: Int32)
    private typealias BLASExtents = (rows: Int32, columns: Int32, k: Int32, leadingC: Int32)

    @inline(__always)
    private func forEachBLASTile(
        elementSize: Int, _ body: (Tile, BLASOperand, BLASOperand, BLASExtents) -> Void
    ) {
        let (transposedA, leadingA) = a.blasOrder(rows: m, columns: k)
        let (transposedB, leadingB) = b.blasOrder(rows: k, columns: n)
        guard max(m, n, k, leadingA, leadingB) <= Int(Int32.max) else {
            fail("matrix product", "\(m) × \(k) × \(n) is beyond OpenBLAS's 32-bit extents")
        }
        func order(_ transposed: Bool, _ operand: MatrixOperand) -> CBLAS_TRANSPOSE {
            if operand.isConjugated { return transposed ? CblasConjTrans : CblasConjNoTrans }
            return transposed ? CblasTrans : CblasNoTrans
        }
        let a = (order: order(transposedA, self.a), leading: Int32(leadingA))
        let b = (order: order(transposedB, self.b), leading: Int32(leadingB))
        forEachTile(elementSize: elementSize) { tile in
            BLASBuffers.with {
                body(tile, a, b, (Int32(tile.rows), Int32(tile.columns), Int32(k), Int32(n)))
            }
        }
    }
}

import ApusKernelBase
import ApusCore
import COneDNN
import COpenBLAS
import CProcessor

extension MatrixProduct {
    /// oneDNN's general product, tile by tile; bias and ReLU while the tile is still in the cache.
    func multiplyFloat32() {
        let (transposedA, leadingA) = a.blasOrder(rows: m, columns: k)
        let (transposedB, leadingB) = b.blasOrder(rows: k, columns: n)
        let bias = self.bias?.assumingMemoryBound(to: Float.self)
        let work = m * n * k
        // oneDNN multiplies two column-major matrices a fifth slower; it packs those of the largest products itself.
        if transposedA && transposedB && (1 << 28..<1 << 31).contains(work) && APUS_VECTOR_BYTES == 64 {
            let rows = rowsOfA(Float.self)
            var product = self
            (product.a, product.aBatchStride) = (rows.operand, rows.stride)
            product.multiplyFloat32()
            return withExtendedLifetime(rows) {}
        }
        // Each piece packs what it reads of both operands, so the larger one is cut. For a wide B that also keeps half
        // a layer's weights in each processor's cache from step to step: the gradient and the optimizer cut them alike
        // (the MLP's epoch takes a tenth less). Where both operands are column-major, packing B takes by far the most
        // time. Cutting a large B, so that no two pieces pack all of it, is up to 4 % faster.
        let isLarge = work >= 1 << 28 && 2 * n >= m && (!transposedA || work < 1 << 31)
        let isWide = !transposedA && n > m
        let prefersColumns = isLarge || isWide || transposedA && transposedB && work < 1 << 28
        // With AVX2 OpenBLAS is fast whatever the strides, oneDNN is not where they are 2 KB.
        let prefersOpenBLAS =
            APUS_VECTOR_BYTES < 64 && work >= 1 << 25
            && max(m, n, k, leadingA, leadingB) <= Int(Int32.max)
        forEachTile(elementSize: 4, prefersColumns: prefersColumns) { tile in
            let c = tile.c.assumingMemoryBound(to: Float.self)
            let a = tile.a.assumingMemoryBound(to: Float.self)
            let b = tile.b.assumingMemoryBound(to: Float.self)
            if prefersOpenBLAS {
                BLASBuffers.with {
                    cblas_sgemm(
                        CblasRowMajor, transposedA ? CblasTrans : CblasNoTrans,
                        transposedB ? CblasTrans : CblasNoTrans, Int32(tile.rows), Int32(tile.columns),
                        Int32(k), 1, a, Int32(leadingA), b, Int32(leadingB), accumulate ? 1 : 0, c, Int32(n))
                }
            } else if !apus_dnn_sgemm(
                transposedA, transposedB, tile.rows, tile.columns, k, a, leadingA, b, leadingB,
                accumulate ? 1 : 0, c, n)
            {
                // The extents are right: only memory can be missing.
                Memory.exhausted("matrix product", "oneDNN refused a \(m) × \(k) × \(n) product")
            }
            if bias != nil || relu {
                Self.finishRows(tile, c, rowStride: n, bias: bias.map { $0 + tile.column }, relu: relu)
            }
        }
    }

    private static func finishRows(
        _ tile: Tile, _ c: UnsafeMutablePointer<Float>, rowStride: Int, bias: UnsafePointer<Float>?,
        relu: Bool
    ) {
        for i in 0..<tile.rows {
            let row = c + i * rowStride
            if let bias {
                if relu {
                    for j in 0..<tile.columns {
                        let value = row[j] + bias[j]
                        row[j] = value < 0 ? 0 : value  // NaN passes
                    }
                } else {
                    for j in 0..<tile.columns { row[j] += bias[j] }
                }
            } else {
                for j in 0..<tile.columns { row[j] = row[j] < 0 ? 0 : row[j] }
            }
        }
    }
}

import ApusCore
import COneDNN

extension MatrixProduct {
    /// oneDNN's general product, tile by tile; bias and ReLU while the tile is still in the cache.
    func multiplyFloat32() {
        let (transposedA, leadingA) = a.blasOrder(rows: m, columns: k)
        let (transposedB, leadingB) = b.blasOrder(rows: k, columns: n)
        let bias = self.bias?.assumingMemoryBound(to: Float.self)
        forEachTile(elementSize: 4) { tile in
            let c = tile.c.assumingMemoryBound(to: Float.self)
            let succeeded = apus_dnn_sgemm(
                transposedA, transposedB, tile.rows, tile.columns, k,
                tile.a.assumingMemoryBound(to: Float.self), leadingA,
                tile.b.assumingMemoryBound(to: Float.self), leadingB,
                accumulate ? 1 : 0, c, n)
            if !succeeded { fail("matrix product", "oneDNN refused a \(m) × \(k) × \(n) product") }
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

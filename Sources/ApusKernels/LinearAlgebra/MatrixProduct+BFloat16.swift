import ApusKernelBase
import ApusCore
import Synchronization

extension MatrixProduct {
    /// oneDNN's bfloat16 product, which sums in float32, tile by tile; through float32 where the processor
    /// has no instructions for it.
    func multiplyBFloat16() {
        if !BFloat16Products.areNative.load(ordering: .relaxed) { return multiplyThroughFloat32() }
        let (transposedA, leadingA) = a.blasOrder(rows: m, columns: k)
        let (transposedB, leadingB) = b.blasOrder(rows: k, columns: n)
        func key(_ rows: Int, _ columns: Int) -> OneDNN.ProductKey {
            OneDNN.ProductKey(
                m: rows, n: columns, k: k, aRow: transposedA ? 1 : leadingA,
                aColumn: transposedA ? leadingA : 1,
                bRow: transposedB ? 1 : leadingB, bColumn: transposedB ? leadingB : 1, cRow: n,
                hasBias: bias != nil, accumulate: accumulate)
        }
        // Tiles have at most four shapes: the last of a row or column may be smaller.
        let tiles = MatrixTiles(m, n, k, prefersColumns: false)
        let (first, last) = (tiles[0], tiles[tiles.count - 1])
        var primitives: [(rows: Int, columns: Int, primitive: ProductPrimitive)] = []
        Parallel.withLibraryThreads(1) {
            for rows in Set([first.rows, last.rows]) {
                for columns in Set([first.columns, last.columns]) {
                    primitives.append((rows, columns, OneDNN.shared.product(key(rows, columns))))
                }
            }
        }
        if !primitives.allSatisfy({ $0.primitive.exists }) { return multiplyThroughFloat32() }
        forEachTile(elementSize: 2) { tile in
            let match = primitives.first { $0.rows == tile.rows && $0.columns == tile.columns }!
            match.primitive.run(tile.a, tile.b, tile.c, bias: bias.map { $0 + 2 * tile.column })
        }
    }
}

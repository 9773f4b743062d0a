import ApusKernelBase

/// The pieces in which a product is computed, each by one thread.
///
/// They depend on the shape alone, so every element is summed in the same order whatever the number
/// of threads. (Left to themselves, oneDNN and OpenBLAS choose their blocks, or even split `k`, by that
/// number.) No piece splits `k`.
struct MatrixTiles {
    let rows: Int
    let columns: Int
    let tileRows: Int
    let tileColumns: Int
    let down: Int
    let across: Int

    var count: Int { down * across }

    /// - Parameter prefersColumns: cuts between columns instead of rows.
    init(_ m: Int, _ n: Int, _ k: Int, prefersColumns: Bool) {
        rows = m
        columns = n
        let (down, across) = Self.split(m, n, k, prefersColumns)
        // Multiples of the kernels' register tiles.
        tileRows = Self.piece(m, down, unit: 8)
        tileColumns = Self.piece(n, across, unit: 16)
        self.down = (m + tileRows - 1) / tileRows
        self.across = (n + tileColumns - 1) / tileColumns
    }

    @inline(__always)
    subscript(index: Int) -> (row: Int, column: Int, rows: Int, columns: Int) {
        let (i, j) = (index / across, index % across)
        let (row, column) = (i * tileRows, j * tileColumns)
        return (row, column, min(tileRows, rows - row), min(tileColumns, columns - column))
    }

    private static func piece(_ extent: Int, _ parts: Int, unit: Int) -> Int {
        if parts <= 1 { return max(extent, 1) }
        let size = (extent + parts - 1) / parts
        return max((size + unit - 1) / unit * unit, unit)
    }

    private static func split(_ m: Int, _ n: Int, _ k: Int, _ prefersColumns: Bool) -> (
        down: Int, across: Int
    ) {
        let work = m * n * k
        if work <= 1 << 18 { return (1, 1) }
        // A very large product is worth cutting into more than two pieces.
        if work >= 1 << 35 && min(m, n) >= 2048 { return (4, 4) }
        if m < 32 || prefersColumns && n >= 128 { return (1, n >= 96 ? 2 : 1) }
        return (2, 1)
    }
}

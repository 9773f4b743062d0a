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

    init(_ m: Int, _ n: Int, _ k: Int) {
        rows = m
        columns = n
        let (down, across) = Self.split(m, n, k)
        // Whole register tiles of the library's kernels, so that no piece begins with a remainder.
        tileRows = Self.piece(m, down, unit: 8)
        tileColumns = Self.piece(n, across, unit: 48)
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

    private static func split(_ m: Int, _ n: Int, _ k: Int) -> (down: Int, across: Int) {
        let work = m * n * max(k, 1)
        if work < 1 << 17 { return (1, 1) }
        // More pieces than two for larger products: there may be more threads than two.
        let wanted = work < 1 << 24 ? 2 : work < 1 << 28 ? 4 : 16
        // Rows are split first: the pieces then share one operand's reading order, and stay wide.
        let down = max(1, min(wanted, m / 16))
        return (down, max(1, min(wanted / down, n / 48)))
    }
}

import ApusKernelBase
import ApusCore
import Glibc

/// Clears what lies above (`keepingLower`) or below a diagonal of row-major matrices.
///
/// - Parameters:
///   - matrices: `batch` of them, each `rows` × `columns`, `size` bytes an element.
///   - diagonal: 0 is the main one, positive ones lie above it.
package func clearTriangle(
    _ matrices: UnsafeMutableRawPointer, size: Int, batch: Int, rows: Int, columns: Int, diagonal: Int,
    keepingLower: Bool
) {
    // Beyond the corners nothing changes, and sums stay far from overflow.
    let diagonal = min(max(diagonal, -rows), columns)
    Parallel.units(batch * rows, cost: columns) { unit in
        let row = unit % rows
        let line = matrices + unit * columns * size
        // The kept part of a row ends after (begins at) the diagonal.
        let cut = min(max(keepingLower ? row + diagonal + 1 : row + diagonal, 0), columns)
        let cleared = keepingLower ? cut..<columns : 0..<cut
        memset(line + cleared.lowerBound * size, 0, cleared.count * size)
    }
}

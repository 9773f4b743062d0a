import ApusKernelBase
import ApusCore

/// The rows that are folded into one partial result, and the columns that a unit of work covers.
private let rowsPerPiece = 256
private let columnsPerPiece = 1024

extension ReductionKernel {
    /// Folds `rows` rows that begin `stride` elements apart into one result a column.
    func foldColumns(
        _ entry: Entry, _ x: UnsafeRawPointer, _ inSize: Int, _ rows: Int, _ stride: Int, _ columns: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        inTiles(entry, 1, columns, rows, target) { _, first, n, rows, partial in
            entry.foldEach(
                x + (rows.lowerBound * stride + first) * inSize, rows.count, stride, partial, n)
        }
    }

    /// Folds row upon row, where neighbouring columns of the walk follow each other in memory.
    func foldColumns(
        _ entry: Entry, _ columns: StridedWalk, _ rows: StridedWalk, _ outer: Int, _ length: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        let inSize = columns.dtype.size
        inTiles(entry, outer / columns.run, columns.run, length, target) { run, first, n, piece, partial in
            let source = columns.base + (columns.rowOffset(run) + first) * inSize
            if rows.extents.isEmpty, rows.runStride >= 0 {
                entry.foldEach(
                    source + piece.lowerBound * rows.runStride * inSize, piece.count, rows.runStride, partial,
                    n)
                return
            }
            for row in piece {
                let offset = rows.rowOffset(row / rows.run) + (row % rows.run) * rows.runStride
                entry.foldEach(source + offset * inSize, 1, 0, partial, n)
            }
        }
    }

    /// Cuts `runs` of `width` results into tiles and the rows folded into them into pieces of fixed
    /// size, then joins the pieces in order.
    private func inTiles(
        _ entry: Entry, _ runs: Int, _ width: Int, _ rows: Int, _ target: UnsafeMutableRawPointer,
        _ body: (
            _ run: Int, _ first: Int, _ n: Int, _ rows: Range<Int>, _ partial: UnsafeMutableRawPointer
        ) -> Void
    ) {
        let size = entry.output.size
        let count = runs * width
        let tiles = (width + columnsPerPiece - 1) / columnsPerPiece
        let pieces = (rows + rowsPerPiece - 1) / rowsPerPiece
        let partials =
            pieces > 1
            ? UnsafeMutableRawPointer.allocate(byteCount: count * pieces * size, alignment: 64) : target
        defer { if pieces > 1 { partials.deallocate() } }
        if pieces > 1 { entry.clear(partials, count * pieces) }
        let cost = min(width, columnsPerPiece) * min(rows, rowsPerPiece)
        Parallel.units(runs * tiles * pieces, cost: cost) { unit in
            let (run, tile, piece) = (unit / (pieces * tiles), (unit / pieces) % tiles, unit % pieces)
            let first = tile * columnsPerPiece
            body(
                run, first, min(columnsPerPiece, width - first),
                (piece * rowsPerPiece)..<min((piece + 1) * rowsPerPiece, rows),
                partials + (piece * count + run * width + first) * size)
        }
        if pieces == 1 { return }
        joinPieces(entry, partials, pieces, count, target)
    }
}

import ApusCore

/// Elements folded in one go; the pieces of a long fold.
private let pieceLength = 16_384
/// Elements gathered at a time where a row is not contiguous.
private let gatherLength = 1024
/// Rows folded into a partial result before it joins the others, and results a unit of work covers.
private let rowsPerPiece = 256
private let columnsPerPiece = 1024

extension ReductionKernel {
    /// Folds the axes `folded` of `x` for every index of the axes `kept`.
    ///
    /// - Parameter result: row-major over the kept axes, of the type `output`.
    public func run(
        _ x: Operand, kept: [Int], folded: [Int], into result: UnsafeMutableRawPointer, _ output: DType
    ) {
        let compute = x.dtype.computeType
        let entry = entry(compute)!
        let outer = kept.map { x.layout.shape[$0] }.elementCount
        let length = folded.map { x.layout.shape[$0] }.elementCount
        if outer == 0 { return }
        // Folds happen in the entry's type; only 16-bit results need a conversion at the end.
        let direct = entry.output == output
        let target =
            direct
            ? result : UnsafeMutableRawPointer.allocate(byteCount: outer * entry.output.size, alignment: 64)
        defer { if !direct { target.deallocate() } }
        entry.clear(target, outer)
        if length > 0 {
            // Folding commutes, so the folded axes go in memory order.
            let order = folded.sorted { (-abs(x.layout.strides[$0]), $0) < (-abs(x.layout.strides[$1]), $1) }
            let columns = StridedWalk(x, axes: kept)
            if x.dtype == compute, !kept.isEmpty, columns.runStride == 1, columns.run >= 8, length > 1,
                let last = order.last, abs(x.layout.strides[last]) != 1
            {
                foldRows(entry, columns, StridedWalk(x, axes: order), outer, length, target)
            } else {
                foldRuns(entry, StridedWalk(x, axes: kept + order), compute, outer, length, target)
            }
        }
        if !direct { convert(target, entry.output, to: result, output, outer) }
    }

    /// The elements of each result follow each other (or are gathered): fold along them.
    private func foldRuns(
        _ entry: Entry, _ walk: StridedWalk, _ compute: DType, _ outer: Int, _ length: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        let pieces = (length + pieceLength - 1) / pieceLength
        let size = entry.output.size
        let partials =
            pieces > 1
            ? UnsafeMutableRawPointer.allocate(byteCount: outer * pieces * size, alignment: 64) : target
        defer { if pieces > 1 { partials.deallocate() } }
        if pieces > 1 { entry.clear(partials, outer * pieces) }
        // Contiguous and of the right type: whole pieces without gathering.
        let step =
            walk.runStride == 1 && walk.dtype == compute && walk.run % length == 0
            ? pieceLength : gatherLength
        Parallel.units(outer * pieces, cost: min(length, pieceLength)) { unit in
            let start = (unit / pieces) * length + (unit % pieces) * pieceLength
            let end = min(start + pieceLength, (unit / pieces + 1) * length)
            withUnsafeTemporaryAllocation(byteCount: 2 * gatherLength * 16, alignment: 64) { scratch in
                let scratch = scratch.baseAddress!
                var at = start
                while at < end {
                    let n = min(step, end - at)
                    let block = walk.read(
                        at, n, as: compute, scratch: scratch, gathered: scratch + gatherLength * 16)
                    entry.fold(block, n, partials + unit * size)
                    at += n
                }
            }
        }
        if pieces > 1 {
            for index in 0..<outer {
                for piece in 0..<pieces {
                    entry.combine(partials + (index * pieces + piece) * size, target + index * size, 1)
                }
            }
        }
    }

    /// The results of neighbouring columns follow each other: fold row upon row.
    private func foldRows(
        _ entry: Entry, _ columns: StridedWalk, _ rows: StridedWalk, _ outer: Int, _ length: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        let size = entry.output.size
        let inSize = columns.dtype.size
        let runs = outer / columns.run
        let tiles = (columns.run + columnsPerPiece - 1) / columnsPerPiece
        let pieces = (length + rowsPerPiece - 1) / rowsPerPiece
        let partials =
            pieces > 1
            ? UnsafeMutableRawPointer.allocate(byteCount: outer * pieces * size, alignment: 64) : target
        defer { if pieces > 1 { partials.deallocate() } }
        if pieces > 1 { entry.clear(partials, outer * pieces) }
        let cost = min(columns.run, columnsPerPiece) * min(length, rowsPerPiece)
        Parallel.units(runs * tiles * pieces, cost: cost) { unit in
            let piece = unit % pieces
            let tile = (unit / pieces) % tiles
            let run = unit / (pieces * tiles)
            let first = tile * columnsPerPiece
            let n = min(columnsPerPiece, columns.run - first)
            let source = columns.base + (columns.rowOffset(run) + first) * inSize
            let result = partials + (piece * outer + run * columns.run + first) * size
            for row in (piece * rowsPerPiece)..<min((piece + 1) * rowsPerPiece, length) {
                let offset = rows.rowOffset(row / rows.run) + (row % rows.run) * rows.runStride
                entry.foldEach(source + offset * inSize, result, n)
            }
        }
        if pieces > 1 {
            for piece in 0..<pieces { entry.combine(partials + piece * outer * size, target, outer) }
        }
    }
}

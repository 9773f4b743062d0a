import ApusKernelBase
import ApusCore

/// Elements folded in one go; the pieces of a long fold.
private let pieceLength = 16_384
/// Elements gathered at a time where a row is not contiguous.
private let gatherLength = 1024

extension ReductionKernel {
    /// Folds the axes `folded` of `x` for every index of the axes `kept`.
    ///
    /// - Parameters:
    ///   - result: row-major over the kept axes, of the type `output`.
    ///   - divisor: what each result is divided by at the end, for means.
    package func run(
        _ x: Operand, kept: [Int], folded: [Int], into result: UnsafeMutableRawPointer, _ output: DType,
        divisor: Int? = nil
    ) {
        let compute = x.dtype.computeType
        let outer = kept.map { x.layout.shape[$0] }.elementCount
        let length = folded.map { x.layout.shape[$0] }.elementCount
        if outer == 0 { return }
        finishing(compute, outer, result, output, divisor) { entry, target in
            if length == 0 { return }
            // Folding commutes, so the folded axes go in memory order.
            let order = folded.sorted { (-abs(x.layout.strides[$0]), $0) < (-abs(x.layout.strides[$1]), $1) }
            let columns = StridedWalk(x, axes: kept)
            if x.dtype == compute, !kept.isEmpty, columns.runStride == 1, columns.run >= 8, length > 1,
                let last = order.last, abs(x.layout.strides[last]) != 1
            {
                foldColumns(entry, columns, StridedWalk(x, axes: order), outer, length, target)
            } else {
                foldRuns(entry, StridedWalk(x, axes: kept + order), compute, outer, length, target)
            }
        }
    }

    /// One result for each of `rows` contiguous rows of `length` elements, none of them empty, of a type
    /// that kernels compute in.
    package func runRows(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, length: Int,
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int? = nil
    ) {
        finishing(dtype, rows, result, output, divisor) { entry, target in
            foldContiguous(entry, x, dtype.size, rows, length, target)
        }
    }

    /// One result for each of `columns` contiguous columns, none of them empty, of a type that kernels
    /// compute in.
    package func runColumns(
        _ x: UnsafeRawPointer, _ dtype: DType, rows: Int, columns: Int,
        into result: UnsafeMutableRawPointer, _ output: DType, divisor: Int? = nil
    ) {
        finishing(dtype, columns, result, output, divisor) { entry, target in
            // Narrow rows go several side by side, as one wide row whose parts join at the end.
            let group = min(columns >= 64 ? 1 : (63 + columns) / columns, rows)
            if group == 1 {
                foldColumns(entry, x, dtype.size, rows, columns, columns, target)
                return
            }
            let (width, wideRows) = (group * columns, rows / group)
            withUnsafeTemporaryAllocation(byteCount: width * entry.output.size, alignment: 64) { wide in
                let wide = wide.baseAddress!
                entry.clear(wide, width)
                foldColumns(entry, x, dtype.size, wideRows, width, width, wide)
                for part in 0..<group {
                    entry.combine(wide + part * columns * entry.output.size, target, columns)
                }
            }
            entry.foldEach(x + wideRows * width * dtype.size, rows % group, columns, target, columns)
        }
    }

    /// Gives `body` cleared results of the entry's type, then divides and converts them.
    private func finishing(
        _ compute: DType, _ count: Int, _ result: UnsafeMutableRawPointer, _ output: DType, _ divisor: Int?,
        _ body: (Entry, UnsafeMutableRawPointer) -> Void
    ) {
        let entry = entry(compute)!
        // Folds happen in the entry's type; only 16-bit results need a conversion at the end.
        let direct = entry.output == output
        let target =
            direct
            ? result : UnsafeMutableRawPointer.allocate(byteCount: count * entry.output.size, alignment: 64)
        defer { if !direct { target.deallocate() } }
        entry.clear(target, count)
        body(entry, target)
        if let divisor { entry.divide!(target, count, divisor) }
        if !direct { convert(target, entry.output, to: result, output, count) }
    }

    /// Rows that follow each other without gaps.
    private func foldContiguous(
        _ entry: Entry, _ x: UnsafeRawPointer, _ inSize: Int, _ rows: Int, _ length: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        let size = entry.output.size
        if length <= pieceLength {
            let rowsPerUnit = max(1, pieceLength / length)
            Parallel.units((rows + rowsPerUnit - 1) / rowsPerUnit, cost: rowsPerUnit * length) { unit in
                let first = unit * rowsPerUnit
                entry.fold(
                    x + first * length * inSize, min(rowsPerUnit, rows - first), length, target + first * size
                )
            }
            return
        }
        inPieces(entry, rows, length, target) { start, n, partial in
            entry.fold(x + start * inSize, 1, n, partial)
        }
    }

    /// The elements of each result follow each other in the walk: gathered, then folded.
    private func foldRuns(
        _ entry: Entry, _ walk: StridedWalk, _ compute: DType, _ outer: Int, _ length: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        if walk.runStride == 1, walk.extents.isEmpty, walk.dtype == compute {
            foldContiguous(entry, walk.base, walk.dtype.size, outer, length, target)
            return
        }
        let size = entry.output.size
        func withScratch(_ body: (UnsafeMutableRawPointer, UnsafeMutableRawPointer) -> Void) {
            withUnsafeTemporaryAllocation(byteCount: 2 * gatherLength * 16, alignment: 64) { scratch in
                body(scratch.baseAddress!, scratch.baseAddress! + gatherLength * 16)
            }
        }
        if length <= gatherLength {
            let rowsPerUnit = gatherLength / length
            Parallel.units((outer + rowsPerUnit - 1) / rowsPerUnit, cost: rowsPerUnit * length) { unit in
                let first = unit * rowsPerUnit
                let rows = min(rowsPerUnit, outer - first)
                withScratch { scratch, gathered in
                    let block = walk.read(
                        first * length, rows * length, as: compute, scratch: scratch, gathered: gathered)
                    entry.fold(block, rows, length, target + first * size)
                }
            }
            return
        }
        inPieces(entry, outer, length, target) { start, count, partial in
            withScratch { scratch, gathered in
                var at = start
                while at < start + count {
                    let n = min(gatherLength, start + count - at)
                    let block = walk.read(at, n, as: compute, scratch: scratch, gathered: gathered)
                    entry.fold(block, 1, n, partial)
                    at += n
                }
            }
        }
    }

    /// Joins `pieces` partial results of `count` each pairwise, in an order that depends on nothing else.
    func joinPieces(
        _ entry: Entry, _ partials: UnsafeMutableRawPointer, _ pieces: Int, _ count: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        let size = count * entry.output.size
        var left = pieces
        while left > 1 {
            let half = (left + 1) / 2
            entry.combine(partials + half * size, partials, (left - half) * count)
            left = half
        }
        entry.combine(partials, target, count)
    }

    /// Cuts long rows into pieces of fixed length, and joins the pieces of each row in order.
    private func inPieces(
        _ entry: Entry, _ rows: Int, _ length: Int, _ target: UnsafeMutableRawPointer,
        _ body: (_ start: Int, _ count: Int, _ partial: UnsafeMutableRawPointer) -> Void
    ) {
        let size = entry.output.size
        let pieces = (length + pieceLength - 1) / pieceLength
        let partials =
            pieces > 1
            ? UnsafeMutableRawPointer.allocate(byteCount: rows * pieces * size, alignment: 64) : target
        defer { if pieces > 1 { partials.deallocate() } }
        if pieces > 1 { entry.clear(partials, rows * pieces) }
        Parallel.units(rows * pieces, cost: min(length, pieceLength)) { unit in
            let (row, piece) = (unit / pieces, unit % pieces)
            let first = piece * pieceLength
            body(row * length + first, min(pieceLength, length - first), partials + unit * size)
        }
        if pieces == 1 { return }
        for row in 0..<rows {
            joinPieces(entry, partials + row * pieces * size, pieces, 1, target + row * size)
        }
    }
}

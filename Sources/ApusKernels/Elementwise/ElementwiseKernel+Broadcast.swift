import ApusCore

/// How a smaller contiguous operand repeats over a larger contiguous one: element (l, o, s, i) of the
/// larger, an array of shape [repeats, outer, stretch, inner], meets element (o, i) of the smaller.
///
/// A row added to a matrix, a column, and one number a channel are all of this form.
public struct BroadcastPlan: Sendable {
    var repeats = 1
    var outer = 1
    var stretch = 1
    var inner = 1

    /// nil where the shapes do not broadcast in this form.
    public init?(_ larger: Shape, _ smaller: Shape) {
        let missing = larger.count - smaller.count
        if missing < 0 { return nil }
        var part = 0
        var axis = larger.count - 1
        while axis >= 0 {
            let extent = larger[axis]
            let other = axis >= missing ? smaller[axis - missing] : 1
            let repeated = other != extent
            if repeated && other != 1 { return nil }
            if extent != 1 {
                // Parts in turn, from the last axis on: inner, stretch, outer, repeats.
                if repeated != (part & 1 == 1) { part += 1 }
                switch part {
                case 0: inner *= extent
                case 1: stretch *= extent
                case 2: outer *= extent
                case 3: repeats *= extent
                default: return nil
                }
            }
            axis -= 1
        }
        // Numbers that repeat only a few times are better gathered.
        if inner == 1 && stretch < 16 { return nil }
    }
}

/// Elements that one visit to the scheduler stands for, at least.
private let chunk = 4096
private let tileLength = 1024

extension ElementwiseKernel where Block == BinaryBlock {
    /// Contiguous operands of the kernel's types, `b` repeated as the plan says; `b` is the left operand
    /// where `isFirst`. The result may be `a`.
    public func runBroadcast(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isFirst: Bool, _ plan: BroadcastPlan,
        _ result: UnsafeMutableRawPointer, _ dtype: DType
    ) {
        let entry = entry(dtype)!
        let (inSize, outSize) = (dtype.size, entry.output.size)
        // Each run of `length` elements meets copies of the same `inner` elements of `b`.
        let length = plan.stretch * plan.inner
        let runs = plan.repeats * plan.outer
        if length == 0 || runs == 0 { return }
        let isLong = plan.inner >= tileLength / 2
        let tile = isLong ? plan.inner : min(length, tileLength / plan.inner * plan.inner)
        // Long runs are cut into pieces of whole tiles, short ones are taken several at a time.
        let tilesPerPiece = max(1, chunk / tile)
        let pieceLength = min(length, tilesPerPiece * tile)
        let pieces = (length + pieceLength - 1) / pieceLength
        let runsPerUnit = pieces > 1 ? 1 : max(1, chunk / length)
        let units = (runs * pieces + runsPerUnit - 1) / runsPerUnit
        let capacity = isLong ? 1 : tile
        Parallel.units(units, cost: pieceLength * runsPerUnit) { unit in
            withUnsafeTemporaryAllocation(byteCount: capacity * inSize, alignment: 64) { scratch in
                let scratch = scratch.baseAddress!
                for index in (unit * runsPerUnit)..<min((unit + 1) * runsPerUnit, runs * pieces) {
                    let (run, piece) = pieces == 1 ? (index, 0) : (index / pieces, index % pieces)
                    let source = b + (run % plan.outer) * plan.inner * inSize
                    if !isLong { fillTile(scratch, with: source, plan.inner, tile, size: inSize) }
                    let operand = isLong ? source : UnsafeRawPointer(scratch)
                    var start = run * length + piece * pieceLength
                    let end = run * length + min(length, (piece + 1) * pieceLength)
                    while start < end {
                        let n = min(tile, end - start)
                        let (x, r) = (a + start * inSize, result + start * outSize)
                        if isFirst {
                            entry.block.run(operand, x, r, n)
                        } else {
                            entry.block.run(x, operand, r, n)
                        }
                        start += n
                    }
                }
            }
        }
    }
}

/// Copies of `inner` elements one after the other.
private func fillTile(
    _ target: UnsafeMutableRawPointer, with source: UnsafeRawPointer, _ inner: Int, _ count: Int, size: Int
) {
    if inner == 1 {
        fill(target, with: source, count, size: size)
        return
    }
    var done = 0
    while done < count {
        target.advanced(by: done * size).copyMemory(from: source, byteCount: inner * size)
        done += inner
    }
}

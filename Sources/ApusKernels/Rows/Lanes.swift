import ApusKernelBase
import ApusCore
import CProcessor

/// Columns, or short rows, handled side by side.
let laneTile = 64
/// Rows shorter than this are transposed, so that each takes a lane.
let shortRow = 32
private let shortTile = 16

/// Hands `body` the work of a kernel over the middle axis of `split` as lanes side by side: address of
/// the first element in each operand, the step from one element of a lane to its next, lanes.
///
/// Operands are contiguous, inputs first; `written` of them, the last ones, are results. Short rows are
/// transposed into scratch memory first, and the results back.
func forEachLanes<T: RowElement>(
    _ split: AxisSplit, _ operands: [UnsafeMutablePointer<T>], written: Int,
    _ body: (_ operands: UnsafePointer<UnsafeMutablePointer<T>>, _ stride: Int, _ lanes: Int, _ first: Int) ->
        Void
) {
    let length = split.length
    if split.inner > 1 {
        let tiles = (split.inner + laneTile - 1) / laneTile
        Parallel.units(split.outer * tiles, cost: length * min(split.inner, laneTile)) { unit in
            let first = (unit % tiles) * laneTile
            let offset = unit / tiles * length * split.inner + first
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<T>.self, capacity: operands.count) {
                for i in operands.indices { $0[i] = operands[i] + offset }
                body(
                    $0.baseAddress!, split.inner, min(laneTile, split.inner - first),
                    unit / tiles * split.inner + first)
            }
        }
        return
    }
    let inputs = operands.count - written
    let rowsPerUnit = max(1, 4096 / (shortTile * length)) * shortTile
    Parallel.units((split.outer + rowsPerUnit - 1) / rowsPerUnit, cost: rowsPerUnit * length) { unit in
        let size = shortTile * length
        withUnsafeTemporaryAllocation(of: T.self, capacity: operands.count * size) { scratch in
            withUnsafeTemporaryAllocation(of: UnsafeMutablePointer<T>.self, capacity: operands.count) {
                pointers in
                for i in operands.indices { pointers[i] = scratch.baseAddress! + i * size }
                var row = unit * rowsPerUnit
                let end = min(row + rowsPerUnit, split.outer)
                while row < end {
                    let lanes = min(shortTile, end - row)
                    for i in 0..<inputs { transpose(operands[i] + row * length, pointers[i], length, lanes) }
                    body(pointers.baseAddress!, lanes, lanes, row)
                    for i in inputs..<operands.count {
                        transposeBack(pointers[i], operands[i] + row * length, length, lanes)
                    }
                    row += shortTile
                }
            }
        }
    }
}

@inline(__always)
private func transpose<T>(
    _ rows: UnsafeMutablePointer<T>, _ columns: UnsafeMutablePointer<T>, _ length: Int, _ lanes: Int
) {
    if lanes == shortTile {
        for i in 0..<length {
            for lane in 0..<shortTile { columns[i &* shortTile &+ lane] = rows[lane &* length &+ i] }
        }
    } else {
        for i in 0..<length { for lane in 0..<lanes { columns[i * lanes + lane] = rows[lane * length + i] } }
    }
}

@inline(__always)
private func transposeBack<T>(
    _ columns: UnsafeMutablePointer<T>, _ rows: UnsafeMutablePointer<T>, _ length: Int, _ lanes: Int
) {
    for lane in 0..<lanes { for i in 0..<length { rows[lane &* length &+ i] = columns[i &* lanes &+ lane] } }
}

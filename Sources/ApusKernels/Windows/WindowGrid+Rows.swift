import ApusKernelBase
import ApusCore

extension WindowGrid {
    /// The number of elements in a row of the input, and in one of the result.
    var inputRow: Int { width.inputs * channels }
    var resultRow: Int { width.outputs * channels }
    var isEmpty: Bool { batch == 0 || channels == 0 }

    /// The rows of the input that the windows of one row of the result read.
    struct Rows {
        /// The row of the result, counted through all images.
        let result: Int
        /// The first row of the same image in the input.
        let first: Int
        let count: Int
        /// The rows of the input, counted through all images, and their weights.
        let rows: UnsafeMutablePointer<Int>
        let weights: UnsafeMutablePointer<Double>
    }

    /// Calls `body` for each row of the result, over the threads.
    @inline(__always)
    func forEachRow(_ body: (Rows) -> Void) {
        let capacity = max(depth.longest * height.longest, 1)
        let (planes, lines) = (WindowPointers<Double>(depth), WindowPointers<Double>(height))
        defer {
            planes.deallocate()
            lines.deallocate()
        }
        let (depths, heights, inputs) = (depth.outputs, height.outputs, height.inputs)
        let inputsOfImage = depth.inputs * inputs
        // Where there are many planes, a unit of work is a whole plane: to find a row's plane by division takes as long
        // as to compute a short row.
        let rowsOfUnit = batch * depths >= 8 ? heights : 1
        let unitsOfPlane = rowsOfUnit == 0 ? 0 : heights / rowsOfUnit
        Parallel.units(
            batch * depths * unitsOfPlane,
            cost: rowsOfUnit * (capacity * inputRow + width.longest * resultRow)
        ) { unit in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: capacity) { rows in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { weights in
                    let (rows, weights) = (rows.baseAddress!, weights.baseAddress!)
                    let (plane, start) = (unit / unitsOfPlane, unit % unitsOfPlane * rowsOfUnit)
                    let (d, image) = (plane % depths, plane / depths)
                    let first = image * inputsOfImage
                    for h in start..<(start + rowsOfUnit) {
                        var count = 0
                        for i in planes.starts[d]..<planes.starts[d + 1] {
                            for j in lines.starts[h]..<lines.starts[h + 1] {
                                rows[count] = first + planes.positions[i] * inputs + lines.positions[j]
                                weights[count] = planes.weights[i] * lines.weights[j]
                                count += 1
                            }
                        }
                        body(
                            Rows(
                                result: plane * heights + h, first: first, count: count, rows: rows,
                                weights: weights))
                    }
                }
            }
        }
    }
}

/// The windows of an axis behind pointers: arrays would cost reference counting in each row.
struct WindowPointers<T: BinaryFloatingPoint> {
    let starts: UnsafeMutablePointer<Int>
    let positions: UnsafeMutablePointer<Int>
    /// The positions times `step`, the elements from one position to the next.
    let offsets: UnsafeMutablePointer<Int>
    let weights: UnsafeMutablePointer<T>

    @inline(__always)
    init(_ axis: AxisWindows, step: Int = 1) {
        let count = axis.positions.count
        starts = .allocate(capacity: axis.starts.count)
        positions = .allocate(capacity: count)
        offsets = .allocate(capacity: count)
        weights = .allocate(capacity: count)
        for i in 0..<axis.starts.count { starts[i] = axis.starts[i] }
        for i in 0..<count {
            positions[i] = axis.positions[i]
            offsets[i] = axis.positions[i] * step
            weights[i] = T(axis.weights[i])
        }
    }

    func deallocate() {
        starts.deallocate()
        positions.deallocate()
        offsets.deallocate()
        weights.deallocate()
    }
}

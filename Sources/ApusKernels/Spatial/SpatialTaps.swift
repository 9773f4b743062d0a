import ApusCore

/// The taps of each spatial axis of a dense array [batch, depth, height, width, channels].
public struct SpatialTaps: Sendable {
    let batch: Int
    let channels: Int
    let depth: AxisTaps
    let height: AxisTaps
    let width: AxisTaps

    /// - Parameter axes: one to three; those before the first have extent 1.
    public init(batch: Int, channels: Int, _ axes: [AxisTaps]) {
        self.batch = batch
        self.channels = channels
        depth = axes.count > 2 ? axes[axes.count - 3] : AxisTaps(identity: 1)
        height = axes.count > 1 ? axes[axes.count - 2] : AxisTaps(identity: 1)
        width = axes[axes.count - 1]
    }

    /// Elements of one row of the input, and of the result.
    var inputRow: Int { width.inputs * channels }
    var resultRow: Int { width.outputs * channels }
    var isEmpty: Bool { batch == 0 || channels == 0 }

    /// The rows of the input that a row of the result is made of.
    struct Rows {
        /// Which row of the result it is.
        let result: Int
        /// The first row of the input's same image.
        let first: Int
        let count: Int
        /// Rows of the input, and their weights.
        let rows: UnsafeMutablePointer<Int>
        let weights: UnsafeMutablePointer<Double>
    }

    /// Calls `body` for each row of the result, over the threads.
    @inline(__always)
    func forEachRow(_ body: (Rows) -> Void) {
        let capacity = max(depth.longest * height.longest, 1)
        Parallel.units(
            batch * depth.outputs * height.outputs, cost: capacity * inputRow + width.longest * resultRow
        ) { row in
            withUnsafeTemporaryAllocation(of: Int.self, capacity: capacity) { rows in
                withUnsafeTemporaryAllocation(of: Double.self, capacity: capacity) { weights in
                    let (rows, weights) = (rows.baseAddress!, weights.baseAddress!)
                    let (h, plane) = (row % height.outputs, row / height.outputs)
                    let (d, image) = (plane % depth.outputs, plane / depth.outputs)
                    let first = image * depth.inputs * height.inputs
                    var count = 0
                    for i in depth.starts[d]..<depth.starts[d + 1] {
                        for j in height.starts[h]..<height.starts[h + 1] {
                            rows[count] = first + depth.positions[i] * height.inputs + height.positions[j]
                            weights[count] = depth.weights[i] * height.weights[j]
                            count += 1
                        }
                    }
                    body(Rows(result: row, first: first, count: count, rows: rows, weights: weights))
                }
            }
        }
    }
}

/// The taps along the width, as loops want them.
struct WidthTaps<T: SIMDScalar> {
    let starts: UnsafeMutablePointer<Int>
    let positions: UnsafeMutablePointer<Int>
    /// The positions times the number of channels.
    let offsets: UnsafeMutablePointer<Int>
    let weights: UnsafeMutablePointer<T>

    @inline(__always)
    init(_ taps: SpatialTaps, _ convert: (Double) -> T) {
        let width = taps.width
        let count = width.positions.count
        starts = .allocate(capacity: width.starts.count)
        positions = .allocate(capacity: count)
        offsets = .allocate(capacity: count)
        weights = .allocate(capacity: count)
        for i in 0..<width.starts.count { starts[i] = width.starts[i] }
        for i in 0..<count {
            positions[i] = width.positions[i]
            offsets[i] = width.positions[i] * taps.channels
            weights[i] = convert(width.weights[i])
        }
    }

    func deallocate() {
        starts.deallocate()
        positions.deallocate()
        offsets.deallocate()
        weights.deallocate()
    }
}

import ApusKernelBase
import ApusCore

/// A task along one long axis of any length, row by row, all numbers complex: for lengths that no faster way
/// takes.
struct LongJob<V: LaneVector> {
    typealias Scalar = V.Scalar

    let task: FourierTask
    private let plan: RowPlan<V>?
    private let chirp: ChirpPlan<V>?

    /// Nil for short lengths.
    init?(_ task: FourierTask) {
        guard task.lengths.count == 1 else { return nil }
        self.task = task
        plan = RowPlan.of(task.lengths[0])
        chirp = plan == nil ? ChirpPlan.of(task.lengths[0]) : nil
        if plan == nil && chirp == nil { return nil }
    }

    func run(_ x: UnsafeMutablePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>) {
        let rows = plan ?? chirp!.padded
        let bytes = (rows.matrixCount + 2 * rows.length / V.scalarCount + 2) * MemoryLayout<V>.size
        Parallel.units(task.batch.count, cost: rows.length) { number in
            let scratch = Storage(byteCount: bytes)
            let matrix = scratch.pointer.assumingMemoryBound(to: V.self)
            let row = UnsafeMutableRawPointer(matrix + rows.matrixCount).assumingMemoryBound(to: Scalar.self)
            let (input, output) = task.batch.offsets(number)
            load(x, input, row)
            if let plan {
                plan.transformAlone(.interleaved(row), .interleaved(row), isSwapped: false, scale: 1, matrix)
            } else {
                chirp!.transform(row, matrix)
            }
            store(row, y, output)
            withExtendedLifetime(scratch) {}
        }
    }

    /// Copies a row of the input, with real and imaginary parts swapped for an inverse transform.
    private func load(
        _ x: UnsafeMutablePointer<Scalar>, _ offset: Int, _ row: UnsafeMutablePointer<Scalar>
    ) {
        let (n, stride, flip) = (task.lengths[0], task.inputStrides[0], task.kind.isSwapped ? 1 : 0)
        switch task.kind {
        case .forward, .inverse:
            for k in 0..<n {
                let from = x + 2 * (offset + k * stride)
                (row[2 * k + flip], row[(2 * k + 1) ^ flip]) = (from[0], from[1])
            }
        case .realForward:
            for k in 0..<n { (row[2 * k], row[2 * k + 1]) = (x[offset + k * stride], 0) }
        case .realInverse:
            for k in 0...(n / 2) {
                let from = x + 2 * (offset + k * stride)
                if k == 0 || 2 * k == n {
                    (row[2 * k + 1], row[2 * k]) = (from[0] * Scalar(task.edge), 0)
                } else {
                    (row[2 * k + 1], row[2 * k]) = (from[0], from[1])
                    (row[2 * (n - k) + 1], row[2 * (n - k)]) = (from[0], -from[1])
                }
            }
        }
    }

    private func store(
        _ row: UnsafeMutablePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ offset: Int
    ) {
        let (n, stride, flip) = (task.lengths[0], task.outputStrides[0], task.kind.isSwapped ? 1 : 0)
        let scale = Scalar(task.scale)
        if task.kind.isOutputReal {
            for k in 0..<n { y[offset + k * stride] = row[2 * k + 1] * scale }
            return
        }
        for k in 0..<task.outputExtents[0] {
            let to = y + 2 * (offset + k * stride)
            let isEdge = task.kind == .realForward && (k == 0 || 2 * k == n)
            let factor = isEdge ? scale * Scalar(task.edge) : scale
            to[0] = row[2 * k + flip] * factor
            to[1] = isEdge ? 0 : row[(2 * k + 1) ^ flip] * factor
        }
    }
}

import ApusKernelBase
import ApusCore

/// A task carried out block by block: as many sequences as a vector has lanes, through all their axes, in
/// memory that stays in the cache.
struct LaneJob<V: LaneVector> {
    typealias Scalar = V.Scalar

    /// Transforms along one axis of a block: `count` stretches of [length, inner] complex numbers.
    private struct AlongAxis {
        let steps: LaneSteps<V>
        let count: Int
        let inner: Int
        var chirp: Int { steps.chirpScratchCount }
    }

    private let task: FourierTask
    private let plans: [LanePlan<V>]
    /// The length of the last axis, and how often it is transformed.
    private let length: Int
    private let rows: Int
    /// For real transforms: whether a row is transformed as half as many complex numbers; otherwise two rows are
    /// transformed as one.
    private let isHalved: Bool
    private let pairs: Int
    private let alongRows: AlongAxis
    private let others: [AlongAxis]
    private let reader: LaneMover<V>
    private let writer: LaneMover<V>
    /// Vectors in each of two buffers.
    private let bufferCount: Int

    init(_ task: FourierTask) {
        self.task = task
        let (kind, n, rows) = (task.kind, task.lengths.last!, task.rows)
        let isReal = kind.isInputReal || kind.isOutputReal
        let isHalved = isReal && rows == 1 && n % 2 == 0
        let pairs = (rows + 1) / 2
        (length, self.rows, self.isHalved, self.pairs) = (n, rows, isHalved, pairs)
        let spectrum = task.spectrum
        let points = spectrum.reduce(1, *)
        bufferCount = 2 * (isReal && !isHalved ? max(points, pairs * n) : points)
        plans = task.lengths.indices.map {
            .of($0 == task.lengths.count - 1 && isHalved ? n / 2 : task.lengths[$0])
        }
        // Pairs of rows lie beside each other, so that all are transformed at a time.
        alongRows = AlongAxis(
            steps: plans.last!.steps, count: isReal ? 1 : rows, inner: isReal && !isHalved ? pairs : 1)
        others = task.lengths.indices.dropLast().map { [plans] axis in
            AlongAxis(
                steps: plans[axis].steps, count: spectrum[..<axis].reduce(1, *),
                inner: spectrum[(axis + 1)...].reduce(1, *))
        }
        let targets: [Int32]? =
            isReal && !isHalved
            ? (0..<(rows * n)).map { Int32(($0 % n * pairs + $0 / n / 2) * 2 + $0 / n % 2) } : nil
        reader = LaneMover(
            positions: ElementPositions(task.inputExtents, task.inputStrides), isReal: kind.isInputReal,
            flip: kind.isSwapped ? 1 : 0, targets: kind.isInputReal ? targets : nil)
        writer = LaneMover(
            positions: ElementPositions(task.outputExtents, task.outputStrides), isReal: kind.isOutputReal,
            flip: kind.isSwapped ? 1 : 0, targets: kind.isOutputReal ? targets : nil)
    }

    func run(_ x: UnsafeMutablePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>) {
        let batch = task.batch
        let (lanes, last) = (V.scalarCount, batch.extents.count - 1)
        let inner = batch.extents[last]
        // A block does not go beyond an axis whose elements are neighbours.
        let isInner = inner >= lanes && (batch.inputStrides[last] == 1 || batch.outputStrides[last] == 1)
        let length = isInner ? inner : batch.count
        let blocksAlong = (length + lanes - 1) / lanes
        let blocks = blocksAlong * (batch.count / length)
        let (inputWidth, outputWidth) = (task.kind.isInputReal ? 1 : 2, task.kind.isOutputReal ? 1 : 2)
        let chirp = max(alongRows.chirp, others.map(\.chirp).max() ?? 0)
        // Blocks that share scratch memory.
        let group = max(1, min(16, blocks / (4 * Parallel.threadCount)))
        Parallel.units((blocks + group - 1) / group, cost: lanes * bufferCount * group) { number in
            let scratch = Storage(byteCount: (2 * bufferCount + chirp) * MemoryLayout<V>.size)
            let buffer = scratch.pointer.bindMemory(to: V.self, capacity: 2 * bufferCount + chirp)
            withUnsafeTemporaryAllocation(
                of: UnsafeMutablePointer<Scalar>.self, capacity: 2 * lanes
            ) { starts in
                let (inputs, outputs) = (starts.baseAddress!, starts.baseAddress! + lanes)
                for block in (number * group)..<min(blocks, (number + 1) * group) {
                    let first = block / blocksAlong * length + block % blocksAlong * lanes
                    let count = min(lanes, length - block % blocksAlong * lanes)
                    for lane in 0..<lanes {
                        let (input, output) = batch.offsets(first + min(lane, count - 1))
                        inputs[lane] = x + input * inputWidth
                        outputs[lane] = y + output * outputWidth
                    }
                    // The next block's sequences follow at the same distances, as a rule.
                    let following = block + 1 < blocks ? batch.offsets(first + lanes).input * inputWidth : 0
                    transform(
                        following == 0 ? 0 : following - (inputs[0] - x),
                        LaneAddresses(inputs, count: count, width: inputWidth),
                        LaneAddresses(outputs, count: count, width: outputWidth),
                        buffer, buffer + bufferCount, buffer + 2 * bufferCount)
                }
            }
            withExtendedLifetime(scratch) {}
        }
    }

    private func transform(
        _ ahead: Int, _ inputs: LaneAddresses<V>, _ outputs: LaneAddresses<V>, _ a: UnsafeMutablePointer<V>,
        _ b: UnsafeMutablePointer<V>, _ chirp: UnsafeMutablePointer<V>
    ) {
        var (from, to) = (a, b)
        reader.load(inputs, from, thenWritten: outputs, writer.contiguousScalars)
        let (n, width, edge) = (length, length / 2 + 1, Scalar(task.edge))
        switch task.kind {
        case .forward, .inverse:
            along(others, &from, &to, chirp)
            along(alongRows, &from, &to, chirp)
        case .realForward where isHalved:
            along(alongRows, &from, &to, chirp)
            alongRows.steps.joinHalves(from, edge: edge)
        case .realForward:
            if rows % 2 == 1 {
                for k in 0..<n { from[2 * (k * pairs + pairs - 1) + 1] = V.zero }
            }
            along(alongRows, &from, &to, chirp)
            for pair in 0..<pairs {
                let target = to + 4 * pair * width
                alongRows.steps.separatePair(
                    from + 2 * pair, pairs, target, 2 * pair + 1 < rows ? target + 2 * width : nil,
                    edge: edge)
            }
            swap(&from, &to)
            along(others, &from, &to, chirp)
        case .realInverse where isHalved:
            alongRows.steps.splitHalves(from, edge: edge)
            along(alongRows, &from, &to, chirp)
        case .realInverse:
            along(others, &from, &to, chirp)
            for pair in 0..<pairs {
                let source = from + 4 * pair * width
                alongRows.steps.combinePair(
                    source, 2 * pair + 1 < rows ? source + 2 * width : nil, to + 2 * pair, pairs, edge: edge)
            }
            swap(&from, &to)
            along(alongRows, &from, &to, chirp)
        }
        writer.store(
            outputs, from, Scalar(task.scale), thenRead: inputs, ahead: ahead, reader.contiguousScalars)
    }

    @inline(__always)
    private func along(
        _ axes: [AlongAxis], _ from: inout UnsafeMutablePointer<V>, _ to: inout UnsafeMutablePointer<V>,
        _ chirp: UnsafeMutablePointer<V>
    ) {
        for axis in axes { along(axis, &from, &to, chirp) }
    }

    @inline(__always)
    private func along(
        _ axis: AlongAxis, _ from: inout UnsafeMutablePointer<V>, _ to: inout UnsafeMutablePointer<V>,
        _ chirp: UnsafeMutablePointer<V>
    ) {
        for row in 0..<axis.count {
            let start = 2 * row * axis.inner * axis.steps.length
            _ = axis.steps.transform(from + start, to + start, inner: axis.inner, chirpScratch: chirp)
        }
        if axis.steps.endsInSecond { swap(&from, &to) }
    }
}

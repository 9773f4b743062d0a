import ApusKernelBase
import ApusCore

/// A task along one axis carried out row by row.
struct RowJob<V: LaneVector> {
    typealias Scalar = V.Scalar

    let task: FourierTask
    private let plan: RowPlan<V>
    private var isReal: Bool { task.kind.isInputReal || task.kind.isOutputReal }

    /// Nil where the length has no factors of use, or is odd in a real transform.
    init?(_ task: FourierTask) {
        let n = task.lengths[0]
        let isReal = task.kind.isInputReal || task.kind.isOutputReal
        guard task.lengths.count == 1, !isReal || n % 2 == 0,
            let plan = RowPlan<V>.of(isReal ? n / 2 : n)
        else { return nil }
        self.task = task
        self.plan = plan
    }

    func run(_ x: UnsafeMutablePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>) {
        let (inputWidth, outputWidth) = (task.kind.isInputReal ? 1 : 2, task.kind.isOutputReal ? 1 : 2)
        let (inputCount, outputCount) = (task.inputExtents[0], task.outputExtents[0])
        let (inputStride, outputStride) = (task.inputStrides[0], task.outputStrides[0])
        // Rows with gaps between their elements are copied.
        func copied(_ stride: Int, _ scalars: Int) -> Int {
            stride == 1 ? 0 : (scalars + V.scalarCount - 1) / V.scalarCount * V.scalarCount
        }
        let inputCopy = copied(inputStride, inputCount * inputWidth)
        let outputCopy = copied(outputStride, outputCount * outputWidth)
        let apart = isReal ? (plan.length + 2 * V.scalarCount - 1) / V.scalarCount * V.scalarCount : 0
        // A row alone is spread over the threads; several are handed out to them.
        let isAlone = task.batch.count == 1
        let matrixScalars = (isAlone ? plan.matrixCount : plan.scratchCount) * V.scalarCount
        let bytes = (matrixScalars + 2 * apart + inputCopy + outputCopy) * MemoryLayout<Scalar>.size
        let count = task.batch.count
        // Rows that share scratch memory.
        let group = max(1, min(32, count / (4 * Parallel.threadCount)))
        Parallel.units((count + group - 1) / group, cost: plan.length * group) { number in
            let scratch = Storage(byteCount: bytes)
            let matrix = scratch.pointer.assumingMemoryBound(to: V.self)
            let re = scratch.pointer.assumingMemoryBound(to: Scalar.self) + matrixScalars
            let copy = re + 2 * apart
            for row in (number * group)..<min(count, (number + 1) * group) {
                let (input, output) = task.batch.offsets(row)
                let next =
                    row + 1 == count || inputCopy > 0
                    ? 0
                    : (task.batch.offsets(row + 1).input - input) * inputWidth * MemoryLayout<Scalar>.size
                var (from, to) = (x + input * inputWidth, y + output * outputWidth)
                if inputCopy > 0 {
                    for k in 0..<inputCount {
                        for part in 0..<inputWidth {
                            copy[k * inputWidth + part] = from[k * inputStride * inputWidth + part]
                        }
                    }
                    from = copy
                }
                let target = to
                if outputCopy > 0 { to = copy + inputCopy }
                transform(from, to, next, isAlone, matrix, re, re + apart)
                if outputCopy > 0 {
                    for k in 0..<outputCount {
                        for part in 0..<outputWidth {
                            target[k * outputStride * outputWidth + part] = to[k * outputWidth + part]
                        }
                    }
                }
            }
            withExtendedLifetime(scratch) {}
        }
    }

    @inline(__always)
    private func transform(
        _ x: UnsafeMutablePointer<Scalar>, _ y: UnsafeMutablePointer<Scalar>, _ next: Int, _ isAlone: Bool,
        _ scratch: UnsafeMutablePointer<V>, _ re: UnsafeMutablePointer<Scalar>,
        _ im: UnsafeMutablePointer<Scalar>
    ) {
        let (scale, edge) = (Scalar(task.scale), Scalar(task.edge))
        func complex(
            _ x: RowParts<Scalar>, _ y: RowParts<Scalar>, _ isSwapped: Bool, _ scale: Scalar, _ next: Int,
            _ target: UnsafeMutablePointer<Scalar>?
        ) {
            if isAlone {
                plan.transformAlone(x, y, isSwapped: isSwapped, scale: scale, scratch)
            } else {
                plan.transform(
                    x, y, isSwapped: isSwapped, scale: scale, next: next, target: target, scratch)
            }
        }
        switch task.kind {
        case .forward: complex(.interleaved(x), .interleaved(y), false, scale, next, y)
        case .inverse: complex(.interleaved(x), .interleaved(y), true, scale, next, y)
        case .realForward:
            complex(.interleaved(x), .apart(re, im), false, 1, next, y)
            plan.joinHalves(re, im, y, edge: edge, scale: scale)
        case .realInverse:
            plan.splitHalves(x, re, im, edge: edge, next: next)
            complex(.apart(re, im), .interleaved(y), true, scale, 0, y)
        }
    }
}

extension Batch {
    /// The offsets of the input's and the output's sequence with this number, in elements.
    func offsets(_ number: Int) -> (input: Int, output: Int) {
        var (rest, input, output) = (number, 0, 0)
        var axis = extents.count - 1
        while axis > 0 {
            let index = rest % extents[axis]
            rest /= extents[axis]
            input += index * inputStrides[axis]
            output += index * outputStrides[axis]
            axis -= 1
        }
        return (input + rest * inputStrides[0], output + rest * outputStrides[0])
    }
}

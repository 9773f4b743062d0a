import ApusCore

/// Elements computed at a time where operands must be gathered or converted first: small enough to
/// stay in the first-level cache.
private let blockLength = 1024
/// Elements below which another thread does not pay: a parallel region costs about a microsecond.
let elementwiseGrain = 16_384

extension ElementwiseKernel where Block == UnaryBlock {
    /// All operands contiguous and of the kernel's types: one call of the loop a thread.
    public func runDense(
        _ a: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ count: Int, _ dtype: DType
    ) {
        let entry = entry(dtype)!
        let (inSize, outSize) = (dtype.size, entry.output.size)
        Parallel.ranges(count, grain: elementwiseGrain) { range in
            entry.block.run(a + range.lowerBound * inSize, result + range.lowerBound * outSize, range.count)
        }
    }

    /// Any strides; `a` has the result's shape (broadcast by stride 0). Computes in `compute`.
    public func run(_ a: Operand, into result: Operand, computing compute: DType) {
        let entry = entry(compute)!
        forEachBlock([a], as: [compute], into: result, entry.output) { inputs, output, n in
            entry.block.run(inputs[0], output, n)
        }
    }
}

extension ElementwiseKernel where Block == BinaryBlock {
    public func runDense(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, _ result: UnsafeMutableRawPointer, _ count: Int,
        _ dtype: DType
    ) {
        let entry = entry(dtype)!
        let (inSize, outSize) = (dtype.size, entry.output.size)
        let streams = entry.block.runNumber != nil && isStreamed(result, count * outSize, a, b)
        Parallel.ranges(count, grain: elementwiseGrain) { range in
            forEachPiece(of: range, in: result, size: outSize, streams: streams) { start, n, target in
                entry.block.run(a + start * inSize, b + start * inSize, target, n)
            }
        }
    }

    /// Contiguous elements with one number, the left operand where `isFirst`.
    public func runDense(
        _ a: UnsafeRawPointer, number: UnsafeRawPointer, isFirst: Bool, _ result: UnsafeMutableRawPointer,
        _ count: Int, _ dtype: DType
    ) {
        runBroadcast(a, number, isFirst: isFirst, BroadcastPlan(number: count), result, dtype)
    }

    public func run(_ a: Operand, _ b: Operand, into result: Operand, computing compute: DType) {
        let entry = entry(compute)!
        forEachBlock([a, b], as: [compute, compute], into: result, entry.output) { inputs, output, n in
            entry.block.run(inputs[0], inputs[1], output, n)
        }
    }
}

extension ElementwiseKernel where Block == TernaryBlock {
    public func run(_ a: Operand, _ b: Operand, _ c: Operand, into result: Operand, computing compute: DType)
    {
        let entry = entry(compute)!
        forEachBlock([a, b, c], as: [compute, compute, compute], into: result, entry.output) {
            inputs, output, n in
            entry.block.run(inputs[0], inputs[1], inputs[2], output, n)
        }
    }
}

/// One element, `n` times.
func fill(
    _ target: UnsafeMutableRawPointer, with number: UnsafeRawPointer, _ n: Int, size: Int
) {
    @inline(__always) func spread<E>(_: E.Type) {
        let target = target.assumingMemoryBound(to: E.self)
        let value = number.loadUnaligned(as: E.self)
        for i in 0..<n { target[i] = value }
    }
    switch size {
    case 1: spread(UInt8.self)
    case 4: spread(UInt32.self)
    case 8: spread(UInt64.self)
    default: spread(WideElement.self)
    }
}

/// Walks all operands together in the result's memory order, and hands `body` contiguous blocks:
/// inputs as `types`, output as `produced`, gathered, converted and scattered as needed.
///
/// - Parameter types: the type that each input is computed in.
@inline(__always)
func forEachBlock(
    _ inputs: [Operand], as types: [DType], into result: Operand, _ produced: DType,
    _ body: (UnsafePointer<UnsafeRawPointer>, UnsafeMutableRawPointer, Int) -> Void
) {
    let order = result.layout.visitOrder
    let walks = inputs.map { StridedWalk($0, axes: order) }
    let target = StridedWalk(result, axes: order)
    let count = result.layout.elementCount
    let direct = target.runStride == 1 && target.extents.isEmpty && produced == result.dtype
    // Blocks that end where the shortest long run ends need no gathering.
    var length = blockLength
    for walk in walks where walk.run >= 256 && walk.run < count { length = min(length, walk.run) }
    // Nothing to gather or convert: one block for the whole range.
    let plain =
        direct
        && walks.indices.allSatisfy {
            walks[$0].runStride == 1 && walks[$0].extents.isEmpty && walks[$0].dtype == types[$0]
        }
    Parallel.ranges(count, grain: elementwiseGrain) { range in
        let slots = inputs.count * 2 + 1
        withUnsafeTemporaryAllocation(byteCount: slots * blockLength * 16, alignment: 64) { scratch in
            withUnsafeTemporaryAllocation(of: UnsafeRawPointer.self, capacity: inputs.count) { pointers in
                func slot(_ i: Int) -> UnsafeMutableRawPointer { scratch.baseAddress! + i * blockLength * 16 }
                // A scalar operand is spread over its scratch once.
                var spread = [Bool](repeating: false, count: walks.count)
                var start = range.lowerBound
                while start < range.upperBound {
                    let boundary = plain ? range.upperBound : (start / length + 1) * length
                    let n = min(boundary, range.upperBound) - start
                    for i in walks.indices {
                        let walk = walks[i]
                        if walk.runStride == 0 && walk.extents.isEmpty {
                            if !spread[i] {
                                pointers[i] = walk.read(
                                    0, min(blockLength, walk.run), as: types[i], scratch: slot(2 * i),
                                    gathered: slot(2 * i + 1))
                                spread[i] = true
                            }
                        } else {
                            pointers[i] = walk.read(
                                start, n, as: types[i], scratch: slot(2 * i), gathered: slot(2 * i + 1))
                        }
                    }
                    if direct {
                        body(pointers.baseAddress!, target.base + start * produced.size, n)
                    } else {
                        let raw = slot(slots - 1)
                        body(pointers.baseAddress!, raw, n)
                        store(raw, produced, start, n, target)
                    }
                    start += n
                }
            }
        }
    }
}

/// Writes a computed block of type `produced` to the result, through a conversion where it holds another type.
private func store(
    _ raw: UnsafeMutableRawPointer, _ produced: DType, _ start: Int, _ n: Int, _ target: StridedWalk
) {
    if produced == target.dtype {
        target.write(start, n, from: raw)
    } else {
        withUnsafeTemporaryAllocation(byteCount: blockLength * 16, alignment: 64) { converted in
            convert(raw, produced, to: converted.baseAddress!, target.dtype, n)
            target.write(start, n, from: converted.baseAddress!)
        }
    }
}

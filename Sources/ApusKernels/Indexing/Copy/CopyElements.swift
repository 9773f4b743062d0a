import ApusKernelBase
import ApusCore

/// Copies elements, converting their type; either side may be strided.
///
/// Elements of one type go through `memcpy` where both sides run on, through in-register tiles where
/// the fastest axes of the two sides differ, and through plain strided loops elsewhere.
package func copyElements(_ source: Operand, into result: Operand) {
    let count = result.layout.elementCount
    if count == 0 { return }
    if source.dtype != result.dtype {
        forEachBlock([source], as: [result.dtype], into: result, result.dtype) { inputs, output, n in
            if inputs[0] != UnsafeRawPointer(output) {
                output.copyMemory(from: inputs[0], byteCount: n * result.dtype.size)
            }
        }
        return
    }
    if source.layout.isContiguous && result.layout.isContiguous {
        copyBytes(source.pointer, to: result.pointer, count * result.dtype.size)
        return
    }
    let plan = CopyPlan(from: source.layout, to: result.layout)
    switch result.dtype.size {
    case 1: plan.run(source.pointer, result.pointer, UInt8.self)
    case 2: plan.run(source.pointer, result.pointer, UInt16.self)
    case 4: plan.run(source.pointer, result.pointer, UInt32.self)
    case 8: plan.run(source.pointer, result.pointer, UInt64.self)
    default: plan.run(source.pointer, result.pointer, WideElement.self)
    }
}

/// Copies contiguous memory on all threads that are worth it.
func copyBytes(_ source: UnsafeRawPointer, to target: UnsafeMutableRawPointer, _ count: Int) {
    let streams = count >= streamedBytes
    Parallel.ranges(count, grain: 128 << 10) { range in
        copyBlocks(0..<1, blockBytes: range.count, streams: streams) { _ in
            (source + range.lowerBound, target + range.lowerBound)
        }
    }
}

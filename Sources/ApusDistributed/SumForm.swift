import Apus
import ApusKernelBase
import CProcessor

/// How elements of a type are added: as float32 or float64 numbers, of which complex ones have two.
package struct SumForm {
    package let dtype: DType
    /// float32 or float64.
    let real: DType
    /// Numbers that an element has.
    let reals: Int

    /// Stops the program for types that are not summed.
    package init(_ dtype: DType, _ operation: String) {
        if !dtype.isDifferentiable {
            fail(operation, "elements are floating or complex numbers, not \(dtype)")
        }
        self.dtype = dtype
        real = dtype.computeType.realType
        reals = dtype.isComplex ? 2 : 1
    }

    /// Adds the elements in `range` of all sources, in their order, and writes the sums to each of the targets, which may
    /// be sources. The sums of 16-bit elements are rounded at the end.
    ///
    /// Denormal numbers count as zeros, as in all kernels.
    func add(_ sources: [UnsafeMutableRawPointer], to targets: [UnsafeMutableRawPointer], _ range: Range<Int>)
    {
        let mode = apus_flush_denormals()
        defer { apus_restore_denormals(mode) }
        let numbers = range.lowerBound * reals..<range.upperBound * reals
        switch dtype {
        case .float16, .bfloat16: addHalves(sources, targets, range, roundsAtEnd: true)
        case .float64, .complex128: addReals(sources, targets, numbers, Double.self)
        default: addReals(sources, targets, numbers, Float.self)
        }
    }

    /// Adds the elements in `range` of all sources, in their order, and writes the sums to `target`, which may be a source, and past the
    /// caches to `copy`, where other cores read them.
    func add(
        _ sources: [UnsafeMutableRawPointer], to target: UnsafeMutableRawPointer,
        sharing copy: UnsafeMutableRawPointer, _ range: Range<Int>
    ) {
        let targets = [target]
        forBlocks(of: range) { start, count in
            add(sources, to: targets, start..<start + count)
            let offset = start * dtype.size
            streamBytes(target + offset, to: copy + offset, count * dtype.size)
        }
        apus_stream_fence()
    }

    /// Copies elements past the caches to where other cores read them.
    func share(_ range: Range<Int>, of source: UnsafeRawPointer, in copy: UnsafeMutableRawPointer) {
        let start = range.lowerBound * dtype.size
        streamBytes(source + start, to: copy + start, range.count * dtype.size)
        apus_stream_fence()
    }

    /// Adds 16-bit elements, but the sums stay float32; `target` is where the first of `range` goes.
    func addUnrounded(
        _ sources: [UnsafeMutableRawPointer], to target: UnsafeMutableRawPointer, _ range: Range<Int>
    ) {
        let mode = apus_flush_denormals()
        defer { apus_restore_denormals(mode) }
        addHalves(sources, [target - range.lowerBound * 4], range, roundsAtEnd: false)
    }

    /// target += source, numbers of type `real`.
    static func accumulate(
        _ source: UnsafeRawPointer, into target: UnsafeMutableRawPointer, _ count: Int, _ real: DType
    ) {
        let mode = apus_flush_denormals()
        defer { apus_restore_denormals(mode) }
        if real == .float64 {
            accumulateNumbers(source, target, count, Double.self)
        } else {
            accumulateNumbers(source, target, count, Float.self)
        }
    }

    /// 16-bit elements as float32 numbers; others stay where they are.
    func widen(_ elements: UnsafeRawPointer, to numbers: UnsafeMutableRawPointer, _ count: Int) {
        if dtype.isHalf { convertElements(elements, dtype, to: numbers, .float32, count) }
    }

    /// The opposite of `widen`.
    func round(_ numbers: UnsafeRawPointer, to elements: UnsafeMutableRawPointer, _ count: Int) {
        if dtype.isHalf { convertElements(numbers, .float32, to: elements, dtype, count) }
    }

    private func addHalves(
        _ sources: [UnsafeMutableRawPointer], _ targets: [UnsafeMutableRawPointer], _ range: Range<Int>,
        roundsAtEnd: Bool
    ) {
        withUnsafeTemporaryAllocation(byteCount: 2 * blockCount * 4, alignment: 64) { scratch in
            let sum = scratch.baseAddress!
            let next = sum + blockCount * 4
            forBlocks(of: range) { start, count in
                convertElements(sources[0] + start * 2, dtype, to: sum, .float32, count)
                for source in sources.dropFirst() {
                    convertElements(source + start * 2, dtype, to: next, .float32, count)
                    accumulateNumbers(next, sum, count, Float.self)
                }
                for target in targets {
                    if roundsAtEnd {
                        convertElements(sum, .float32, to: target + start * 2, dtype, count)
                    } else {
                        (target + start * 4).copyMemory(from: sum, byteCount: count * 4)
                    }
                }
            }
        }
    }
}

/// Numbers that are summed at a time where there are more than two sources, or sums are shared: they stay in the first-level cache.
private let blockCount = 2048

@inline(__always)
private func forBlocks(of range: Range<Int>, _ body: (_ start: Int, _ count: Int) -> Void) {
    var start = range.lowerBound
    while start < range.upperBound {
        let count = min(blockCount, range.upperBound - start)
        body(start, count)
        start += count
    }
}

@inline(__always)
private func addReals<T: BinaryFloatingPoint>(
    _ sources: [UnsafeMutableRawPointer], _ targets: [UnsafeMutableRawPointer], _ range: Range<Int>,
    _: T.Type
) {
    if sources.count == 2 && targets == sources {
        let a = sources[0].assumingMemoryBound(to: T.self)
        let b = sources[1].assumingMemoryBound(to: T.self)
        for i in range {
            let sum = a[i] + b[i]
            a[i] = sum
            b[i] = sum
        }
        return
    }
    let size = MemoryLayout<T>.size
    // In place: the other one is added to it.
    if sources.count == 2 && targets.count == 1, let place = sources.firstIndex(of: targets[0]) {
        let start = range.lowerBound * size
        return accumulateNumbers(sources[1 - place] + start, targets[0] + start, range.count, T.self)
    }
    withUnsafeTemporaryAllocation(byteCount: blockCount * size, alignment: 64) { scratch in
        let sum = scratch.baseAddress!
        forBlocks(of: range) { start, count in
            sum.copyMemory(from: sources[0] + start * size, byteCount: count * size)
            for source in sources.dropFirst() {
                accumulateNumbers(source + start * size, sum, count, T.self)
            }
            for target in targets { (target + start * size).copyMemory(from: sum, byteCount: count * size) }
        }
    }
}

@inline(__always)
private func accumulateNumbers<T: BinaryFloatingPoint>(
    _ source: UnsafeRawPointer, _ target: UnsafeMutableRawPointer, _ count: Int, _: T.Type
) {
    let source = source.assumingMemoryBound(to: T.self)
    let target = target.assumingMemoryBound(to: T.self)
    for i in 0..<count { target[i] += source[i] }
}

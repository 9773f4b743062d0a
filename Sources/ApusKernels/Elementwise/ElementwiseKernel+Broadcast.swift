import ApusKernelBase
import ApusCore

/// Elements of repeated operands side by side, so that the loops get long runs.
private let tileLength = 1024

extension ElementwiseKernel where Block == BinaryBlock {
    /// Contiguous operands of the kernel's types, `b` repeated as the plan says; `b` is the left operand
    /// where `isFirst`. The result may be `a`.
    package func runBroadcast(
        _ a: UnsafeRawPointer, _ b: UnsafeRawPointer, isFirst: Bool, _ plan: BroadcastPlan,
        _ result: UnsafeMutableRawPointer, _ dtype: DType
    ) {
        let entry = entry(dtype)!
        let (inSize, outSize) = (dtype.size, entry.output.size)
        // Each run of `length` elements meets copies of the same `inner` elements of `b`.
        let (inner, outer, length) = (plan.inner, plan.outer, plan.stretch * plan.inner)
        let count = plan.repeats * outer * length
        if count == 0 { return }
        let isNumber = inner == 1 && entry.block.runNumber != nil
        let isDirect = isNumber || inner >= tileLength / 4
        let tile = isDirect ? inner : min(length, tileLength / inner * inner)
        // Nothing is streamed: beside a single large operand, two Zen 5 cores fetch the lines of the result in less time
        // than they write past the caches.
        Parallel.ranges(count, grain: elementwiseGrain) { range in
            withUnsafeTemporaryAllocation(byteCount: isDirect ? 1 : tile * inSize, alignment: 64) { scratch in
                let scratch = scratch.baseAddress!
                var filled = -1
                let (start, n, target) = (range.lowerBound, range.count, result + range.lowerBound * outSize)
                var done = 0
                var run = start / length
                var within = start - run * length
                while done < n {
                    let stop = done + min(length - within, n - done)
                    let entryOfB = outer == 1 ? 0 : run % outer
                    let source = b + entryOfB * inner * inSize
                    if isNumber {
                        entry.run(
                            a + (start + done) * inSize, number: source, isFirst: isFirst,
                            target + done * outSize, stop - done)
                        done = stop
                    } else if !isDirect && filled != entryOfB {
                        fillTile(scratch, with: source, inner, tile, size: inSize)
                        filled = entryOfB
                    }
                    let operand = isDirect ? source : UnsafeRawPointer(scratch)
                    var phase = done < stop ? within % tile : 0
                    while done < stop {
                        let m = min(tile - phase, stop - done)
                        let x = a + (start + done) * inSize
                        let y = operand + phase * inSize
                        let r = target + done * outSize
                        if isFirst { entry.run(y, x, r, m) } else { entry.run(x, y, r, m) }
                        done += m
                        phase = 0
                    }
                    run += 1
                    within = 0
                }
            }
        }
    }
}

/// Copies of `inner` elements one after the other, `count` elements in all.
private func fillTile(
    _ target: UnsafeMutableRawPointer, with source: UnsafeRawPointer, _ inner: Int, _ count: Int, size: Int
) {
    if inner == 1 {
        fill(target, with: source, count, size: size)
        return
    }
    // What is there is doubled, in few long copies.
    target.copyMemory(from: source, byteCount: inner * size)
    var done = inner
    while done < count {
        let n = min(done, count - done)
        target.advanced(by: done * size).copyMemory(from: target, byteCount: n * size)
        done += n
    }
}

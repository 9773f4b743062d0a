import ApusCore

/// A fold of many elements into one, such as a sum.
///
/// It is computed in fixed pieces that are then combined in order, so that the result does not
/// depend on the number of threads. Inputs of 16 bits fold in float32.
public struct ReductionKernel: Sendable {
    struct Entry: Sendable {
        let input: DType
        let output: DType
        /// Sets `n` results to the fold of nothing.
        let clear: @Sendable (_ results: UnsafeMutableRawPointer, _ n: Int) -> Void
        /// Folds each of `rows` contiguous rows of `length` elements into its result.
        let fold:
            @Sendable (
                _ elements: UnsafeRawPointer, _ rows: Int, _ length: Int, _ results: UnsafeMutableRawPointer
            ) -> Void
        /// Folds `rows` rows that begin `stride` elements apart, element `i` of each into result `i` of `n`.
        let foldEach:
            @Sendable (
                _ elements: UnsafeRawPointer, _ rows: Int, _ stride: Int, _ results: UnsafeMutableRawPointer,
                _ n: Int
            ) -> Void
        /// Folds result `i` of another piece into result `i`.
        let combine:
            @Sendable (_ others: UnsafeRawPointer, _ results: UnsafeMutableRawPointer, _ n: Int) -> Void
        /// Divides each of `n` results; nil where the results cannot be divided.
        let divide: (@Sendable (_ results: UnsafeMutableRawPointer, _ n: Int, _ divisor: Int) -> Void)?
    }

    public let name: String
    private let entries: [Entry?]

    init(_ name: String, _ list: Entry...) {
        self.name = name
        var entries = [Entry?](repeating: nil, count: DType.allCases.count)
        for entry in list { entries[Int(entry.input.rawValue)] = entry }
        self.entries = entries
    }

    func entry(_ compute: DType) -> Entry? { entries[Int(compute.rawValue)] }

    public func supports(_ dtype: DType) -> Bool { entry(dtype.computeType) != nil }

    public func outputType(_ dtype: DType) -> DType {
        guard let entry = entry(dtype.computeType) else { return dtype }
        return entry.output == dtype.computeType ? dtype : entry.output
    }
}

/// A fold by an associative function. `lanes` runs of it go side by side, which vectorises it and,
/// for sums of floats, keeps the error small.
///
/// - Parameter divide: a result divided by a count, where means are wanted.
@inline(__always)
func fold<A: KernelElement, R: KernelElement>(
    from initial: R, _ convert: @escaping @Sendable (A) -> R, _ join: @escaping @Sendable (R, R) -> R,
    dividing divide: (@Sendable (R, Int) -> R)? = nil
) -> ReductionKernel.Entry {
    .init(
        input: A.dtype, output: R.dtype,
        clear: { results, n in
            let results = results.assumingMemoryBound(to: R.self)
            for i in 0..<n { results[i] = initial }
        },
        fold: { elements, rows, length, results in
            let elements = elements.assumingMemoryBound(to: A.self)
            let results = results.assumingMemoryBound(to: R.self)
            if length < 16 {
                foldShortRows(elements, rows, length, results, initial, convert, join)
            } else if length < 256 {
                foldRows(elements, rows, length, results, 16, initial, convert, join)
            } else {
                for row in 0..<rows {
                    let value = foldLongRow(elements + row * length, length, initial, convert, join)
                    results[row] = join(results[row], value)
                }
            }
        },
        foldEach: { elements, rows, stride, results, n in
            let elements = elements.assumingMemoryBound(to: A.self)
            let results = results.assumingMemoryBound(to: R.self)
            var row = 0
            // Four rows at once: the results are loaded and stored once for all of them, and rounding
            // errors grow by a quarter as many steps.
            while row + 4 <= rows {
                let a = elements + row * stride
                let (b, c, d) = (a + stride, a + 2 * stride, a + 3 * stride)
                for i in 0..<n {
                    let four = join(join(convert(a[i]), convert(b[i])), join(convert(c[i]), convert(d[i])))
                    results[i] = join(results[i], four)
                }
                row += 4
            }
            while row < rows {
                let a = elements + row * stride
                for i in 0..<n { results[i] = join(results[i], convert(a[i])) }
                row += 1
            }
        },
        combine: { others, results, n in
            let others = others.assumingMemoryBound(to: R.self)
            let results = results.assumingMemoryBound(to: R.self)
            for i in 0..<n { results[i] = join(results[i], others[i]) }
        },
        divide: division(divide))
}

@inline(__always)
private func division<R>(
    _ divide: (@Sendable (R, Int) -> R)?
) -> (@Sendable (UnsafeMutableRawPointer, Int, Int) -> Void)? {
    guard let divide else { return nil }
    return { results, n, divisor in
        let results = results.assumingMemoryBound(to: R.self)
        for i in 0..<n { results[i] = divide(results[i], divisor) }
    }
}

@inline(__always)
private func foldRows<A, R>(
    _ elements: UnsafePointer<A>, _ rows: Int, _ length: Int, _ results: UnsafeMutablePointer<R>,
    _ lanes: Int,
    _ initial: R, _ convert: (A) -> R, _ join: (R, R) -> R
) {
    withUnsafeTemporaryAllocation(of: R.self, capacity: lanes) { partial in
        let partial = partial.baseAddress!
        for row in 0..<rows {
            let elements = elements + row * length
            for lane in 0..<lanes { partial[lane] = initial }
            var start = 0
            while start + lanes <= length {
                for lane in 0..<lanes {
                    partial[lane] = join(partial[lane], convert(elements[start &+ lane]))
                }
                start += lanes
            }
            for i in start..<length { partial[i - start] = join(partial[i - start], convert(elements[i])) }
            var width = lanes / 2
            while width > 0 {
                for lane in 0..<width { partial[lane] = join(partial[lane], partial[lane + width]) }
                width /= 2
            }
            results[row] = join(results[row], partial[0])
        }
    }
}

/// Blocks of 64 lanes by 16 steps, joined lane by lane: two short chains of additions in place of a
/// long one keep the error small.
@inline(__always)
private func foldLongRow<A, R>(
    _ elements: UnsafePointer<A>, _ length: Int, _ initial: R, _ convert: (A) -> R, _ join: (R, R) -> R
) -> R {
    let (lanes, steps) = (64, 16)
    return withUnsafeTemporaryAllocation(of: R.self, capacity: 2 * lanes) { scratch in
        let (partial, total) = (scratch.baseAddress!, scratch.baseAddress! + lanes)
        for lane in 0..<lanes { total[lane] = initial }
        var start = 0
        while start + lanes <= length {
            let end = min(start + lanes * steps, length - length % lanes)
            for lane in 0..<lanes { partial[lane] = initial }
            while start < end {
                for lane in 0..<lanes {
                    partial[lane] = join(partial[lane], convert(elements[start &+ lane]))
                }
                start += lanes
            }
            for lane in 0..<lanes { total[lane] = join(total[lane], partial[lane]) }
        }
        for i in start..<length { total[i - start] = join(total[i - start], convert(elements[i])) }
        var width = lanes / 2
        while width > 0 {
            for lane in 0..<width { total[lane] = join(total[lane], total[lane + width]) }
            width /= 2
        }
        return total[0]
    }
}

/// Sixteen rows side by side, one a lane.
@inline(__always)
private func foldShortRows<A, R>(
    _ elements: UnsafePointer<A>, _ rows: Int, _ length: Int, _ results: UnsafeMutablePointer<R>,
    _ initial: R,
    _ convert: (A) -> R, _ join: (R, R) -> R
) {
    let lanes = 16
    var row = 0
    withUnsafeTemporaryAllocation(of: R.self, capacity: lanes) { partial in
        let partial = partial.baseAddress!
        while row + lanes <= rows {
            let elements = elements + row * length
            for lane in 0..<lanes { partial[lane] = initial }
            for column in 0..<length {
                for lane in 0..<lanes {
                    partial[lane] = join(partial[lane], convert(elements[lane &* length &+ column]))
                }
            }
            for lane in 0..<lanes { results[row + lane] = join(results[row + lane], partial[lane]) }
            row += lanes
        }
    }
    while row < rows {
        var partial = initial
        for i in (row * length)..<((row + 1) * length) { partial = join(partial, convert(elements[i])) }
        results[row] = join(results[row], partial)
        row += 1
    }
}

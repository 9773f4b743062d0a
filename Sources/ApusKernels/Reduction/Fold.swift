import ApusKernelBase
import ApusCore

/// An associative function that folds elements, and where it starts.
///
/// A type and not closures: what a stored closure captures is called, and a loop of calls does not vectorise.
protocol Fold: SendableMetatype {
    associatedtype Element: KernelElement
    associatedtype Result: KernelElement
    static var initial: Result { get }
    static func convert(_ x: Element) -> Result
    static func join(_ a: Result, _ b: Result) -> Result
    /// Whether results can be divided by a count, for means.
    static var divides: Bool { get }
    static func divide(_ result: Result, _ count: Int) -> Result
}

extension Fold {
    static var divides: Bool { false }
    @inline(__always) static func divide(_ result: Result, _ count: Int) -> Result { result }
}

extension Fold where Element == Result {
    @inline(__always) static func convert(_ x: Element) -> Result { x }
}

/// The loops of a fold. Many lanes of it go side by side, which vectorises it and, for sums of floats,
/// keeps the error small.
func fold<F: Fold>(_: F.Type) -> ReductionKernel.Entry {
    .init(
        input: F.Element.dtype, output: F.Result.dtype,
        clear: { results, n in
            let results = results.assumingMemoryBound(to: F.Result.self)
            for i in 0..<n { results[i] = F.initial }
        },
        fold: { elements, rows, length, results in
            let elements = elements.assumingMemoryBound(to: F.Element.self)
            let results = results.assumingMemoryBound(to: F.Result.self)
            if length < 16 {
                foldShortRows(F.self, elements, rows, length, results)
            } else if length < 256 {
                foldRows(F.self, elements, rows, length, results)
            } else {
                for row in 0..<rows {
                    results[row] = F.join(results[row], foldLongRow(F.self, elements + row * length, length))
                }
            }
        },
        foldEach: { elements, rows, stride, results, n in
            let elements = elements.assumingMemoryBound(to: F.Element.self)
            let results = results.assumingMemoryBound(to: F.Result.self)
            var row = 0
            // Four rows at once: the results are loaded and stored once for all of them, and rounding
            // errors grow by a quarter as many steps.
            while row + 4 <= rows {
                let a = elements + row * stride
                let (b, c, d) = (a + stride, a + 2 * stride, a + 3 * stride)
                for i in 0..<n {
                    let two = F.join(F.convert(a[i]), F.convert(b[i]))
                    let four = F.join(two, F.join(F.convert(c[i]), F.convert(d[i])))
                    results[i] = F.join(results[i], four)
                }
                row += 4
            }
            while row < rows {
                let a = elements + row * stride
                for i in 0..<n { results[i] = F.join(results[i], F.convert(a[i])) }
                row += 1
            }
        },
        combine: { others, results, n in
            let others = others.assumingMemoryBound(to: F.Result.self)
            let results = results.assumingMemoryBound(to: F.Result.self)
            for i in 0..<n { results[i] = F.join(results[i], others[i]) }
        },
        divide: division(F.self))
}

private func division<F: Fold>(_: F.Type) -> (@Sendable (UnsafeMutableRawPointer, Int, Int) -> Void)? {
    guard F.divides else { return nil }
    return { results, n, divisor in
        let results = results.assumingMemoryBound(to: F.Result.self)
        for i in 0..<n { results[i] = F.divide(results[i], divisor) }
    }
}

@inline(__always)
private func foldRows<F: Fold>(
    _: F.Type, _ elements: UnsafePointer<F.Element>, _ rows: Int, _ length: Int,
    _ results: UnsafeMutablePointer<F.Result>
) {
    let lanes = 16
    withUnsafeTemporaryAllocation(of: F.Result.self, capacity: lanes) { partial in
        let partial = partial.baseAddress!
        for row in 0..<rows {
            let elements = elements + row * length
            for lane in 0..<lanes { partial[lane] = F.initial }
            var start = 0
            while start + lanes <= length {
                for lane in 0..<lanes {
                    partial[lane] = F.join(partial[lane], F.convert(elements[start &+ lane]))
                }
                start += lanes
            }
            for i in start..<length {
                partial[i - start] = F.join(partial[i - start], F.convert(elements[i]))
            }
            var width = lanes / 2
            while width > 0 {
                for lane in 0..<width { partial[lane] = F.join(partial[lane], partial[lane + width]) }
                width /= 2
            }
            results[row] = F.join(results[row], partial[0])
        }
    }
}

/// Blocks of 64 lanes by 16 steps, joined lane by lane: two short chains of additions in place of a
/// long one keep the error small.
@inline(__always)
private func foldLongRow<F: Fold>(
    _: F.Type, _ elements: UnsafePointer<F.Element>, _ length: Int
) -> F.Result {
    let (lanes, steps) = (64, 16)
    return withUnsafeTemporaryAllocation(of: F.Result.self, capacity: 2 * lanes) { scratch in
        let (partial, total) = (scratch.baseAddress!, scratch.baseAddress! + lanes)
        for lane in 0..<lanes { total[lane] = F.initial }
        var start = 0
        while start + lanes <= length {
            let end = min(start + lanes * steps, length - length % lanes)
            for lane in 0..<lanes { partial[lane] = F.initial }
            while start < end {
                for lane in 0..<lanes {
                    partial[lane] = F.join(partial[lane], F.convert(elements[start &+ lane]))
                }
                start += lanes
            }
            for lane in 0..<lanes { total[lane] = F.join(total[lane], partial[lane]) }
        }
        for i in start..<length { total[i - start] = F.join(total[i - start], F.convert(elements[i])) }
        var width = lanes / 2
        while width > 0 {
            for lane in 0..<width { total[lane] = F.join(total[lane], total[lane + width]) }
            width /= 2
        }
        return total[0]
    }
}

/// Sixteen rows side by side, one a lane.
@inline(__always)
private func foldShortRows<F: Fold>(
    _: F.Type, _ elements: UnsafePointer<F.Element>, _ rows: Int, _ length: Int,
    _ results: UnsafeMutablePointer<F.Result>
) {
    let lanes = 16
    var row = 0
    withUnsafeTemporaryAllocation(of: F.Result.self, capacity: lanes) { partial in
        let partial = partial.baseAddress!
        while row + lanes <= rows {
            let elements = elements + row * length
            for lane in 0..<lanes { partial[lane] = F.initial }
            for column in 0..<length {
                for lane in 0..<lanes {
                    partial[lane] = F.join(partial[lane], F.convert(elements[lane &* length &+ column]))
                }
            }
            for lane in 0..<lanes { results[row + lane] = F.join(results[row + lane], partial[lane]) }
            row += lanes
        }
    }
    while row < rows {
        var partial = F.initial
        for i in (row * length)..<((row + 1) * length) { partial = F.join(partial, F.convert(elements[i])) }
        results[row] = F.join(results[row], partial)
        row += 1
    }
}

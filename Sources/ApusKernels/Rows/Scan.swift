import ApusKernelBase
import ApusCore

extension Kernels {
    /// Running sums or products along the middle axis of `split`.
    ///
    /// - Parameters:
    ///   - dtype: int64, or a floating or complex type that kernels compute in. Floats accumulate in
    ///     double precision.
    ///   - reversed: from the end of the axis.
    package static func scan(
        _ kind: ScanKind, _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType,
        _ split: AxisSplit, reversed: Bool
    ) {
        if split.isEmpty { return }
        switch kind {
        case .sum: scanAll(Adding.self, x, y, dtype, split, reversed)
        case .product: scanAll(Multiplying.self, x, y, dtype, split, reversed)
        }
    }
}

/// An element, and the type its running totals have.
private protocol ScanElement {
    associatedtype Total: SumElement
    var wide: Total { get }
    static func narrow(_ total: Total) -> Self
}

extension Int64: ScanElement {
    @inline(__always) fileprivate var wide: Int64 { self }
    @inline(__always) fileprivate static func narrow(_ total: Int64) -> Int64 { total }
}

extension Float: ScanElement {
    @inline(__always) fileprivate var wide: Double { Double(self) }
    @inline(__always) fileprivate static func narrow(_ total: Double) -> Float { Float(total) }
}

extension Double: ScanElement {
    @inline(__always) fileprivate var wide: Double { self }
    @inline(__always) fileprivate static func narrow(_ total: Double) -> Double { total }
}

extension ComplexPair: ScanElement {
    @inline(__always) fileprivate var wide: ComplexDouble { ComplexDouble(Double(re), Double(im)) }
    @inline(__always) fileprivate static func narrow(_ total: ComplexDouble) -> Self {
        Self(T(total.re), T(total.im))
    }
}

/// How totals join. A type and not a closure, so that the loops hold no calls.
private protocol Join {
    static func join<T: SumElement>(_ a: T, _ b: T) -> T
}

private enum Adding: Join {
    @inline(__always) static func join<T: SumElement>(_ a: T, _ b: T) -> T { T.sum(a, b) }
}

private enum Multiplying: Join {
    @inline(__always) static func join<T: SumElement>(_ a: T, _ b: T) -> T { T.product(a, b) }
}

@inline(__always)
private func scanAll<J: Join>(
    _: J.Type, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer, _ dtype: DType, _ split: AxisSplit,
    _ reversed: Bool
) {
    switch dtype {
    case .int64: scanOf(Int64.self, J.self, x, y, split, reversed)
    case .float64: scanOf(Double.self, J.self, x, y, split, reversed)
    case .complex64: scanOf(ComplexFloat.self, J.self, x, y, split, reversed)
    case .complex128: scanOf(ComplexDouble.self, J.self, x, y, split, reversed)
    default: scanOf(Float.self, J.self, x, y, split, reversed)
    }
}

private func scanOf<T: ScanElement, J: Join>(
    _: T.Type, _: J.Type, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer, _ split: AxisSplit,
    _ reversed: Bool
) {
    let x = x.assumingMemoryBound(to: T.self)
    let y = y.assumingMemoryBound(to: T.self)
    let (length, inner) = (split.length, split.inner)
    if inner == 1 {
        let (start, step) = reversed ? (length - 1, -1) : (0, 1)
        forEachRows(split.outer, length) { rows in
            var row = rows.lowerBound
            // A sum waits for the one before it: four rows fill the time.
            while row + 4 <= rows.upperBound {
                scanFour(J.self, x + row * length + start, y + row * length + start, length, step)
                row += 4
            }
            for row in row..<rows.upperBound {
                scanOne(J.self, x + row * length + start, y + row * length + start, length, step)
            }
        }
        return
    }
    let tiles = (inner + laneTile - 1) / laneTile
    Parallel.units(split.outer * tiles, cost: length * min(inner, laneTile)) { unit in
        let first = unit % tiles * laneTile
        let lanes = min(laneTile, inner - first)
        let start = (unit / tiles * length + (reversed ? length - 1 : 0)) * inner + first
        withUnsafeTemporaryAllocation(of: T.Total.self, capacity: laneTile) { total in
            let total = total.baseAddress!
            for lane in 0..<lanes {
                total[lane] = x[start + lane].wide
                y[start + lane] = x[start + lane]
            }
            for i in 1..<max(length, 1) {
                let at = start + (reversed ? -i : i) * inner
                for lane in 0..<lanes {
                    total[lane] = J.join(total[lane], x[at + lane].wide)
                    y[at + lane] = T.narrow(total[lane])
                }
            }
        }
    }
}

@inline(__always)
private func scanOne<T: ScanElement, J: Join>(
    _: J.Type, _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ length: Int, _ step: Int
) {
    var total = x[0].wide
    y[0] = x[0]
    for i in 1..<max(length, 1) {
        total = J.join(total, x[i * step].wide)
        y[i * step] = T.narrow(total)
    }
}

/// Four rows, one after the other in memory. A function of its own, so that all it needs stays in registers.
@inline(never)
private func scanFour<T: ScanElement, J: Join>(
    _: J.Type, _ x: UnsafePointer<T>, _ y: UnsafeMutablePointer<T>, _ length: Int, _ step: Int
) {
    var (x, y) = (x, y)
    var (a, b, c, d) = (x[0].wide, x[length].wide, x[2 * length].wide, x[3 * length].wide)
    (y[0], y[length], y[2 * length], y[3 * length]) = (x[0], x[length], x[2 * length], x[3 * length])
    for _ in 1..<max(length, 1) {
        x += step
        y += step
        a = J.join(a, x[0].wide)
        b = J.join(b, x[length].wide)
        c = J.join(c, x[2 * length].wide)
        d = J.join(d, x[3 * length].wide)
        (y[0], y[length], y[2 * length], y[3 * length]) = (
            T.narrow(a), T.narrow(b), T.narrow(c), T.narrow(d)
        )
    }
}

extension Kernels {
    /// The largest or smallest element so far along the middle axis of `split`, and where it is: the
    /// last of equal ones; NaN wins.
    package static func scanExtremes(
        _ x: UnsafeRawPointer, _ dtype: DType, _ split: AxisSplit, largest: Bool,
        values: UnsafeMutableRawPointer, indices: UnsafeMutablePointer<Int64>
    ) {
        if split.isEmpty { return }
        switch dtype {
        case .bool, .uint8: scanExtremesOf(UInt8.self, x, split, largest, values, indices)
        case .int32: scanExtremesOf(Int32.self, x, split, largest, values, indices)
        case .int64: scanExtremesOf(Int64.self, x, split, largest, values, indices)
        case .float64: scanExtremesOf(Double.self, x, split, largest, values, indices)
        default: scanExtremesOf(Float.self, x, split, largest, values, indices)
        }
    }
}

@inline(__always)
private func scanExtremesOf<T: OrderedElement>(
    _: T.Type, _ x: UnsafeRawPointer, _ split: AxisSplit, _ largest: Bool, _ values: UnsafeMutableRawPointer,
    _ indices: UnsafeMutablePointer<Int64>
) {
    let x = x.assumingMemoryBound(to: T.self)
    let values = values.assumingMemoryBound(to: T.self)
    let (length, inner) = (split.length, split.inner)
    forEachRow(split.outer * inner, length) { lane in
        let first = lane / inner * length * inner + lane % inner
        var (best, index) = (x[first], 0)
        for i in 0..<length {
            let value = x[first + i * inner]
            let better = largest ? value >= best : value <= best
            if value.isNotANumber || (better && !best.isNotANumber) { (best, index) = (value, i) }
            values[first + i * inner] = best
            indices[first + i * inner] = Int64(index)
        }
    }
}

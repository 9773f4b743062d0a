import ApusCore

/// What a scan accumulates along an axis.
public enum ScanKind: Sendable {
    case sum
    case product
}

extension Kernels {
    /// Running sums or products along the middle axis of `split`.
    ///
    /// - Parameters:
    ///   - dtype: int64, or a floating or complex type that kernels compute in. Floats accumulate in
    ///     double precision.
    ///   - reversed: from the end of the axis.
    public static func scan(
        _ kind: ScanKind, _ x: UnsafeRawPointer, into y: UnsafeMutableRawPointer, _ dtype: DType,
        _ split: AxisSplit, reversed: Bool
    ) {
        if split.isEmpty { return }
        switch (dtype, kind) {
        case (.int64, .sum): scanOf(Int64.self, x, y, split, reversed, { $0 }, { $0 }, { $0 &+ $1 })
        case (.int64, .product): scanOf(Int64.self, x, y, split, reversed, { $0 }, { $0 }, { $0 &* $1 })
        case (.float64, .sum): scanOf(Double.self, x, y, split, reversed, { $0 }, { $0 }, { $0 + $1 })
        case (.float64, .product): scanOf(Double.self, x, y, split, reversed, { $0 }, { $0 }, { $0 * $1 })
        case (.complex64, .sum):
            scanOf(ComplexFloat.self, x, y, split, reversed, wide, narrow) {
                ComplexDouble($0.re + $1.re, $0.im + $1.im)
            }
        case (.complex64, .product):
            scanOf(ComplexFloat.self, x, y, split, reversed, wide, narrow) { $0 * $1 }
        case (.complex128, .sum):
            scanOf(ComplexDouble.self, x, y, split, reversed, { $0 }, { $0 }) {
                ComplexDouble($0.re + $1.re, $0.im + $1.im)
            }
        case (.complex128, .product):
            scanOf(ComplexDouble.self, x, y, split, reversed, { $0 }, { $0 }) { $0 * $1 }
        case (_, .sum):
            scanOf(Float.self, x, y, split, reversed, { Double($0) }, { Float($0) }, { $0 + $1 })
        case (_, .product):
            scanOf(Float.self, x, y, split, reversed, { Double($0) }, { Float($0) }, { $0 * $1 })
        }
    }
}

@inline(__always)
private func wide(_ x: ComplexFloat) -> ComplexDouble { ComplexDouble(Double(x.re), Double(x.im)) }
@inline(__always)
private func narrow(_ x: ComplexDouble) -> ComplexFloat { ComplexFloat(Float(x.re), Float(x.im)) }

@inline(__always)
private func scanOf<T, A>(
    _: T.Type, _ x: UnsafeRawPointer, _ y: UnsafeMutableRawPointer, _ split: AxisSplit, _ reversed: Bool,
    _ widen: (T) -> A, _ narrow: (A) -> T, _ join: (A, A) -> A
) {
    let x = x.assumingMemoryBound(to: T.self)
    let y = y.assumingMemoryBound(to: T.self)
    let (length, inner) = (split.length, split.inner)
    if inner == 1 {
        forEachRow(split.outer, length) { row in
            let first = row * length + (reversed ? length - 1 : 0)
            let step = reversed ? -1 : 1
            var total = widen(x[first])
            y[first] = x[first]
            for i in 1..<max(length, 1) {
                total = join(total, widen(x[first + i * step]))
                y[first + i * step] = narrow(total)
            }
        }
        return
    }
    let tiles = (inner + laneTile - 1) / laneTile
    Parallel.units(split.outer * tiles, cost: length * min(inner, laneTile)) { unit in
        let first = unit % tiles * laneTile
        let lanes = min(laneTile, inner - first)
        let start = (unit / tiles * length + (reversed ? length - 1 : 0)) * inner + first
        withUnsafeTemporaryAllocation(of: A.self, capacity: laneTile) { total in
            let total = total.baseAddress!
            for lane in 0..<lanes {
                total[lane] = widen(x[start + lane])
                y[start + lane] = x[start + lane]
            }
            for i in 1..<max(length, 1) {
                let at = start + (reversed ? -i : i) * inner
                for lane in 0..<lanes {
                    total[lane] = join(total[lane], widen(x[at + lane]))
                    y[at + lane] = narrow(total[lane])
                }
            }
        }
    }
}

extension Kernels {
    /// The largest or smallest element so far along the middle axis of `split`, and where it is: the
    /// last of equal ones; NaN wins.
    public static func scanExtremes(
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

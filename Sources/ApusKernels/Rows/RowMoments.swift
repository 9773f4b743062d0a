import ApusKernelBase

// Mean and Σ(x - mean)² of a row. Those of short rows are summed in registers: a row of 64 elements costs no
// more than it takes to join the lanes.

/// Rows longer than this are summed in more lanes, with smaller rounding errors.
private let longRow = 1024

/// Row elements whose rows know their moments.
protocol MomentElement: RowElement {
    /// The mean of `n` elements and Σ(x - mean)².
    static func rowMoments(_ x: UnsafePointer<Self>, _ n: Int) -> (mean: Self, squares: Self)
}

extension Float: MomentElement {
    @inline(__always)
    static func rowMoments(_ x: UnsafePointer<Float>, _ n: Int) -> (mean: Float, squares: Float) {
        if n > longRow { return longRowMoments(x, n) }
        let source = UnsafeRawPointer(x)
        let whole = n & ~15
        var sums = SIMD16<Float>.zero
        for i in stride(from: 0, to: whole, by: 16) {
            sums += source.loadUnaligned(fromByteOffset: i * 4, as: SIMD16<Float>.self)
        }
        var sum = joined(sums)
        for i in whole..<n { sum += x[i] }
        let mean = sum / Float(n)
        let center = SIMD16(repeating: mean)
        var squares = SIMD16<Float>.zero
        for i in stride(from: 0, to: whole, by: 16) {
            let difference = source.loadUnaligned(fromByteOffset: i * 4, as: SIMD16<Float>.self) - center
            squares.addProduct(difference, difference)
        }
        var total = joined(squares)
        for i in whole..<n { total += (x[i] - mean) * (x[i] - mean) }
        return (mean, total)
    }

    @inline(__always)
    private static func joined(_ v: SIMD16<Float>) -> Float {
        let eight = v.lowHalf + v.highHalf
        let four = eight.lowHalf + eight.highHalf
        let two = four.lowHalf + four.highHalf
        return two[0] + two[1]
    }
}

extension Double: MomentElement {
    @inline(__always)
    static func rowMoments(_ x: UnsafePointer<Double>, _ n: Int) -> (mean: Double, squares: Double) {
        longRowMoments(x, n)
    }
}

@inline(__always)
private func longRowMoments<T: RowElement>(_ x: UnsafePointer<T>, _ n: Int) -> (mean: T, squares: T) {
    let mean = foldRow(x, n, 0, { $0 }, { $0 + $1 }) / T(n)
    return (mean, sumRows(x, x, n) { a, _ in (a - mean) * (a - mean) })
}

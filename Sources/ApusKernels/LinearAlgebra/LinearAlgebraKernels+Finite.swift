import ApusKernelBase
import ApusCore

extension LinearAlgebraKernels {
    /// What a factorisation reads of a matrix.
    enum Part {
        case all
        case lowerTriangle, upperTriangle
    }

    /// What a factorisation returns for a matrix that is not finite. LAPACK is not asked: with an infinity its iterations
    /// may never end, and with a NaN it may give finite numbers.
    static let notFinite: Int32 = -1

    /// Whether what is read of a row-major matrix holds neither a NaN nor an infinity.
    static func isFinite(
        _ a: UnsafeRawPointer, rows: Int, columns: Int, _ dtype: DType, _ part: Part = .all
    ) -> Bool {
        let parts = dtype.isComplex ? 2 : 1
        func isFinite(_ row: UnsafeRawPointer, _ count: Int) -> Bool {
            dtype.realType == .float32
                ? areFinite(row.assumingMemoryBound(to: UInt32.self), count * parts)
                : areFinite(row.assumingMemoryBound(to: UInt64.self), count * parts)
        }
        if part == .all { return isFinite(a, rows * columns) }
        for i in 0..<rows {
            let row = a + i * columns * dtype.size
            let isRowFinite =
                part == .lowerTriangle
                ? isFinite(row, min(i + 1, columns)) : isFinite(row + i * dtype.size, max(0, columns - i))
            if !isRowFinite { return false }
        }
        return true
    }

    private static func areFinite(_ x: UnsafePointer<UInt32>, _ count: Int) -> Bool {
        var largest: UInt32 = 0
        for i in 0..<count { largest = max(largest, x[i] & 0x7fff_ffff) }
        return largest < 0x7f80_0000
    }

    private static func areFinite(_ x: UnsafePointer<UInt64>, _ count: Int) -> Bool {
        var largest: UInt64 = 0
        for i in 0..<count { largest = max(largest, x[i] & 0x7fff_ffff_ffff_ffff) }
        return largest < 0x7ff0_0000_0000_0000
    }
}

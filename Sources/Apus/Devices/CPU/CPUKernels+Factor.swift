import ApusKernels

extension CPUKernels {
    @discardableResult
    package func cholesky(_ dtype: DType, batch: Int, n: Int, a: UnsafeRawPointer, l: UnsafeMutableRawPointer)
        -> [Int32]
    {
        access { LinearAlgebraKernels.cholesky(dtype, batch: batch, n: n, a: a, l: l) }
    }

    @discardableResult
    package func eigh(
        _ dtype: DType, batch: Int, n: Int, lower: Bool, a: UnsafeRawPointer, w: UnsafeMutableRawPointer,
        v: UnsafeMutableRawPointer?
    ) -> [Int32] {
        access { LinearAlgebraKernels.eigh(dtype, batch: batch, n: n, lower: lower, a: a, w: w, v: v) }
    }

    @discardableResult
    package func luFactor(
        _ dtype: DType, batch: Int, m: Int, n: Int, a: UnsafeRawPointer, lu: UnsafeMutableRawPointer,
        pivots: UnsafeMutableRawPointer
    ) -> [Int32] {
        access {
            LinearAlgebraKernels.luFactor(
                dtype, batch: batch, m: m, n: n, a: a, lu: lu,
                pivots: pivots.assumingMemoryBound(to: Int32.self))
        }
    }

    @discardableResult
    package func luSolve(
        _ dtype: DType, batch: Int, n: Int, columns: Int, lu: UnsafeRawPointer, pivots: UnsafeRawPointer,
        transposition: Transposition, b: UnsafeRawPointer, x: UnsafeMutableRawPointer
    ) -> [Int32] {
        access {
            LinearAlgebraKernels.luSolve(
                dtype, batch: batch, n: n, columns: columns, lu: lu,
                pivots: pivots.assumingMemoryBound(to: Int32.self), transposition: transposition, b: b, x: x)
        }
    }

    @discardableResult
    package func inverse(
        _ dtype: DType, batch: Int, n: Int, a: UnsafeRawPointer, result: UnsafeMutableRawPointer
    ) -> [Int32] {
        access { LinearAlgebraKernels.inverse(dtype, batch: batch, n: n, a: a, result: result) }
    }

    @discardableResult
    package func qr(
        _ dtype: DType, batch: Int, m: Int, n: Int, complete: Bool, a: UnsafeRawPointer,
        q: UnsafeMutableRawPointer?, r: UnsafeMutableRawPointer
    ) -> [Int32] {
        access {
            LinearAlgebraKernels.qr(dtype, batch: batch, m: m, n: n, complete: complete, a: a, q: q, r: r)
        }
    }

    @discardableResult
    package func svd(
        _ dtype: DType, batch: Int, m: Int, n: Int, full: Bool, a: UnsafeRawPointer,
        u: UnsafeMutableRawPointer?, s: UnsafeMutableRawPointer, vh: UnsafeMutableRawPointer?
    ) -> [Int32] {
        access {
            LinearAlgebraKernels.svd(dtype, batch: batch, m: m, n: n, full: full, a: a, u: u, s: s, vh: vh)
        }
    }

    @discardableResult
    package func triangularSolve(
        _ dtype: DType, batch: Int, n: Int, columns: Int, a: UnsafeRawPointer, upper: Bool,
        unitDiagonal: Bool, transposition: Transposition, b: UnsafeRawPointer,
        x: UnsafeMutableRawPointer
    ) -> [Int32] {
        access {
            LinearAlgebraKernels.triangularSolve(
                dtype, batch: batch, n: n, columns: columns, a: a, upper: upper, unitDiagonal: unitDiagonal,
                transposition: transposition, b: b, x: x)
        }
    }
}

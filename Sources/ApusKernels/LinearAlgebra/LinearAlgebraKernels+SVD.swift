import ApusKernelBase
import ApusCore
import COpenBLAS

extension LinearAlgebraKernels {
    /// A = U·diag(s)·Vᴴ, singular values in descending order (divide and conquer).
    ///
    /// - Parameters:
    ///   - a: batch × m × n.
    ///   - full: U is m × m and Vᴴ n × n; otherwise m × k and k × n with k = min(m, n).
    ///   - u: nil, together with `vh`, where only the singular values are wanted.
    ///   - s: batch × k, of the real type.
    /// - Returns: greater than 0 where the iteration did not converge, −1 where A is not finite.
    @discardableResult
    package static func svd(
        _ dtype: DType, batch: Int, m: Int, n: Int, full: Bool, a: UnsafeRawPointer,
        u: UnsafeMutableRawPointer?, s: UnsafeMutableRawPointer, vh: UnsafeMutableRawPointer?
    ) -> [Int32] {
        let type = scalar(dtype, "svd")
        let (rows, columns) = (extent(m, "svd"), extent(n, "svd"))
        let element = dtype.size
        let k = min(m, n)
        let (widthU, heightV) = full ? (m, n) : (k, k)
        if k == 0 {
            for item in 0..<batch {
                if let u { setIdentity(u + item * m * widthU * element, rows: m, columns: widthU, dtype) }
                if let vh { setIdentity(vh + item * heightV * n * element, rows: heightV, columns: n, dtype) }
            }
            return [Int32](repeating: 0, count: batch)
        }
        let withVectors = u != nil && vh != nil
        let job = CChar(UInt8(ascii: !withVectors ? "N" : full ? "A" : "S"))
        return forEachMatrix(batch, cost: 8 * m * n * k) { item in
            if !isFinite(a + item * m * n * element, rows: m, columns: n, dtype) { return notFinite }
            let work = Storage(byteCount: m * n * element)
            work.pointer.copyMemory(from: a + item * m * n * element, byteCount: m * n * element)
            // LAPACK's bounds for the real workspace of the complex routine, and for the integers.
            let long = max(m, n)
            let reals = dtype.isComplex ? max(5 * k * k + 5 * k, 2 * long * k + 2 * k * k + k) : 1
            let rwork = Storage(byteCount: reals * dtype.realType.size)
            let iwork = Storage(byteCount: 8 * k * 4)
            // Fortran sees Aᵀ = U′·s·V′ᴴ; then A = (V′ᴴ)ᵀ·s·U′ᵀ, and both factors lie in memory as we want them.
            let unused = Storage(byteCount: 64)
            let left = vh.map { $0 + item * heightV * n * element } ?? unused.pointer
            let right = u.map { $0 + item * m * widthU * element } ?? unused.pointer
            return withWorkspace(dtype) {
                LAPACK.gesdd(
                    type, job, columns, rows, work.pointer, columns,
                    s + item * k * dtype.realType.size, left, columns, right, Int32(widthU), $0, $1,
                    rwork.pointer, iwork.pointer.assumingMemoryBound(to: Int32.self))
            }
        }
    }
}

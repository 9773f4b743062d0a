import ApusKernelBase
import ApusCore
import COpenBLAS

extension LinearAlgebraKernels {
    /// A = L·Lᴴ for a Hermitian positive-definite A, of which only the lower triangle is read.
    ///
    /// - Parameters:
    ///   - a: batch × n × n.
    ///   - l: batch × n × n, zeros above the diagonal; may be `a`.
    /// - Returns: i > 0 where the leading i × i part is not positive definite, −1 where the triangle is not finite; `l` is
    ///   then incomplete.
    @discardableResult
    package static func cholesky(
        _ dtype: DType, batch: Int, n: Int, a: UnsafeRawPointer, l: UnsafeMutableRawPointer
    ) -> [Int32] {
        let type = scalar(dtype, "cholesky")
        let order = extent(n, "cholesky")
        let size = n * n * dtype.size
        if size == 0 { return [Int32](repeating: 0, count: batch) }
        return forEachMatrix(batch, cost: n * n * n / 3) { item in
            if !isFinite(a + item * size, rows: n, columns: n, dtype, .lowerTriangle) { return notFinite }
            let l = l + item * size
            if UnsafeRawPointer(l) != a + item * size { l.copyMemory(from: a + item * size, byteCount: size) }
            // Our lower triangle is the upper one of Aᵀ in Fortran's order, and the factor there, UᴴU = Aᵀ,
            // lies in memory as L = Uᵀ.
            let info = LAPACK.potrf(type, CChar(UInt8(ascii: "U")), order, l, order)
            for i in 0..<n {
                (l + (i * n + i + 1) * dtype.size).initializeMemory(
                    as: UInt8.self, repeating: 0, count: (n - 1 - i) * dtype.size)
            }
            return info
        }
    }
}

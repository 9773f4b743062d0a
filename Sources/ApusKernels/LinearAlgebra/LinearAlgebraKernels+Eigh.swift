import ApusKernelBase
import ApusCore
import COpenBLAS

extension LinearAlgebraKernels {
    /// A = V·diag(w)·Vᴴ for a Hermitian (real symmetric) A, eigenvalues in ascending order.
    ///
    /// - Parameters:
    ///   - a: batch × n × n; only the triangle that `lower` names is read.
    ///   - w: batch × n, of the real type.
    ///   - v: batch × n × n, an eigenvector in each column; nil where only eigenvalues are wanted.
    /// - Returns: greater than 0 where the iteration did not converge, −1 where the triangle is not finite.
    @discardableResult
    package static func eigh(
        _ dtype: DType, batch: Int, n: Int, lower: Bool = true, a: UnsafeRawPointer,
        w: UnsafeMutableRawPointer, v: UnsafeMutableRawPointer?
    ) -> [Int32] {
        let type = scalar(dtype, "eigh")
        let order = extent(n, "eigh")
        let size = n * n * dtype.size
        if size == 0 { return [Int32](repeating: 0, count: batch) }
        let job = CChar(UInt8(ascii: v == nil ? "N" : "V"))
        // Our lower triangle is the upper one of Aᵀ, the matrix that Fortran sees.
        let triangle = CChar(UInt8(ascii: lower ? "U" : "L"))
        return forEachMatrix(batch, cost: 4 * n * n * n) { item in
            if !isFinite(a + item * size, rows: n, columns: n, dtype, lower ? .lowerTriangle : .upperTriangle)
            {
                return notFinite
            }
            let matrix = Storage(byteCount: size)
            matrix.pointer.copyMemory(from: a + item * size, byteCount: size)
            // LAPACK's bounds for the real and integer workspaces.
            let reals = 1 + 5 * n + 2 * n * n
            let integers = 3 + 5 * n
            let rwork = Storage(byteCount: (dtype.isComplex ? reals : 1) * dtype.realType.size)
            let iwork = Storage(byteCount: integers * 4)
            let reading = iwork.pointer.assumingMemoryBound(to: Int32.self)
            let info = withWorkspace(dtype) { work, length in
                // A query has to ask for all three workspaces, and writes the sizes of all.
                LAPACK.syevd(
                    type, job, triangle, order, matrix.pointer, order,
                    w + item * n * dtype.realType.size, work, length, rwork.pointer,
                    length < 0 ? -1 : Int32(clamping: reals), reading,
                    length < 0 ? -1 : Int32(clamping: integers))
            }
            if let v, info == 0 {
                // The eigenvectors of Aᵀ = Ā are the conjugates of A's.
                transpose(
                    matrix.pointer, rows: n, columns: n, to: v + item * size, dtype,
                    conjugate: dtype.isComplex)
            }
            return info
        }
    }
}

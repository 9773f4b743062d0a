import ApusKernelBase
import ApusCore
import COpenBLAS

extension LinearAlgebraKernels {
    /// A = Q·R with orthonormal columns in Q and an upper triangular R.
    ///
    /// - Parameters:
    ///   - a: batch × m × n.
    ///   - complete: Q is m × m and R m × n; otherwise Q is m × k and R k × n with k = min(m, n).
    ///   - q: nil where only R is wanted.
    /// - Returns: −1 where A is not finite.
    @discardableResult
    package static func qr(
        _ dtype: DType, batch: Int, m: Int, n: Int, complete: Bool, a: UnsafeRawPointer,
        q: UnsafeMutableRawPointer?, r: UnsafeMutableRawPointer
    ) -> [Int32] {
        let type = scalar(dtype, "qr")
        let (rows, columns) = (extent(m, "qr"), extent(n, "qr"))
        let k = min(m, n)
        let width = complete ? m : k  // columns of Q, rows of R
        let element = dtype.size
        if k == 0 {
            for item in 0..<batch {
                if let q { setIdentity(q + item * m * width * element, rows: m, columns: width, dtype) }
                (r + item * width * n * element).initializeMemory(
                    as: UInt8.self, repeating: 0, count: width * n * element)
            }
            return [Int32](repeating: 0, count: batch)
        }
        return forEachMatrix(batch, cost: 4 * m * n * k) { item in
            if !isFinite(a + item * m * n * element, rows: m, columns: n, dtype) { return notFinite }
            let work = Storage(byteCount: m * max(n, width) * element)
            let tau = Storage(byteCount: k * element)
            transpose(a + item * m * n * element, rows: m, columns: n, to: work.pointer, dtype)
            let info = withWorkspace(dtype) {
                LAPACK.geqrf(type, rows, columns, work.pointer, rows, tau.pointer, $0, $1)
            }
            if info != 0 { return info }

            let r = r + item * width * n * element
            for i in 0..<width {
                let row = r + i * n * element
                row.initializeMemory(as: UInt8.self, repeating: 0, count: min(i, n) * element)
                for j in min(i, n)..<n {
                    (row + j * element).copyMemory(
                        from: work.pointer + (j * m + i) * element, byteCount: element)
                }
            }
            guard let q else { return 0 }
            let failure = withWorkspace(dtype) {
                LAPACK.orgqr(
                    type, rows, Int32(width), Int32(k), work.pointer, rows, tau.pointer, $0, $1)
            }
            transpose(work.pointer, rows: width, columns: m, to: q + item * m * width * element, dtype)
            return failure
        }
    }
}

import COpenBLAS

/// LAPACK's routines under one name for the four types, and BLAS's triangular solver.
///
/// Each returns LAPACK's info. With a workspace of length -1 a routine only writes the size it wants to the workspace's
/// first element. Matrices are in Fortran's order; everything is passed by address, and the lengths of character arguments
/// come last.
enum LAPACK {
    /// The type of the elements.
    enum Scalar {
        case float, double, complex, doubleComplex

        /// The routine of this type.
        fileprivate func choose<Routine>(_ s: Routine, _ d: Routine, _ c: Routine, _ z: Routine) -> Routine {
            switch self {
            case .float: s
            case .double: d
            case .complex: c
            case .doubleComplex: z
            }
        }
    }

    typealias Matrix = UnsafeMutableRawPointer
    typealias Integers = UnsafeMutablePointer<Int32>

    static func getrf(
        _ type: Scalar, _ m: Int32, _ n: Int32, _ a: Matrix, _ lda: Int32, _ pivots: Integers
    ) -> Int32 {
        var (m, n, lda, info) = (m, n, lda, Int32(0))
        type.choose(sgetrf_, dgetrf_, cgetrf_, zgetrf_)(&m, &n, a, &lda, pivots, &info)
        return info
    }

    static func getri(
        _ type: Scalar, _ n: Int32, _ a: Matrix, _ lda: Int32, _ pivots: Integers, _ work: Matrix,
        _ length: Int32
    ) -> Int32 {
        var (n, lda, length, info) = (n, lda, length, Int32(0))
        type.choose(sgetri_, dgetri_, cgetri_, zgetri_)(&n, a, &lda, pivots, work, &length, &info)
        return info
    }

    static func geqrf(
        _ type: Scalar, _ m: Int32, _ n: Int32, _ a: Matrix, _ lda: Int32, _ tau: Matrix, _ work: Matrix,
        _ length: Int32
    ) -> Int32 {
        var (m, n, lda, length, info) = (m, n, lda, length, Int32(0))
        type.choose(sgeqrf_, dgeqrf_, cgeqrf_, zgeqrf_)(&m, &n, a, &lda, tau, work, &length, &info)
        return info
    }

    /// The first n columns of Q from k reflectors: orgqr, and ungqr for the complex types.
    static func orgqr(
        _ type: Scalar, _ m: Int32, _ n: Int32, _ k: Int32, _ a: Matrix, _ lda: Int32, _ tau: Matrix,
        _ work: Matrix, _ length: Int32
    ) -> Int32 {
        var (m, n, k, lda, length, info) = (m, n, k, lda, length, Int32(0))
        type.choose(sorgqr_, dorgqr_, cungqr_, zungqr_)(&m, &n, &k, a, &lda, tau, work, &length, &info)
        return info
    }

    static func potrf(
        _ type: Scalar, _ triangle: CChar, _ n: Int32, _ a: Matrix, _ lda: Int32
    ) -> Int32 {
        var (triangle, n, lda, info) = (triangle, n, lda, Int32(0))
        type.choose(spotrf_, dpotrf_, cpotrf_, zpotrf_)(&triangle, &n, a, &lda, &info, 1)
        return info
    }

    /// - Parameter rwork: used by the complex types alone.
    static func gesdd(
        _ type: Scalar, _ job: CChar, _ m: Int32, _ n: Int32, _ a: Matrix, _ lda: Int32, _ s: Matrix,
        _ u: Matrix, _ ldu: Int32, _ vt: Matrix, _ ldvt: Int32, _ work: Matrix, _ length: Int32,
        _ rwork: Matrix, _ iwork: Integers
    ) -> Int32 {
        var (job, m, n, lda, ldu, ldvt, length) = (job, m, n, lda, ldu, ldvt, length)
        var info: Int32 = 0
        switch type {
        case .float:
            sgesdd_(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &length, iwork, &info, 1)
        case .double:
            dgesdd_(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &length, iwork, &info, 1)
        case .complex:
            cgesdd_(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &length, rwork, iwork, &info, 1)
        case .doubleComplex:
            zgesdd_(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &length, rwork, iwork, &info, 1)
        }
        return info
    }

    /// syevd, and heevd for the complex types, which alone use `rwork`.
    static func syevd(
        _ type: Scalar, _ job: CChar, _ triangle: CChar, _ n: Int32, _ a: Matrix, _ lda: Int32, _ w: Matrix,
        _ work: Matrix, _ length: Int32, _ rwork: Matrix, _ realLength: Int32, _ iwork: Integers,
        _ integerLength: Int32
    ) -> Int32 {
        var (job, triangle, n, lda, length) = (job, triangle, n, lda, length)
        var (reals, integers, info) = (realLength, integerLength, Int32(0))
        switch type {
        case .float:
            ssyevd_(&job, &triangle, &n, a, &lda, w, work, &length, iwork, &integers, &info, 1, 1)
        case .double:
            dsyevd_(&job, &triangle, &n, a, &lda, w, work, &length, iwork, &integers, &info, 1, 1)
        case .complex:
            cheevd_(
                &job, &triangle, &n, a, &lda, w, work, &length, rwork, &reals, iwork, &integers, &info, 1, 1)
        case .doubleComplex:
            zheevd_(
                &job, &triangle, &n, a, &lda, w, work, &length, rwork, &reals, iwork, &integers, &info, 1, 1)
        }
        return info
    }

    /// B := op(A)⁻¹·B, all row-major.
    static func trsm(
        _ type: Scalar, _ triangle: CBLAS_UPLO, _ transposition: CBLAS_TRANSPOSE, _ diagonal: CBLAS_DIAG,
        _ n: Int32, _ columns: Int32, _ a: UnsafeRawPointer, _ lda: Int32, _ b: Matrix, _ ldb: Int32
    ) {
        switch type {
        case .float:
            cblas_strsm(
                CblasRowMajor, CblasLeft, triangle, transposition, diagonal, n, columns, 1,
                a.assumingMemoryBound(to: Float.self), lda, b.assumingMemoryBound(to: Float.self), ldb)
        case .double:
            cblas_dtrsm(
                CblasRowMajor, CblasLeft, triangle, transposition, diagonal, n, columns, 1,
                a.assumingMemoryBound(to: Double.self), lda, b.assumingMemoryBound(to: Double.self), ldb)
        case .complex:
            let one: [Float] = [1, 0]
            cblas_ctrsm(
                CblasRowMajor, CblasLeft, triangle, transposition, diagonal, n, columns, one, a, lda, b, ldb)
        case .doubleComplex:
            let one: [Double] = [1, 0]
            cblas_ztrsm(
                CblasRowMajor, CblasLeft, triangle, transposition, diagonal, n, columns, one, a, lda, b, ldb)
        }
    }
}

// OpenBLAS: the C interface of BLAS, and LAPACK's Fortran routines under one name for the four types.
// Only what Swift cannot say is here: Fortran's calling convention (everything by address, the
// lengths of character arguments last) and the differences between the real and complex routines.
#pragma once
#include <cblas.h>
#include <stddef.h>

typedef enum { APUS_FLOAT, APUS_DOUBLE, APUS_COMPLEX, APUS_DOUBLE_COMPLEX } apus_scalar;

#define APUS_DECLARE(p, orthogonal)                                                                   \
    void p##getrf_(const int *, const int *, void *, const int *, int *, int *);                       \
    void p##getri_(const int *, void *, const int *, const int *, void *, const int *, int *);         \
    void p##geqrf_(const int *, const int *, void *, const int *, void *, void *, const int *, int *); \
    void orthogonal##gqr_(const int *, const int *, const int *, void *, const int *, const void *,    \
                          void *, const int *, int *);                                                 \
    void p##potrf_(const char *, const int *, void *, const int *, int *, size_t);
APUS_DECLARE(s, sor)
APUS_DECLARE(d, dor)
APUS_DECLARE(c, cun)
APUS_DECLARE(z, zun)
#undef APUS_DECLARE

#define APUS_DECLARE_REAL(p)                                                                           \
    void p##gesdd_(const char *, const int *, const int *, void *, const int *, void *, void *,        \
                   const int *, void *, const int *, void *, const int *, int *, int *, size_t);       \
    void p##syevd_(const char *, const char *, const int *, void *, const int *, void *, void *,       \
                   const int *, int *, const int *, int *, size_t, size_t);
APUS_DECLARE_REAL(s)
APUS_DECLARE_REAL(d)
#undef APUS_DECLARE_REAL

#define APUS_DECLARE_COMPLEX(p)                                                                        \
    void p##gesdd_(const char *, const int *, const int *, void *, const int *, void *, void *,        \
                   const int *, void *, const int *, void *, const int *, void *, int *, int *,        \
                   size_t);                                                                            \
    void p##heevd_(const char *, const char *, const int *, void *, const int *, void *, void *,       \
                   const int *, void *, const int *, int *, const int *, int *, size_t, size_t);
APUS_DECLARE_COMPLEX(c)
APUS_DECLARE_COMPLEX(z)
#undef APUS_DECLARE_COMPLEX

// Each returns LAPACK's info. With lwork = -1 the routine only writes the size it wants to work[0].

static inline int apus_getrf(apus_scalar type, int m, int n, void *_Nonnull a, int lda, int *_Nonnull pivots) {
    int info = 0;
    switch (type) {
    case APUS_FLOAT: sgetrf_(&m, &n, a, &lda, pivots, &info); break;
    case APUS_DOUBLE: dgetrf_(&m, &n, a, &lda, pivots, &info); break;
    case APUS_COMPLEX: cgetrf_(&m, &n, a, &lda, pivots, &info); break;
    case APUS_DOUBLE_COMPLEX: zgetrf_(&m, &n, a, &lda, pivots, &info); break;
    }
    return info;
}

static inline int apus_getri(
    apus_scalar type, int n, void *_Nonnull a, int lda, const int *_Nonnull pivots, void *_Nonnull work,
    int lwork) {
    int info = 0;
    switch (type) {
    case APUS_FLOAT: sgetri_(&n, a, &lda, pivots, work, &lwork, &info); break;
    case APUS_DOUBLE: dgetri_(&n, a, &lda, pivots, work, &lwork, &info); break;
    case APUS_COMPLEX: cgetri_(&n, a, &lda, pivots, work, &lwork, &info); break;
    case APUS_DOUBLE_COMPLEX: zgetri_(&n, a, &lda, pivots, work, &lwork, &info); break;
    }
    return info;
}

static inline int apus_geqrf(
    apus_scalar type, int m, int n, void *_Nonnull a, int lda, void *_Nonnull tau, void *_Nonnull work,
    int lwork) {
    int info = 0;
    switch (type) {
    case APUS_FLOAT: sgeqrf_(&m, &n, a, &lda, tau, work, &lwork, &info); break;
    case APUS_DOUBLE: dgeqrf_(&m, &n, a, &lda, tau, work, &lwork, &info); break;
    case APUS_COMPLEX: cgeqrf_(&m, &n, a, &lda, tau, work, &lwork, &info); break;
    case APUS_DOUBLE_COMPLEX: zgeqrf_(&m, &n, a, &lda, tau, work, &lwork, &info); break;
    }
    return info;
}

// The first n columns of Q from k reflectors: orgqr, and ungqr for the complex types.
static inline int apus_orgqr(
    apus_scalar type, int m, int n, int k, void *_Nonnull a, int lda, const void *_Nonnull tau,
    void *_Nonnull work, int lwork) {
    int info = 0;
    switch (type) {
    case APUS_FLOAT: sorgqr_(&m, &n, &k, a, &lda, tau, work, &lwork, &info); break;
    case APUS_DOUBLE: dorgqr_(&m, &n, &k, a, &lda, tau, work, &lwork, &info); break;
    case APUS_COMPLEX: cungqr_(&m, &n, &k, a, &lda, tau, work, &lwork, &info); break;
    case APUS_DOUBLE_COMPLEX: zungqr_(&m, &n, &k, a, &lda, tau, work, &lwork, &info); break;
    }
    return info;
}

static inline int apus_potrf(apus_scalar type, char triangle, int n, void *_Nonnull a, int lda) {
    int info = 0;
    switch (type) {
    case APUS_FLOAT: spotrf_(&triangle, &n, a, &lda, &info, 1); break;
    case APUS_DOUBLE: dpotrf_(&triangle, &n, a, &lda, &info, 1); break;
    case APUS_COMPLEX: cpotrf_(&triangle, &n, a, &lda, &info, 1); break;
    case APUS_DOUBLE_COMPLEX: zpotrf_(&triangle, &n, a, &lda, &info, 1); break;
    }
    return info;
}

// rwork is used by the complex types only.
static inline int apus_gesdd(
    apus_scalar type, char job, int m, int n, void *_Nonnull a, int lda, void *_Nonnull s,
    void *_Nonnull u, int ldu, void *_Nonnull vt, int ldvt, void *_Nonnull work, int lwork,
    void *_Nonnull rwork, int *_Nonnull iwork) {
    int info = 0;
    switch (type) {
    case APUS_FLOAT:
        sgesdd_(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &lwork, iwork, &info, 1);
        break;
    case APUS_DOUBLE:
        dgesdd_(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &lwork, iwork, &info, 1);
        break;
    case APUS_COMPLEX:
        cgesdd_(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &lwork, rwork, iwork, &info, 1);
        break;
    case APUS_DOUBLE_COMPLEX:
        zgesdd_(&job, &m, &n, a, &lda, s, u, &ldu, vt, &ldvt, work, &lwork, rwork, iwork, &info, 1);
        break;
    }
    return info;
}

// syevd, and heevd for the complex types, which alone use rwork.
static inline int apus_syevd(
    apus_scalar type, char job, char triangle, int n, void *_Nonnull a, int lda, void *_Nonnull w,
    void *_Nonnull work, int lwork, void *_Nonnull rwork, int lrwork, int *_Nonnull iwork, int liwork) {
    int info = 0;
    switch (type) {
    case APUS_FLOAT:
        ssyevd_(&job, &triangle, &n, a, &lda, w, work, &lwork, iwork, &liwork, &info, 1, 1);
        break;
    case APUS_DOUBLE:
        dsyevd_(&job, &triangle, &n, a, &lda, w, work, &lwork, iwork, &liwork, &info, 1, 1);
        break;
    case APUS_COMPLEX:
        cheevd_(&job, &triangle, &n, a, &lda, w, work, &lwork, rwork, &lrwork, iwork, &liwork, &info, 1, 1);
        break;
    case APUS_DOUBLE_COMPLEX:
        zheevd_(&job, &triangle, &n, a, &lda, w, work, &lwork, rwork, &lrwork, iwork, &liwork, &info, 1, 1);
        break;
    }
    return info;
}

// B := op(A)⁻¹·B, all row-major.
static inline void apus_trsm(
    apus_scalar type, enum CBLAS_UPLO triangle, enum CBLAS_TRANSPOSE transposition, enum CBLAS_DIAG diagonal,
    int n, int columns, const void *_Nonnull a, int lda, void *_Nonnull b, int ldb) {
    static const double one[2] = {1, 0};
    static const float onef[2] = {1, 0};
    switch (type) {
    case APUS_FLOAT:
        cblas_strsm(CblasRowMajor, CblasLeft, triangle, transposition, diagonal, n, columns, 1,
                    (const float *)a, lda, (float *)b, ldb);
        break;
    case APUS_DOUBLE:
        cblas_dtrsm(CblasRowMajor, CblasLeft, triangle, transposition, diagonal, n, columns, 1,
                    (const double *)a, lda, (double *)b, ldb);
        break;
    case APUS_COMPLEX:
        cblas_ctrsm(CblasRowMajor, CblasLeft, triangle, transposition, diagonal, n, columns, onef, a, lda,
                    b, ldb);
        break;
    case APUS_DOUBLE_COMPLEX:
        cblas_ztrsm(CblasRowMajor, CblasLeft, triangle, transposition, diagonal, n, columns, one, a, lda,
                    b, ldb);
        break;
    }
}

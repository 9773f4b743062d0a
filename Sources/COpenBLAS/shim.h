// OpenBLAS: the C interface of BLAS, and LAPACK's Fortran routines, which no header that is always installed declares:
// everything by address, the lengths of character arguments last.
#pragma once
#include <cblas.h>
#include <stddef.h>

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

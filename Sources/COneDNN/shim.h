// The one place that knows which oneDNN this is: 2.x (Debian 12) and 3.x (Debian 13, Ubuntu 24.04)
// differ in how a primitive is described and in who owns a memory descriptor.
#pragma once
#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>

// C = op(A)·op(B) + beta·C in float32, all row-major. False where the library refuses.
static inline bool apus_dnn_sgemm(
    bool transposeA, bool transposeB, long m, long n, long k, const float *_Nonnull a, long lda,
    const float *_Nonnull b, long ldb, float beta, float *_Nonnull c, long ldc) {
    return dnnl_sgemm(transposeA ? 'T' : 'N', transposeB ? 'T' : 'N', m, n, k, 1.0f, a, lda, b, ldb,
                      beta, c, ldc) == dnnl_success;
}

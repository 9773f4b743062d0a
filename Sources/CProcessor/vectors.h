// Arithmetic of whole vectors, each one instruction where the processor has such vectors. Swift's own
// operators on SIMD types are loops over the elements, which the optimizer only mostly puts together again.
#pragma once

typedef float apus_float16 __attribute__((ext_vector_type(16)));
typedef double apus_double8 __attribute__((ext_vector_type(8)));

#define APUS_VECTOR_FUNCTIONS(Vector, Scalar, suffix)                                                       \
    static inline __attribute__((always_inline)) Vector apus_add##suffix(Vector a, Vector b) {              \
        return a + b;                                                                                       \
    }                                                                                                       \
    static inline __attribute__((always_inline)) Vector apus_subtract##suffix(Vector a, Vector b) {         \
        return a - b;                                                                                       \
    }                                                                                                       \
    static inline __attribute__((always_inline)) Vector apus_multiply##suffix(Vector a, Vector b) {         \
        return a * b;                                                                                       \
    }                                                                                                       \
    static inline __attribute__((always_inline)) Vector apus_negate##suffix(Vector a) { return -a; }        \
    /* c + a * b with one rounding. */                                                                      \
    static inline __attribute__((always_inline)) Vector apus_fma##suffix(Vector c, Vector a, Vector b) {    \
        return __builtin_elementwise_fma(a, b, c);                                                          \
    }                                                                                                       \
    static inline __attribute__((always_inline)) Vector apus_repeat##suffix(Scalar a) { return (Vector)(a); }

APUS_VECTOR_FUNCTIONS(apus_float16, float, _f16)
APUS_VECTOR_FUNCTIONS(apus_double8, double, _d8)

// The even and the odd elements of two vectors, and the elements of two vectors in turn.
static inline __attribute__((always_inline)) apus_float16 apus_even_f16(apus_float16 a, apus_float16 b) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
}
static inline __attribute__((always_inline)) apus_float16 apus_odd_f16(apus_float16 a, apus_float16 b) {
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
}
static inline __attribute__((always_inline)) apus_float16 apus_low_f16(apus_float16 a, apus_float16 b) {
    return __builtin_shufflevector(a, b, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
}
static inline __attribute__((always_inline)) apus_float16 apus_high_f16(apus_float16 a, apus_float16 b) {
    return __builtin_shufflevector(a, b, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
}
static inline __attribute__((always_inline)) apus_float16 apus_reverse_f16(apus_float16 a) {
    return __builtin_shufflevector(a, a, 15, 14, 13, 12, 11, 10, 9, 8, 7, 6, 5, 4, 3, 2, 1, 0);
}
static inline __attribute__((always_inline)) apus_double8 apus_reverse_d8(apus_double8 a) {
    return __builtin_shufflevector(a, a, 7, 6, 5, 4, 3, 2, 1, 0);
}
static inline __attribute__((always_inline)) apus_double8 apus_even_d8(apus_double8 a, apus_double8 b) {
    return __builtin_shufflevector(a, b, 0, 2, 4, 6, 8, 10, 12, 14);
}
static inline __attribute__((always_inline)) apus_double8 apus_odd_d8(apus_double8 a, apus_double8 b) {
    return __builtin_shufflevector(a, b, 1, 3, 5, 7, 9, 11, 13, 15);
}
static inline __attribute__((always_inline)) apus_double8 apus_low_d8(apus_double8 a, apus_double8 b) {
    return __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11);
}
static inline __attribute__((always_inline)) apus_double8 apus_high_d8(apus_double8 a, apus_double8 b) {
    return __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15);
}

// Brings a cache line near before it is read or written.
static inline __attribute__((always_inline)) void apus_prefetch(const void *_Nonnull address) {
    __builtin_prefetch(address, 0);
}
static inline __attribute__((always_inline)) void apus_prefetch_to_write(const void *_Nonnull address) {
    __builtin_prefetch(address, 1);
}
// The same, but not into the nearest cache.
static inline __attribute__((always_inline)) void apus_prefetch_far(const void *_Nonnull address) {
    __builtin_prefetch(address, 0, 2);
}

// Loads after it are not moved before it. A loop whose sums fill the registers must not load its operands early, for
// then the sums would go to memory.
static inline __attribute__((always_inline)) void apus_keep_order(void) { __asm__ volatile("" : : : "memory"); }

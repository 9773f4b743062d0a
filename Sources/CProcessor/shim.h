// What the compiler was allowed to use, what the processor has, and its denormal-number mode:
// all three are intrinsics that Swift cannot reach by itself.
#pragma once
#include <stdbool.h>
#include <stdint.h>

// Bytes of the widest vectors that the code was compiled for.
#ifdef __AVX512F__
#define APUS_VECTOR_BYTES 64
#else
#define APUS_VECTOR_BYTES 32
#endif

// Whether the code was compiled for processors with instructions that convert float16 numbers.
static inline bool apus_converts_half(void) {
#if defined(__F16C__) || !defined(__x86_64__)
    return true;
#else
    return false;
#endif
}

#if defined(__x86_64__)
#include <immintrin.h>

// The first instruction set that the code was compiled for and this processor lacks; NULL if none.
static inline const char *_Nullable apus_missing_processor_feature(void) {
    __builtin_cpu_init();
#ifdef __AVX2__
    if (!__builtin_cpu_supports("avx2")) return "AVX2";
#endif
#ifdef __FMA__
    if (!__builtin_cpu_supports("fma")) return "FMA";
#endif
#ifdef __AVX512F__
    if (!__builtin_cpu_supports("avx512f")) return "AVX-512F";
#endif
#ifdef __AVX512BW__
    if (!__builtin_cpu_supports("avx512bw")) return "AVX-512BW";
#endif
#ifdef __AVX512DQ__
    if (!__builtin_cpu_supports("avx512dq")) return "AVX-512DQ";
#endif
#ifdef __AVX512VL__
    if (!__builtin_cpu_supports("avx512vl")) return "AVX-512VL";
#endif
#ifdef __AVX512BF16__
    if (!__builtin_cpu_supports("avx512bf16")) return "AVX512-BF16";
#endif
    return 0;
}

// Whether the processor multiplies bfloat16 numbers.
static inline int apus_multiplies_bfloat16(void) {
    __builtin_cpu_init();
    return __builtin_cpu_supports("avx512bf16") != 0;
}

// The instruction sets that the code was compiled for, separated by spaces.
static inline const char *_Nonnull apus_built_for(void) {
    return ""
#ifdef __AVX2__
           "avx2 "
#endif
#ifdef __FMA__
           "fma "
#endif
#ifdef __AVX512F__
           "avx512f "
#endif
#ifdef __AVX512BF16__
           "avx512_bf16 "
#endif
        ;
}

// Flush-to-zero and denormals-are-zero: a denormal operand costs some 170 times a normal one.
// Returns the mode before, for `apus_restore_denormals`: the caller's own arithmetic stays as it was.
static inline unsigned apus_flush_denormals(void) {
    unsigned mode = _mm_getcsr();
    _mm_setcsr(mode | 0x8040);
    return mode;
}
static inline void apus_restore_denormals(unsigned mode) { _mm_setcsr(mode); }
// The opposite, for a stretch within.
static inline unsigned apus_keep_denormals(void) {
    unsigned mode = _mm_getcsr();
    _mm_setcsr(mode & ~0x8040u);
    return mode;
}

// Copies a 64-byte line to an aligned address past the caches: memory that will not be read soon
// need not be read before it is written.
static inline void apus_stream_line(void *_Nonnull target, const void *_Nonnull source) {
#ifdef __AVX512F__
    _mm512_stream_si512((__m512i *)target, _mm512_loadu_si512(source));
#else
    const __m128i *from = (const __m128i *)source;
    for (int i = 0; i < 4; i++) _mm_stream_si128((__m128i *)target + i, _mm_loadu_si128(from + i));
#endif
}

// Orders streamed lines before whatever tells another thread of them.
static inline void apus_stream_fence(void) { _mm_sfence(); }
#else
static inline const char *_Nullable apus_missing_processor_feature(void) { return 0; }
// oneDNN knows.
static inline int apus_multiplies_bfloat16(void) { return 1; }
static inline void apus_stream_line(void *_Nonnull target, const void *_Nonnull source) {
    __builtin_memcpy(target, source, 64);
}
static inline void apus_stream_fence(void) {}
static inline const char *_Nonnull apus_built_for(void) { return ""; }
static inline unsigned apus_flush_denormals(void) { return 0; }
static inline unsigned apus_keep_denormals(void) { return 0; }
static inline void apus_restore_denormals(unsigned mode) { (void)mode; }
#endif

// The thread sanitizer sees neither libgomp's nor Swift's own locks. Where a program is built with it,
// these tell it that what came before `ordering_before` at an address comes before what follows
// `ordering_after` there; elsewhere they are a test of a null pointer.
extern void __tsan_release(void *_Nonnull) __attribute__((weak));
extern void __tsan_acquire(void *_Nonnull) __attribute__((weak));
static inline void apus_ordering_before(const void *_Nonnull address) {
    if (__tsan_release) __tsan_release((void *)address);
}
static inline void apus_ordering_after(const void *_Nonnull address) {
    if (__tsan_acquire) __tsan_acquire((void *)address);
}

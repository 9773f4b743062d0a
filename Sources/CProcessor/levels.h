// The levels of x86-64, each of which has all instructions of those before: 2 (SSE 4.2), 3 (AVX2, FMA) and 4 (AVX-512).
#pragma once

// What runs before it is known what the processor can do is compiled for all of them.
#if defined(__x86_64__)
#define APUS_FOR_ALL_LEVELS __attribute__((target("arch=x86-64"), no_sanitize("address", "thread")))
#else
#define APUS_FOR_ALL_LEVELS
#endif

// The level that the code was compiled for; 0 for other processors.
#if !defined(__x86_64__)
#define APUS_BUILT_LEVEL 0
#elif defined(__AVX512F__) && defined(__AVX512BW__) && defined(__AVX512CD__) && defined(__AVX512DQ__) \
    && defined(__AVX512VL__)
#define APUS_BUILT_LEVEL 4
#elif defined(__AVX2__) && defined(__FMA__) && defined(__BMI2__) && defined(__F16C__) && defined(__LZCNT__)
#define APUS_BUILT_LEVEL 3
#elif defined(__SSE4_2__) && defined(__POPCNT__)
#define APUS_BUILT_LEVEL 2
#else
#define APUS_BUILT_LEVEL 1
#endif

// The processor's level, with what the system lets programs use of it.
APUS_FOR_ALL_LEVELS static inline int apus_processor_level(void) {
#if defined(__x86_64__)
    __builtin_cpu_init();
    if (__builtin_cpu_supports("x86-64-v4")) return 4;
    if (__builtin_cpu_supports("x86-64-v3")) return 3;
    return __builtin_cpu_supports("x86-64-v2") ? 2 : 1;
#else
    return 0;
#endif
}

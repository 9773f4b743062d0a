// Matrix tiles (AMX): intrinsics that Swift cannot reach by itself.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__x86_64__) && defined(__AMX_TILE__) && defined(__AMX_BF16__) && defined(__linux__)
#include <immintrin.h>
#include <sys/syscall.h>
#include <unistd.h>

// Asks the system for the tiles' registers, once for the whole process. False where it or the processor has none.
static inline bool apus_tiles_request(void) {
    const int requestPermission = 0x1023, tileData = 18;
    return syscall(SYS_arch_prctl, requestPermission, tileData) == 0;
}

// All tiles of the calling thread have 16 rows of 64 bytes from here to `apus_tiles_end`.
static inline void apus_tiles_begin(void) {
    struct {
        uint8_t palette, startRow, reserved[14];
        uint16_t bytes[16];
        uint8_t rows[16];
    } configuration = {.palette = 1};
    for (int i = 0; i < 8; i++) {
        configuration.bytes[i] = 64;
        configuration.rows[i] = 16;
    }
    _tile_loadconfig(&configuration);
}

static inline void apus_tiles_end(void) { _tile_release(); }

// C (16 × 32 float32, rows without gaps) = A·B, both bfloat16 in three parts of decreasing size, whose sums are
// float32 numbers: of the nine products of parts the six that a float32 result can tell.
//
// For each of `steps` steps A and B have 3 parts of 2 tiles of 16 × 32: A's rows, of which the first tile counts, and
// pairs of B's rows. Two sums and not four: where the core's other thread is busy, more tiles in use slow the
// products down by a quarter, though they save loads.
static inline void apus_tiles_multiply(
    const uint16_t *_Nonnull a, const uint16_t *_Nonnull b, float *_Nonnull c, long steps) {
    _tile_zero(0);
    _tile_zero(1);
// Of the step after this one a third; tiles wait for lines that are not in the nearest cache.
#define APUS_PREFETCH(part)                                                                             \
    for (int line = 0; line < 16; line++) {                                                             \
        __builtin_prefetch(a + 3072 + (part) * 1024 + line * 32);                                       \
        __builtin_prefetch(b + 3072 + (part) * 1024 + line * 32);                                       \
        __builtin_prefetch(b + 3072 + (part) * 1024 + 512 + line * 32);                                 \
    }
#define APUS_LOAD_A(part) _tile_loadd(2, a + (part) * 1024, 64)
#define APUS_LOAD_B(part) _tile_loadd(3, b + (part) * 1024, 64); _tile_loadd(4, b + (part) * 1024 + 512, 64)
#define APUS_MULTIPLY _tile_dpbf16ps(0, 2, 3); _tile_dpbf16ps(1, 2, 4)
    for (long step = 0; step < steps; step++) {
        APUS_LOAD_A(0);
        APUS_LOAD_B(2);
        APUS_MULTIPLY;
        APUS_PREFETCH(0);
        APUS_LOAD_B(1);
        APUS_MULTIPLY;
        APUS_PREFETCH(1);
        APUS_LOAD_A(1);
        APUS_MULTIPLY;
        APUS_PREFETCH(2);
        APUS_LOAD_B(0);
        APUS_MULTIPLY;
        APUS_LOAD_A(0);
        APUS_MULTIPLY;
        APUS_LOAD_A(2);
        APUS_MULTIPLY;
        a += 3072;
        b += 3072;
    }
#undef APUS_PREFETCH
#undef APUS_LOAD_A
#undef APUS_LOAD_B
#undef APUS_MULTIPLY
    _tile_stored(0, c, 128);
    _tile_stored(1, c + 16, 128);
}
#else
static inline bool apus_tiles_request(void) { return false; }
static inline void apus_tiles_begin(void) {}
static inline void apus_tiles_end(void) {}
static inline void apus_tiles_multiply(
    const uint16_t *_Nonnull a, const uint16_t *_Nonnull b, float *_Nonnull c, long steps) {}
#endif

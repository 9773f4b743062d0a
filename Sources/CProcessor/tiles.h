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

// C (32 × 32 float32, rows without gaps) = A·B, both bfloat16 in three parts of decreasing size, whose sums are
// float32 numbers: of the nine products of parts the six that a float32 result can tell.
//
// For each of `steps` steps A and B have 3 parts of 2 tiles of 16 × 32: A's rows, and pairs of B's rows.
//
// The order is what makes this fast. Every load is one product ahead of its use, and the prefetches of the next step
// lie evenly between the products: the core looks ahead only a few hundred instructions, half as many where its other
// thread is busy. With loads and prefetches in groups the same products take a third longer, or twice as long there.
static inline void apus_tiles_multiply(
    const uint16_t *_Nonnull a, const uint16_t *_Nonnull b, float *_Nonnull c, long steps) {
    _tile_zero(0);
    _tile_zero(1);
    _tile_zero(2);
    _tile_zero(3);
#define APUS_A(tile, part) _tile_loadd(4 + (tile), a + (part) * 1024 + (tile) * 512, 64)
#define APUS_B(tile, part) _tile_loadd(6 + (tile), b + (part) * 1024 + (tile) * 512, 64)
// Sum `row` and `column` of the four, then a 24th of the next step.
#define APUS_MULTIPLY(row, column, part)                                                                \
    _tile_dpbf16ps(2 * (row) + (column), 4 + (row), 6 + (column));                                      \
    for (int line = 0; line < 4; line++) {                                                              \
        __builtin_prefetch(a + 3072 + ((part) * 4 + line) * 32);                                        \
        __builtin_prefetch(b + 3072 + ((part) * 4 + line) * 32);                                        \
    }
    for (long step = 0; step < steps; step++) {
        APUS_A(0, 0);
        APUS_B(0, 2);
        APUS_B(1, 2);
        APUS_MULTIPLY(0, 0, 0);
        APUS_A(1, 0);
        APUS_MULTIPLY(0, 1, 1);
        APUS_MULTIPLY(1, 0, 2);
        APUS_B(0, 1);
        APUS_MULTIPLY(1, 1, 3);

        APUS_MULTIPLY(0, 0, 4);
        APUS_B(1, 1);
        APUS_MULTIPLY(1, 0, 5);
        APUS_MULTIPLY(0, 1, 6);
        APUS_A(0, 1);
        APUS_MULTIPLY(1, 1, 7);

        APUS_MULTIPLY(0, 0, 8);
        APUS_A(1, 1);
        APUS_MULTIPLY(0, 1, 9);
        APUS_MULTIPLY(1, 0, 10);
        APUS_B(0, 0);
        APUS_MULTIPLY(1, 1, 11);

        APUS_MULTIPLY(0, 0, 12);
        APUS_B(1, 0);
        APUS_MULTIPLY(1, 0, 13);
        APUS_MULTIPLY(0, 1, 14);
        APUS_A(0, 0);
        APUS_MULTIPLY(1, 1, 15);

        APUS_MULTIPLY(0, 0, 16);
        APUS_A(1, 0);
        APUS_MULTIPLY(0, 1, 17);
        APUS_MULTIPLY(1, 0, 18);
        APUS_A(0, 2);
        APUS_MULTIPLY(1, 1, 19);

        APUS_MULTIPLY(0, 0, 20);
        APUS_A(1, 2);
        APUS_MULTIPLY(0, 1, 21);
        APUS_MULTIPLY(1, 0, 22);
        APUS_MULTIPLY(1, 1, 23);
        a += 3072;
        b += 3072;
    }
#undef APUS_A
#undef APUS_B
#undef APUS_MULTIPLY
    _tile_stored(0, c, 128);
    _tile_stored(1, c + 16, 128);
    _tile_stored(2, c + 512, 128);
    _tile_stored(3, c + 528, 128);
}
#else
static inline bool apus_tiles_request(void) { return false; }
static inline void apus_tiles_begin(void) {}
static inline void apus_tiles_end(void) {}
static inline void apus_tiles_multiply(
    const uint16_t *_Nonnull a, const uint16_t *_Nonnull b, float *_Nonnull c, long steps) {}
#endif

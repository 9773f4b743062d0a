// What a program does before the libraries that it is linked with start themselves: their settings are read, and
// their first memory taken, when they are loaded.
#pragma once
#include "release.h"
#include <malloc.h>
#include <sys/mman.h>

// Threads that OpenBLAS counts on: the cores that this process may run on, or fewer by OMP_NUM_THREADS.
APUS_FOR_ALL_LEVELS static inline size_t apus_openblas_threads(const char *_Nullable wanted) {
    unsigned long mask[128];
    const long bytes = syscall(SYS_sched_getaffinity, 0, sizeof mask, mask);
    size_t cores = 0, number = 0;
    for (long i = 0; i < bytes / (long)sizeof mask[0]; i++) cores += (size_t)__builtin_popcountl(mask[i]);
    if (cores == 0) cores = 1;
    for (; wanted && *wanted >= '0' && *wanted <= '9' && number < cores; wanted++)
        number = 10 * number + (size_t)(*wanted - '0');
    return number > 0 && number < cores ? number : cores;
}

// The loader calls it before any library's own start.
//
// - Of a release the program for this processor's level runs (`release.h`).
// - OpenBLAS takes a buffer of 128 MiB for each thread, and tries for ever where the system refuses one: there must
//   be room for them.
//
// Only system calls: nothing else has started yet.
APUS_FOR_ALL_LEVELS static void apus_before_libraries(
    int count, char *_Nullable *_Nonnull arguments, char *_Nullable *_Nonnull environment) {
    (void)count;
    const char *wanted = NULL, *level = NULL;
    for (char **entry = environment; *entry; entry++) {
        if (apus_starts_with(*entry, "OMP_NUM_THREADS=")) wanted = *entry + strlen("OMP_NUM_THREADS=");
        if (apus_starts_with(*entry, "APUS_CPU=")) level = *entry + strlen("APUS_CPU=");
    }
    apus_start_highest_level(level, arguments, environment);
    // Beside the buffers, what the other libraries take while they start.
    const size_t room = (apus_openblas_threads(wanted) * 128 + 64) << 20;
    const long start = syscall(
        SYS_mmap, NULL, room, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1L, 0L);
    if (start != -1) {
        syscall(SYS_munmap, start, room);
        return;
    }
    static const char message[]
        = "apus: out of memory: the system's limits (ulimit -v, ulimit -d) leave too little for the libraries to start "
          "with; they take less for fewer threads (OMP_NUM_THREADS)\n";
    syscall(SYS_write, 2, message, sizeof message - 1);
    syscall(SYS_exit_group, 1);
}

__attribute__((used, section(".preinit_array"))) static void (*_Nonnull apus_start)(
    int, char *_Nullable *_Nonnull, char *_Nullable *_Nonnull) = apus_before_libraries;

// All threads share one arena of the C library's memory.
static inline void apus_share_arena(void) { mallopt(M_ARENA_MAX, 1); }

// Whoever names it has it in the program.
static inline bool apus_is_started(void) { return apus_start == apus_before_libraries; }

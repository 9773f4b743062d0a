// What the system lets a process have.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <sys/resource.h>

// Whether there is a limit on address space or on private memory.
static inline bool apus_memory_is_limited(void) {
    struct rlimit space, data;
    if (getrlimit(RLIMIT_AS, &space) != 0 || getrlimit(RLIMIT_DATA, &data) != 0) return false;
    return space.rlim_cur != RLIM_INFINITY || data.rlim_cur != RLIM_INFINITY;
}

// Bytes of a new thread's stack.
static inline size_t apus_stack_size(void) {
    struct rlimit stack;
    if (getrlimit(RLIMIT_STACK, &stack) != 0 || stack.rlim_cur == RLIM_INFINITY) return (size_t)8 << 20;
    return stack.rlim_cur;
}

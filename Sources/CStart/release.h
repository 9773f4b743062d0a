// A release is a program for every processor and, in folders beside it, the same for the levels of x86-64 above its own:
// `apus`, `x86-64-v3/apus`, `x86-64-v4/apus`. Whoever starts the first gets the best that the processor runs.
#pragma once
#include "../CProcessor/levels.h"
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef AT_FDCWD
#define AT_FDCWD -100
#endif

APUS_FOR_ALL_LEVELS static inline bool apus_starts_with(const char *_Nonnull text, const char *_Nonnull start) {
    return strncmp(text, start, strlen(start)) == 0;
}

APUS_FOR_ALL_LEVELS static inline void apus_stop(const char *_Nonnull message, int status) {
    syscall(SYS_write, 2, message, strlen(message));
    syscall(SYS_exit_group, status);
}

// The highest level that may run: the processor's, or less by APUS_CPU=x86-64-v3 in the environment. It stops the
// program where that is less than it was built for: it would run into an instruction that there is not.
APUS_FOR_ALL_LEVELS static inline int apus_highest_level(const char *_Nullable wanted) {
    const int own = APUS_BUILT_LEVEL, processor = apus_processor_level();
    if (own > processor) {
        static char message[] = "apus: this program is built for processors of level x86-64-v?, and this one is less; "
                                "build it here\n";
        *strchr(message, '?') = (char)('0' + own);
        apus_stop(message, 1);
    }
    if (!wanted) return processor;
    static const char start[] = "x86-64-v";
    const int level = apus_starts_with(wanted, start) ? wanted[sizeof start - 1] - '0' : 0;
    if (level < 2 || level > 4 || wanted[sizeof start])
        apus_stop("apus: APUS_CPU is x86-64-v2, x86-64-v3 or x86-64-v4\n", 64);
    if (level < own) {
        static char message[] = "apus: APUS_CPU asks for less than x86-64-v?, which this program is built for\n";
        *strchr(message, '?') = (char)('0' + own);
        apus_stop(message, 64);
    }
    return level < processor ? level : processor;
}

// Starts the program's like for the highest level there is; returns where this is the one.
APUS_FOR_ALL_LEVELS static inline void apus_start_highest_level(
    const char *_Nullable wanted, char *_Nullable *_Nonnull arguments, char *_Nullable *_Nonnull environment) {
    if (APUS_BUILT_LEVEL == 0) return;
    char self[4096], like[sizeof self + 16];
    const int highest = apus_highest_level(wanted);
    if (highest == APUS_BUILT_LEVEL) return;
    const long length = syscall(SYS_readlinkat, AT_FDCWD, "/proc/self/exe", self, sizeof self - 1);
    if (length <= 0) return;
    self[length] = 0;
    char *const name = strrchr(self, '/');
    if (!name) return;
    for (int level = highest; level > APUS_BUILT_LEVEL; level--) {
        const size_t folder = (size_t)(name - self);
        memcpy(like, self, folder);
        memcpy(like + folder, "/x86-64-v?", 10);
        like[folder + 9] = (char)('0' + level);
        memcpy(like + folder + 10, name, (size_t)(self + length + 1 - name));
        syscall(SYS_execve, like, arguments, environment);  // returns only if there is none
    }
}

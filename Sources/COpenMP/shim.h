// libgomp's stable entry points: what GCC emits for `#pragma omp parallel`.
// Declared here because Swift cannot write the pragma, and clang's <omp.h> need not be installed.
#pragma once

void GOMP_parallel(void (*body)(void *), void *data, unsigned threads, unsigned flags);
int omp_get_thread_num(void);
int omp_get_num_threads(void);
int omp_get_max_threads(void);
int omp_in_parallel(void);
void omp_set_num_threads(int threads);

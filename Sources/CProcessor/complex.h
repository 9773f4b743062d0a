#pragma once

#include <complex.h>

// Inverse functions of complex numbers, by the C library: branch cuts, signs of zeros and infinities as in C99, Annex G.
// Swift sees no C complex types; each writes real and imaginary part.
#define APUS_COMPLEX_FUNCTION(name)                                                                  \
    static inline void apus_##name(double re, double im, double *_Nonnull result) {                  \
        _Complex double z = name(__builtin_complex(re, im));                                                     \
        result[0] = creal(z);                                                                        \
        result[1] = cimag(z);                                                                        \
    }
APUS_COMPLEX_FUNCTION(casin)
APUS_COMPLEX_FUNCTION(cacos)
APUS_COMPLEX_FUNCTION(catan)
APUS_COMPLEX_FUNCTION(casinh)
APUS_COMPLEX_FUNCTION(cacosh)
APUS_COMPLEX_FUNCTION(catanh)
#undef APUS_COMPLEX_FUNCTION

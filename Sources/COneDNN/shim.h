// The one place that knows which oneDNN this is: 2.x (Debian 12) and 3.x (Debian 13, Ubuntu 24.04)
// differ in how a primitive is described and in who owns a memory descriptor.
#pragma once
#include <oneapi/dnnl/dnnl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

// C = op(A)·op(B) + beta·C in float32, all row-major. False where the library refuses.
static inline bool apus_dnn_sgemm(
    bool transposeA, bool transposeB, long m, long n, long k, const float *_Nonnull a, long lda,
    const float *_Nonnull b, long ldb, float beta, float *_Nonnull c, long ldc) {
    return dnnl_sgemm(transposeA ? 'T' : 'N', transposeB ? 'T' : 'N', m, n, k, 1.0f, a, lda, b, ldb,
                      beta, c, ldc) == dnnl_success;
}

#if DNNL_VERSION_MAJOR >= 3
typedef const_dnnl_memory_desc_t apus_dnn_layout;
#else
typedef const dnnl_memory_desc_t *apus_dnn_layout;
#endif

static inline dnnl_engine_t _Nullable apus_dnn_create_engine(void) {
    dnnl_engine_t engine = NULL;
    return dnnl_engine_create(&engine, dnnl_cpu, 0) == dnnl_success ? engine : NULL;
}

static inline dnnl_stream_t _Nullable apus_dnn_create_stream(dnnl_engine_t _Nonnull engine) {
    dnnl_stream_t stream = NULL;
    return dnnl_stream_create(&stream, engine, dnnl_stream_default_flags) == dnnl_success ? stream : NULL;
}

// The name of the library's way to compute something, such as "jit:avx512_core".
static inline const char *_Nonnull apus_dnn_implementation(dnnl_primitive_desc_t _Nonnull description) {
    const char *name = NULL;
    dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, &name);
    return name ? name : "";
}

// A bfloat16 product C (m × n) = A·B (+ bias) (+ C). Strides are in elements.
typedef struct {
    long m, n, k;
    long aRow, aColumn, bRow, bColumn, cRow;
    bool hasBias, accumulate;
} apus_dnn_product;

// A primitive and its description, which says how its arguments lie in memory.
typedef struct {
    dnnl_primitive_t _Nullable primitive;
    dnnl_primitive_desc_t _Nullable description;
} apus_dnn_primitive;

// `primitive` is NULL where the library has no code for this product on this processor.
static inline apus_dnn_primitive apus_dnn_create_product(
    dnnl_engine_t _Nonnull engine, const apus_dnn_product *_Nonnull p) {
    apus_dnn_primitive result = {NULL, NULL};
    const dnnl_data_type_t type = dnnl_bf16;
    dnnl_dims_t dimsA = {p->m, p->k}, dimsB = {p->k, p->n}, dimsC = {p->m, p->n}, dimsBias = {1, p->n};
    dnnl_dims_t stridesA = {p->aRow, p->aColumn}, stridesB = {p->bRow, p->bColumn};
    dnnl_dims_t stridesC = {p->cRow, 1}, stridesBias = {p->n, 1};

    dnnl_primitive_attr_t attributes = NULL;
    dnnl_post_ops_t after = NULL;
    if (dnnl_primitive_attr_create(&attributes) != dnnl_success) return result;
    // The caller brings the scratchpad: the library's own is not safe between threads.
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);
    if (p->accumulate && dnnl_post_ops_create(&after) == dnnl_success) {
#if DNNL_VERSION_MAJOR >= 3
        dnnl_post_ops_append_sum(after, 1.0f, 0, dnnl_data_type_undef);
#else
        dnnl_post_ops_append_sum(after, 1.0f);
#endif
        dnnl_primitive_attr_set_post_ops(attributes, after);
    }

#if DNNL_VERSION_MAJOR >= 3
    dnnl_memory_desc_t a = NULL, b = NULL, c = NULL, bias = NULL;
    bool described = dnnl_memory_desc_create_with_strides(&a, 2, dimsA, type, stridesA) == dnnl_success
        && dnnl_memory_desc_create_with_strides(&b, 2, dimsB, type, stridesB) == dnnl_success
        && dnnl_memory_desc_create_with_strides(&c, 2, dimsC, type, stridesC) == dnnl_success
        && dnnl_memory_desc_create_with_strides(&bias, 2, dimsBias, type, stridesBias) == dnnl_success;
    if (described
        && dnnl_matmul_primitive_desc_create(
               &result.description, engine, a, b, p->hasBias ? bias : NULL, c, attributes) != dnnl_success)
        result.description = NULL;
    dnnl_memory_desc_destroy(a);
    dnnl_memory_desc_destroy(b);
    dnnl_memory_desc_destroy(c);
    dnnl_memory_desc_destroy(bias);
#else
    dnnl_memory_desc_t a, b, c, bias;
    dnnl_matmul_desc_t operation;
    bool described = dnnl_memory_desc_init_by_strides(&a, 2, dimsA, type, stridesA) == dnnl_success
        && dnnl_memory_desc_init_by_strides(&b, 2, dimsB, type, stridesB) == dnnl_success
        && dnnl_memory_desc_init_by_strides(&c, 2, dimsC, type, stridesC) == dnnl_success
        && dnnl_memory_desc_init_by_strides(&bias, 2, dimsBias, type, stridesBias) == dnnl_success
        && dnnl_matmul_desc_init(&operation, &a, &b, p->hasBias ? &bias : NULL, &c) == dnnl_success;
    if (described
        && dnnl_primitive_desc_create(&result.description, &operation, attributes, engine, NULL) != dnnl_success)
        result.description = NULL;
#endif
    if (after) dnnl_post_ops_destroy(after);
    dnnl_primitive_attr_destroy(attributes);
    if (!result.description) return result;

    if (dnnl_primitive_create(&result.primitive, result.description) != dnnl_success) {
        dnnl_primitive_desc_destroy(result.description);
        result.primitive = NULL;
        result.description = NULL;
    }
    return result;
}

// The memory objects of one execution, pointed anew for each.
typedef struct {
    dnnl_memory_t _Nullable a, b, c, bias, scratchpad;
    size_t scratchpadSize;
} apus_dnn_arguments;

static inline dnnl_memory_t _Nullable apus_dnn_create_memory(
    dnnl_engine_t _Nonnull engine, dnnl_primitive_desc_t _Nonnull description, dnnl_query_t what) {
    dnnl_memory_t memory = NULL;
    apus_dnn_layout layout = dnnl_primitive_desc_query_md(description, what, 0);
    if (!layout || dnnl_memory_create(&memory, layout, engine, DNNL_MEMORY_NONE) != dnnl_success) return NULL;
    return memory;
}

static inline apus_dnn_arguments apus_dnn_create_arguments(
    dnnl_engine_t _Nonnull engine, apus_dnn_primitive primitive, bool hasBias) {
    apus_dnn_arguments result = {NULL, NULL, NULL, NULL, NULL, 0};
    result.a = apus_dnn_create_memory(engine, primitive.description, dnnl_query_src_md);
    result.b = apus_dnn_create_memory(engine, primitive.description, dnnl_query_weights_md);
    result.c = apus_dnn_create_memory(engine, primitive.description, dnnl_query_dst_md);
    if (hasBias) {
        apus_dnn_layout layout = dnnl_primitive_desc_query_md(primitive.description, dnnl_query_weights_md, 1);
        if (layout) dnnl_memory_create(&result.bias, layout, engine, DNNL_MEMORY_NONE);
    }
    apus_dnn_layout scratchpad
        = dnnl_primitive_desc_query_md(primitive.description, dnnl_query_scratchpad_md, 0);
    if (scratchpad) result.scratchpadSize = dnnl_memory_desc_get_size(scratchpad);
    result.scratchpad = apus_dnn_create_memory(engine, primitive.description, dnnl_query_scratchpad_md);
    return result;
}

static inline bool apus_dnn_run_product(
    dnnl_stream_t _Nonnull stream, apus_dnn_primitive primitive, apus_dnn_arguments arguments,
    const void *_Nonnull a, const void *_Nonnull b, void *_Nonnull c, const void *_Nullable bias,
    void *_Nonnull scratchpad) {
    dnnl_exec_arg_t list[5];
    int count = 0;
    dnnl_memory_set_data_handle(arguments.a, (void *)a);
    dnnl_memory_set_data_handle(arguments.b, (void *)b);
    dnnl_memory_set_data_handle(arguments.c, c);
    list[count++] = (dnnl_exec_arg_t) {DNNL_ARG_SRC, arguments.a};
    list[count++] = (dnnl_exec_arg_t) {DNNL_ARG_WEIGHTS, arguments.b};
    list[count++] = (dnnl_exec_arg_t) {DNNL_ARG_DST, arguments.c};
    if (arguments.bias) {
        dnnl_memory_set_data_handle(arguments.bias, (void *)bias);
        list[count++] = (dnnl_exec_arg_t) {DNNL_ARG_BIAS, arguments.bias};
    }
    if (arguments.scratchpad) {
        dnnl_memory_set_data_handle(arguments.scratchpad, scratchpad);
        list[count++] = (dnnl_exec_arg_t) {DNNL_ARG_SCRATCHPAD, arguments.scratchpad};
    }
    return dnnl_primitive_execute(primitive.primitive, stream, count, list) == dnnl_success
        && dnnl_stream_wait(stream) == dnnl_success;
}

static inline void apus_dnn_destroy_arguments(apus_dnn_arguments arguments) {
    dnnl_memory_destroy(arguments.a);
    dnnl_memory_destroy(arguments.b);
    dnnl_memory_destroy(arguments.c);
    if (arguments.bias) dnnl_memory_destroy(arguments.bias);
    if (arguments.scratchpad) dnnl_memory_destroy(arguments.scratchpad);
}

static inline void apus_dnn_destroy_product(apus_dnn_primitive primitive) {
    if (primitive.primitive) dnnl_primitive_destroy(primitive.primitive);
    if (primitive.description) dnnl_primitive_desc_destroy(primitive.description);
}

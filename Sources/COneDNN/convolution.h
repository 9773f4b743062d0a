// Convolutions of oneDNN 2.x and 3.x: see shim.h.
#pragma once
#include "shim.h"

enum { apus_dnn_forward = 0, apus_dnn_input_gradient = 1, apus_dnn_weight_gradient = 2 };

// A float32 or bfloat16 convolution or one of its gradients. Images lie channels last; weights lie row-major as
// [outputs, inputs / groups, kernel…], or with the axis of groups before them. The gradient of bfloat16 weights is float32.
typedef struct {
    int kind;
    int spatial;  // 2 or 3 axes
    long batch, inputs, outputs, groups;
    long input[3], output[3], kernel[3], stride[3], dilation[3], before[3], after[3];
    bool hasBias, bfloat16;
    int skipped;  // how many of the library's ways to compute it are passed over, of a forward convolution
} apus_dnn_convolution;

// What the library compiled for it. Weights are brought into the library's own order first, and their
// gradient out of it afterwards, unless it takes them as they are.
typedef struct {
    dnnl_primitive_t _Nullable primitive;
    dnnl_primitive_desc_t _Nullable description;
    dnnl_primitive_t _Nullable reorder;
    dnnl_primitive_desc_t _Nullable reorderDescription;
    size_t weightsSize, scratchpadSize;
} apus_dnn_convolution_primitive;

#if DNNL_VERSION_MAJOR >= 3
#define APUS_DNN_LAYOUT(md) (md)
#define APUS_DNN_FREE(md) dnnl_memory_desc_destroy(md)
static inline bool apus_dnn_describe(
    dnnl_memory_desc_t _Nullable *_Nonnull md, int rank, const dnnl_dims_t dims, dnnl_data_type_t type,
    const dnnl_dims_t strides) {
    return dnnl_memory_desc_create_with_strides(md, rank, dims, type, strides) == dnnl_success;
}
static inline bool apus_dnn_describe_any(
    dnnl_memory_desc_t _Nullable *_Nonnull md, int rank, const dnnl_dims_t dims, dnnl_data_type_t type) {
    return dnnl_memory_desc_create_with_tag(md, rank, dims, type, dnnl_format_tag_any) == dnnl_success;
}
#else
#define APUS_DNN_LAYOUT(md) (&(md))
#define APUS_DNN_FREE(md) ((void)0)
static inline bool apus_dnn_describe(
    dnnl_memory_desc_t *_Nonnull md, int rank, const dnnl_dims_t dims, dnnl_data_type_t type,
    const dnnl_dims_t strides) {
    return dnnl_memory_desc_init_by_strides(md, rank, dims, type, strides) == dnnl_success;
}
static inline bool apus_dnn_describe_any(
    dnnl_memory_desc_t *_Nonnull md, int rank, const dnnl_dims_t dims, dnnl_data_type_t type) {
    return dnnl_memory_desc_init_by_tag(md, rank, dims, type, dnnl_format_tag_any) == dnnl_success;
}
#endif

static inline void apus_dnn_channels_last(
    dnnl_dims_t dims, dnnl_dims_t strides, int spatial, long batch, long channels, const long *_Nonnull extents) {
    dims[0] = batch;
    dims[1] = channels;
    strides[1] = 1;
    long step = channels;
    for (int i = spatial - 1; i >= 0; i--) {
        dims[2 + i] = extents[i];
        strides[2 + i] = step;
        step *= extents[i];
    }
    strides[0] = step;
}

static inline void apus_dnn_destroy_convolution(apus_dnn_convolution_primitive p) {
    if (p.primitive) dnnl_primitive_destroy(p.primitive);
    if (p.description) dnnl_primitive_desc_destroy(p.description);
    if (p.reorder) dnnl_primitive_destroy(p.reorder);
    if (p.reorderDescription) dnnl_primitive_desc_destroy(p.reorderDescription);
}

// The extents of the weights and their distances where they are row-major; returns how many axes they have.
static inline int apus_dnn_weights(const apus_dnn_convolution *_Nonnull c, dnnl_dims_t dims, dnnl_dims_t strides) {
    int rank = 0;
    if (c->groups > 1) dims[rank++] = c->groups;
    dims[rank++] = c->outputs / c->groups;
    dims[rank++] = c->inputs / c->groups;
    for (int i = 0; i < c->spatial; i++) dims[rank++] = c->kernel[i];
    long step = 1;
    for (int i = rank - 1; i >= 0; i--) {
        strides[i] = step;
        step *= dims[i];
    }
    return rank;
}

// How the library would compute it, or NULL where it has no way; of a forward convolution the way after `c->skipped`
// others.
static inline dnnl_primitive_desc_t _Nullable apus_dnn_describe_convolution(
    dnnl_engine_t _Nonnull engine, const apus_dnn_convolution *_Nonnull c) {
    const int spatial = c->spatial;
    const bool toWeights = c->kind == apus_dnn_weight_gradient;
    const dnnl_data_type_t type = c->bfloat16 ? dnnl_bf16 : dnnl_f32, gradientType = toWeights ? dnnl_f32 : type;
    dnnl_dims_t dimsX, stridesX, dimsY, stridesY, dimsW, stridesW, dimsB = {c->outputs}, stridesB = {1};
    dnnl_dims_t stride, dilation, before, after;
    apus_dnn_channels_last(dimsX, stridesX, spatial, c->batch, c->inputs, c->input);
    apus_dnn_channels_last(dimsY, stridesY, spatial, c->batch, c->outputs, c->output);
    const int rank = apus_dnn_weights(c, dimsW, stridesW);
    for (int i = 0; i < spatial; i++) {
        stride[i] = c->stride[i];
        dilation[i] = c->dilation[i] - 1;
        before[i] = c->before[i];
        after[i] = c->after[i];
    }

    dnnl_primitive_attr_t attributes = NULL;
    if (dnnl_primitive_attr_create(&attributes) != dnnl_success) return NULL;
    dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user);

    dnnl_memory_desc_t x, y, w, gradient, b;
    memset(&x, 0, sizeof x);
    memset(&y, 0, sizeof y);
    memset(&w, 0, sizeof w);
    memset(&gradient, 0, sizeof gradient);
    memset(&b, 0, sizeof b);
    bool made = apus_dnn_describe(&x, spatial + 2, dimsX, type, stridesX)
        && apus_dnn_describe(&y, spatial + 2, dimsY, type, stridesY) && apus_dnn_describe_any(&w, rank, dimsW, type)
        && apus_dnn_describe_any(&gradient, rank, dimsW, gradientType)
        && apus_dnn_describe(&b, 1, dimsB, type, stridesB);
    dnnl_primitive_desc_t forward = NULL, result = NULL;
    const dnnl_alg_kind_t algorithm = dnnl_convolution_direct;
    const dnnl_prop_kind_t purpose = c->kind == apus_dnn_forward ? dnnl_forward_inference : dnnl_forward_training;
#if DNNL_VERSION_MAJOR >= 3
    made = made
        && dnnl_convolution_forward_primitive_desc_create(
               &forward, engine, purpose, algorithm, x, w, c->hasBias ? b : NULL, y, stride, dilation, before,
               after, attributes) == dnnl_success;
    if (c->kind == apus_dnn_forward)
        for (int i = 0; made && i < c->skipped; i++) made = dnnl_primitive_desc_next_impl(forward) == dnnl_success;
    if (made && c->kind == apus_dnn_input_gradient)
        made = dnnl_convolution_backward_data_primitive_desc_create(
                   &result, engine, algorithm, x, w, y, stride, dilation, before, after, forward, attributes)
            == dnnl_success;
    else if (made && c->kind == apus_dnn_weight_gradient)
        made = dnnl_convolution_backward_weights_primitive_desc_create(
                   &result, engine, algorithm, x, gradient, NULL, y, stride, dilation, before, after, forward,
                   attributes)
            == dnnl_success;
#else
    dnnl_convolution_desc_t operation;
    dnnl_primitive_desc_iterator_t ways = NULL;
    made = made
        && dnnl_dilated_convolution_forward_desc_init(
               &operation, purpose, algorithm, &x, &w, c->hasBias ? &b : NULL, &y, stride, dilation, before,
               after) == dnnl_success
        && dnnl_primitive_desc_iterator_create(&ways, &operation, attributes, engine, NULL) == dnnl_success;
    if (c->kind == apus_dnn_forward)
        for (int i = 0; made && i < c->skipped; i++) made = dnnl_primitive_desc_iterator_next(ways) == dnnl_success;
    if (made) forward = dnnl_primitive_desc_iterator_fetch(ways);
    if (ways) dnnl_primitive_desc_iterator_destroy(ways);
    made = forward != NULL;
    if (made && c->kind == apus_dnn_input_gradient)
        made = dnnl_dilated_convolution_backward_data_desc_init(
                   &operation, algorithm, &x, &w, &y, stride, dilation, before, after) == dnnl_success
            && dnnl_primitive_desc_create(&result, &operation, attributes, engine, forward) == dnnl_success;
    else if (made && c->kind == apus_dnn_weight_gradient)
        made = dnnl_dilated_convolution_backward_weights_desc_init(
                   &operation, algorithm, &x, &gradient, NULL, &y, stride, dilation, before, after) == dnnl_success
            && dnnl_primitive_desc_create(&result, &operation, attributes, engine, forward) == dnnl_success;
#endif
    if (made && c->kind == apus_dnn_forward) {
        result = forward;
        forward = NULL;
    }
    if (forward) dnnl_primitive_desc_destroy(forward);
    APUS_DNN_FREE(x);
    APUS_DNN_FREE(y);
    APUS_DNN_FREE(w);
    APUS_DNN_FREE(gradient);
    APUS_DNN_FREE(b);
    dnnl_primitive_attr_destroy(attributes);
    return made ? result : NULL;
}

// Compiles what `apus_dnn_describe_convolution` gave for the same convolution, and owns it; `primitive` is NULL where
// that fails.
static inline apus_dnn_convolution_primitive apus_dnn_compile_convolution(
    dnnl_engine_t _Nonnull engine, const apus_dnn_convolution *_Nonnull c,
    dnnl_primitive_desc_t _Nonnull description) {
    apus_dnn_convolution_primitive result = {NULL, description, NULL, NULL, 0, 0};
    dnnl_dims_t dims, strides;
    const int rank = apus_dnn_weights(c, dims, strides);
    dnnl_memory_desc_t plain;
    memset(&plain, 0, sizeof plain);
    const bool isGradient = c->kind == apus_dnn_weight_gradient;
    const dnnl_data_type_t type = c->bfloat16 && !isGradient ? dnnl_bf16 : dnnl_f32;
    bool made = apus_dnn_describe(&plain, rank, dims, type, strides)
        && dnnl_primitive_create(&result.primitive, description) == dnnl_success;
    if (made) {
        apus_dnn_layout own = dnnl_primitive_desc_query_md(
            description, isGradient ? dnnl_query_diff_weights_md : dnnl_query_weights_md, 0);
        apus_dnn_layout scratchpad = dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0);
        if (scratchpad) result.scratchpadSize = dnnl_memory_desc_get_size(scratchpad);
        if (!dnnl_memory_desc_equal(own, APUS_DNN_LAYOUT(plain))) {
            result.weightsSize = dnnl_memory_desc_get_size(own);
            apus_dnn_layout from = isGradient ? own : APUS_DNN_LAYOUT(plain);
            apus_dnn_layout to = isGradient ? APUS_DNN_LAYOUT(plain) : own;
            made = dnnl_reorder_primitive_desc_create(
                       &result.reorderDescription, from, engine, to, engine, NULL) == dnnl_success
                && dnnl_primitive_create(&result.reorder, result.reorderDescription) == dnnl_success;
        }
    }
    if (!made) {
        apus_dnn_destroy_convolution(result);
        memset(&result, 0, sizeof result);
    }
    APUS_DNN_FREE(plain);
    return result;
}

static inline dnnl_memory_t _Nullable apus_dnn_memory_at(
    dnnl_engine_t _Nonnull engine, dnnl_primitive_desc_t _Nonnull description, dnnl_query_t what,
    const void *_Nullable pointer) {
    dnnl_memory_t memory = NULL;
    apus_dnn_layout layout = dnnl_primitive_desc_query_md(description, what, 0);
    if (!layout || dnnl_memory_create(&memory, layout, engine, (void *)pointer) != dnnl_success) return NULL;
    return memory;
}

// Weights into the library's order, or their gradient out of it.
static inline bool apus_dnn_run_reorder(
    dnnl_engine_t _Nonnull engine, dnnl_stream_t _Nonnull stream, const apus_dnn_convolution_primitive *_Nonnull p,
    const void *_Nonnull from, void *_Nonnull to) {
    dnnl_memory_t source = apus_dnn_memory_at(engine, p->reorderDescription, dnnl_query_src_md, from);
    dnnl_memory_t target = apus_dnn_memory_at(engine, p->reorderDescription, dnnl_query_dst_md, to);
    dnnl_exec_arg_t list[2] = {{DNNL_ARG_FROM, source}, {DNNL_ARG_TO, target}};
    bool succeeded = source && target && dnnl_primitive_execute(p->reorder, stream, 2, list) == dnnl_success
        && dnnl_stream_wait(stream) == dnnl_success;
    dnnl_memory_destroy(source);
    dnnl_memory_destroy(target);
    return succeeded;
}

// What a call of a primitive takes, made once for many calls: memory objects whose pointers each call sets. One call at a
// time may use it.
typedef struct {
    dnnl_stream_t _Nullable stream;
    dnnl_memory_t _Nullable x, w, y, bias, scratchpad;
    const void *_Nullable weights;  // where `w` points: bringing it elsewhere may write the padding there
} apus_dnn_convolution_call;

static inline void apus_dnn_destroy_convolution_call(apus_dnn_convolution_call c) {
    if (c.stream) dnnl_stream_destroy(c.stream);
    if (c.x) dnnl_memory_destroy(c.x);
    if (c.w) dnnl_memory_destroy(c.w);
    if (c.y) dnnl_memory_destroy(c.y);
    if (c.bias) dnnl_memory_destroy(c.bias);
    if (c.scratchpad) dnnl_memory_destroy(c.scratchpad);
}

// `stream` is NULL in the result where the system has no memory left.
static inline apus_dnn_convolution_call apus_dnn_create_convolution_call(
    dnnl_engine_t _Nonnull engine, int kind, const apus_dnn_convolution_primitive *_Nonnull p, bool hasBias) {
    const bool toInput = kind == apus_dnn_input_gradient, toWeights = kind == apus_dnn_weight_gradient;
    apus_dnn_convolution_call c;
    memset(&c, 0, sizeof c);
    c.x = apus_dnn_memory_at(
        engine, p->description, toInput ? dnnl_query_diff_src_md : dnnl_query_src_md, DNNL_MEMORY_NONE);
    c.w = apus_dnn_memory_at(
        engine, p->description, toWeights ? dnnl_query_diff_weights_md : dnnl_query_weights_md, DNNL_MEMORY_NONE);
    c.y = apus_dnn_memory_at(
        engine, p->description, kind == apus_dnn_forward ? dnnl_query_dst_md : dnnl_query_diff_dst_md,
        DNNL_MEMORY_NONE);
    apus_dnn_layout layout = hasBias ? dnnl_primitive_desc_query_md(p->description, dnnl_query_weights_md, 1) : NULL;
    if (layout) dnnl_memory_create(&c.bias, layout, engine, DNNL_MEMORY_NONE);
    if (p->scratchpadSize > 0)
        c.scratchpad = apus_dnn_memory_at(engine, p->description, dnnl_query_scratchpad_md, DNNL_MEMORY_NONE);
    if (c.x && c.w && c.y && (c.bias || !hasBias) && (c.scratchpad || p->scratchpadSize == 0))
        dnnl_stream_create(&c.stream, engine, dnnl_stream_default_flags);
    if (!c.stream) {
        apus_dnn_destroy_convolution_call(c);
        memset(&c, 0, sizeof c);
    }
    return c;
}

// `x` is the input or its gradient, `w` the weights or their gradient in the library's order, `y` the
// output or its gradient; which of them is written depends on the kind.
static inline bool apus_dnn_run_convolution(
    apus_dnn_convolution_call *_Nonnull c, int kind, const apus_dnn_convolution_primitive *_Nonnull p,
    const void *_Nonnull x, const void *_Nonnull w, const void *_Nonnull y, const void *_Nullable bias,
    void *_Nonnull scratchpad) {
    const bool toInput = kind == apus_dnn_input_gradient, toWeights = kind == apus_dnn_weight_gradient;
    dnnl_exec_arg_t list[5];
    int count = 0;
    bool set = dnnl_memory_set_data_handle(c->x, (void *)x) == dnnl_success
        && dnnl_memory_set_data_handle(c->y, (void *)y) == dnnl_success;
    if (c->weights != w) {
        c->weights = NULL;
        set = set && dnnl_memory_set_data_handle(c->w, (void *)w) == dnnl_success;
        if (set && !toWeights) c->weights = w;
    }
    list[count].arg = toInput ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC;
    list[count++].memory = c->x;
    list[count].arg = toWeights ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS;
    list[count++].memory = c->w;
    list[count].arg = kind == apus_dnn_forward ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST;
    list[count++].memory = c->y;
    if (c->bias) {
        set = set && dnnl_memory_set_data_handle(c->bias, (void *)bias) == dnnl_success;
        list[count].arg = DNNL_ARG_BIAS;
        list[count++].memory = c->bias;
    }
    if (c->scratchpad) {
        set = set && dnnl_memory_set_data_handle(c->scratchpad, scratchpad) == dnnl_success;
        list[count].arg = DNNL_ARG_SCRATCHPAD;
        list[count++].memory = c->scratchpad;
    }
    return set && dnnl_primitive_execute(p->primitive, c->stream, count, list) == dnnl_success
        && dnnl_stream_wait(c->stream) == dnnl_success;
}

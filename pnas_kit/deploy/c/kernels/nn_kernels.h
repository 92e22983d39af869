/* Kernels of an int8 network, bit for bit those of TensorFlow Lite's reference.
 *
 * The input's zero point is folded into the biases, and padding holds the zero point, so the products need no offset.
 * Which kernels exist follows from NN_HAS_..., which nn.c defines. Where the core has SMLAD (Cortex-M4, M7, M33, M55),
 * convolutions come from nn_..._dsp.h; NN_NO_DSP forbids that, NN_DSP_IN_C does the same steps on any processor.
 * Right shifts of negative numbers are arithmetic in every compiler this is meant for.
 */
#ifndef NN_KERNELS_H
#define NN_KERNELS_H

#include <stdint.h>
#include <string.h>

#if (defined(__ARM_FEATURE_DSP) || defined(NN_DSP_IN_C)) && !defined(NN_NO_DSP)
#define NN_DSP 1
#else
#define NN_DSP 0
#endif

/* Kernels are compiled once and for all layers, so that their size and speed do not hang on the net. */
#if defined(__clang__)
#define NN_KERNEL static __attribute__((noinline))
#define NN_INLINE static inline __attribute__((always_inline))
#elif defined(__GNUC__)
#define NN_KERNEL static __attribute__((noipa))
#define NN_INLINE static inline __attribute__((always_inline))
#else
#define NN_KERNEL static
#define NN_INLINE static inline
#endif

/* A convolution, depthwise convolution or linear layer (a 1x1 convolution of one pixel).
 * weights: convolution (out, height, width, in), depthwise (height, width, channel); bias: one per output channel; bits:
 * 8, or 4 for rows in groups of eight weights filled up with zeros, where byte i of a group holds weight i in its low half
 * and weight i + 4 in its high half, so that a shift and a mask give four weights times 16;
 * scale, shift: an output is sum * scale / 2^(32 + shift), rounded twice as TensorFlow Lite does. */
typedef struct {
    const int8_t *weights;
    const int32_t *bias;
    const int32_t *scale;
    const int8_t *shift;
    uint16_t in_height, in_width, in_channels, out_height, out_width, out_channels;
    uint8_t kernel_height, kernel_width, stride_height, stride_width, pad_top, pad_left;
    int8_t in_zero, out_zero, low, high;
    uint8_t bits;
} nn_conv_layer;

/* A sum of two feature maps with different scales. */
typedef struct {
    uint32_t count;
    int32_t scale_a, scale_b, scale_out;
    int8_t shift_a, shift_b, shift_out, zero_a, zero_b, zero_out, low, high;
} nn_add_layer;

/* Probabilities from the differences between a pixel's values and their greatest; those below `least` count as none. */
typedef struct {
    int32_t scale;
    uint32_t pixels;
    uint16_t channels;
    int16_t least;
    uint8_t shift;
} nn_softmax_layer;

/* A pooling window that slides over the map. */
typedef struct {
    uint16_t in_height, in_width, channels, out_height, out_width;
    uint8_t kernel_height, kernel_width, stride_height, stride_width, pad_top, pad_left;
    int8_t low, high;
} nn_pool_layer;

NN_INLINE int8_t nn_clamp(int32_t value, int32_t low, int32_t high)
{
    return (int8_t)(value < low ? low : value > high ? high : value);
}

/* The high word of 2 * value * scale, to the nearest. */
NN_INLINE int32_t nn_multiply(int32_t value, int32_t scale)
{
    return (int32_t)(((int64_t)value * scale + ((int64_t)1 << 30)) >> 31);
}

/* value / 2^bits to the nearest, halves away from zero; never overflows. */
NN_INLINE int32_t nn_divide(int32_t value, int bits)
{
    int32_t mask = (int32_t)(((uint32_t)1 << bits) - 1), rest = value & mask;
    return (value >> bits) + (rest > (mask >> 1) + (value < 0));
}

#if NN_DSP
#include "nn_dsp.h"
#endif

#if !NN_DSP || !defined(__ARM_FEATURE_DSP)

/* The high word of value * scale, to the nearest, and `more`. */
NN_INLINE int32_t nn_multiply_high(int32_t value, int32_t scale, int32_t more)
{
    return (int32_t)(((int64_t)value * scale + ((int64_t)1 << 31)) >> 32) + more;
}

NN_INLINE int32_t nn_saturate(int32_t value)
{
    return nn_clamp(value, -128, 127);
}
#endif

/* How sums become outputs, once per channel: outputs are sum * scale, shifted left before and right after, plus `add`.
 * NN_ANY_SCALE: some channel's sum may pass 2^30, or its scale is 1/2 or more, or below 2^-22; else the short way is exact.
 * NN_ANY_RANGE: some activation cuts the int8 range. */
typedef struct {
    int32_t scale, add;
    int left, right;
} nn_scaling;

/* `rounding` is 1 + 2 * zero point of the output. */
NN_INLINE nn_scaling nn_scaling_of(int32_t scale, int shift, int32_t rounding)
{
#if NN_ANY_SCALE
    nn_scaling scaling = {scale, rounding >> 1, shift < 0 ? -1 - shift : 0, shift < 0 ? 0 : shift + 1};
#else
    nn_scaling scaling = {scale, rounding * ((int32_t)1 << shift), 0, shift + 1};
#endif
    return scaling;
}

/* The output for NN_DOUBLE times a sum of products. */
#define NN_DOUBLE (NN_ANY_SCALE ? 1 : 2)
NN_INLINE int32_t nn_scaled(int32_t sum, nn_scaling scaling, const nn_conv_layer *layer)
{
#if NN_ANY_SCALE
    int32_t value = nn_multiply(sum * ((int32_t)1 << scaling.left), scaling.scale);
    value = nn_divide(value, scaling.right) + scaling.add;
#else
    /* Halves go away from zero: with a negative value one less than a half is added. Where the sum is negative and the value
     * zero, both give zero. */
    int32_t value = (nn_multiply_high(sum, scaling.scale, scaling.add) + (sum >> 31)) >> scaling.right;
#endif
#if NN_ANY_RANGE
    return nn_clamp(value, layer->low, layer->high);
#else
    (void)layer;
    return nn_saturate(value);
#endif
}

/* The output for a sum of products. */
NN_INLINE int8_t nn_output_of(int32_t sum, int32_t scale, int shift, int32_t rounding, const nn_conv_layer *layer)
{
    return (int8_t)nn_scaled(sum * NN_DOUBLE, nn_scaling_of(scale, shift, rounding), layer);
}

#if NN_DSP
#include "nn_conv_dsp.h"
#include "nn_depthwise_dsp.h"
#else
#include "nn_conv_plain.h"
#ifdef NN_HAS_DEPTHWISE
#define NN_HAS_DEPTHWISE_FEW
#define nn_depthwise nn_depthwise_few
#endif
#endif
#include "nn_depthwise_few.h"
#include "nn_maps.h"
#ifdef NN_HAS_SOFTMAX
#include "nn_softmax.h"
#endif

#endif

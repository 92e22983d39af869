/* Depthwise convolutions channel by channel: every one on cores without SMLAD, and elsewhere those whose outputs are so few
 * that laying out rows for SMLAD would cost more than it saves. */

#ifdef NN_HAS_DEPTHWISE_FEW
/* Four channels' products with one weight each. */
NN_INLINE void nn_four_channels(int32_t sums[4], const int8_t *at, const int8_t *weight)
{
#if NN_DSP
    uint32_t x = nn_load(at), w = nn_load(weight);
    nn_add_lows_and_highs(&sums[0], &sums[2], nn_even(x), nn_even(w));
    nn_add_lows_and_highs(&sums[1], &sums[3], nn_odd(x), nn_odd(w));
#else
    sums[0] += at[0] * weight[0];
    sums[1] += at[1] * weight[1];
    sums[2] += at[2] * weight[2];
    sums[3] += at[3] * weight[3];
#endif
}

/* One output pixel: `offsets` says where each of `taps` weights finds its input, -1 outside the map. */
NN_KERNEL void nn_depthwise_pixel(const nn_conv_layer *layer, const int8_t *in, const int32_t *offsets, int taps,
                                  int8_t *out)
{
    const int channels = layer->out_channels;
    const int32_t rounding = 1 + 2 * layer->out_zero;
    const int8_t outside[4] = {layer->in_zero, layer->in_zero, layer->in_zero, layer->in_zero};
    const int32_t *last = offsets + taps;
    int channel = 0;
    for (; channel + 4 <= channels; channel += 4, in += 4) {
        const int32_t *bias = layer->bias + channel, *scale = layer->scale + channel;
        const int8_t *weight = layer->weights + channel, *shift = layer->shift + channel;
        int32_t sums[4] = {bias[0], bias[1], bias[2], bias[3]};
        for (const int32_t *offset = offsets; offset != last; offset++, weight += channels)
            nn_four_channels(sums, *offset < 0 ? outside : in + *offset, weight);
        out[channel] = nn_output_of(sums[0], scale[0], shift[0], rounding, layer);
        out[channel + 1] = nn_output_of(sums[1], scale[1], shift[1], rounding, layer);
        out[channel + 2] = nn_output_of(sums[2], scale[2], shift[2], rounding, layer);
        out[channel + 3] = nn_output_of(sums[3], scale[3], shift[3], rounding, layer);
    }
    for (; channel < channels; channel++, in++) {
        int32_t sum = layer->bias[channel];
        const int8_t *weight = layer->weights + channel;
        for (int tap = 0; tap < taps; tap++, weight += channels)
            sum += (offsets[tap] < 0 ? layer->in_zero : in[offsets[tap]]) * *weight;
        out[channel] = nn_output_of(sum, layer->scale[channel], layer->shift[channel], rounding, layer);
    }
}

/* scratch: one offset a weight of the kernel. */
NN_KERNEL void nn_depthwise_few(const nn_conv_layer *layer, const int8_t *in, int8_t *out, int8_t *scratch)
{
    const int taps = layer->kernel_height * layer->kernel_width, channels = layer->out_channels;
    for (int y = 0; y < layer->out_height; y++)
        for (int x = 0; x < layer->out_width; x++, out += channels) {
            const int top = y * layer->stride_height - layer->pad_top, left = x * layer->stride_width - layer->pad_left;
            int32_t *offset = (int32_t *)(void *)scratch;
            for (int row = top; row < top + layer->kernel_height; row++)
                for (int column = left; column < left + layer->kernel_width; column++) {
                    int inside = row >= 0 && row < layer->in_height && column >= 0 && column < layer->in_width;
                    *offset++ = inside ? (row * layer->in_width + column) * channels : -1;
                }
            nn_depthwise_pixel(layer, in, (const int32_t *)(void *)scratch, taps, out);
        }
}
#endif

/* Sums, concatenations and pools of feature maps; the same on every core. */

#ifdef NN_HAS_ADD
NN_KERNEL void nn_add(const nn_add_layer *layer, const int8_t *a, const int8_t *b, int8_t *out)
{
    for (uint32_t i = 0; i < layer->count; i++) {
        /* 20 bits of fraction: what TensorFlow Lite keeps while it adds. */
        int32_t x = nn_multiply((a[i] - layer->zero_a) * (1 << 20), layer->scale_a);
        int32_t y = nn_multiply((b[i] - layer->zero_b) * (1 << 20), layer->scale_b);
        int32_t sum = nn_divide(x, layer->shift_a) + nn_divide(y, layer->shift_b);
        int32_t value = nn_divide(nn_multiply(sum, layer->scale_out), layer->shift_out) + layer->zero_out;
        out[i] = nn_clamp(value, layer->low, layer->high);
    }
}
#endif

#ifdef NN_HAS_CONCAT
/* Writes one input's channels into every pixel of the output, which has `width` channels. */
NN_KERNEL void nn_concat(const int8_t *in, uint32_t pixels, uint32_t channels, int8_t *out, uint32_t width)
{
    for (; pixels; pixels--, in += channels, out += width)
        memcpy(out, in, channels);
}
#endif

#ifdef NN_HAS_MAX_POOL
NN_KERNEL void nn_max_pool(const nn_pool_layer *layer, const int8_t *in, int8_t *out)
{
    int channels = layer->channels, line = layer->in_width * channels;
    for (int y = 0; y < layer->out_height; y++) {
        int top = y * layer->stride_height - layer->pad_top, bottom = top + layer->kernel_height;
        top = top < 0 ? 0 : top;
        bottom = bottom > layer->in_height ? layer->in_height : bottom;
        for (int x = 0; x < layer->out_width; x++) {
            int left = x * layer->stride_width - layer->pad_left, right = left + layer->kernel_width;
            left = left < 0 ? 0 : left;
            right = right > layer->in_width ? layer->in_width : right;
            for (int channel = 0; channel < channels; channel++) {
                int32_t largest = -128;
                for (int row = top; row < bottom; row++) {
                    const int8_t *at = in + row * line + left * channels + channel;
                    for (int column = left; column < right; column++, at += channels)
                        largest = *at > largest ? *at : largest;
                }
                *out++ = nn_clamp(largest, layer->low, layer->high);
            }
        }
    }
}
#endif

#ifdef NN_HAS_GLOBAL_POOL
/* The mean of every channel over all pixels, halves away from zero. */
NN_KERNEL void nn_mean(const int8_t *in, int32_t pixels, int channels, int8_t *out, int low, int high)
{
    for (int channel = 0; channel < channels; channel++) {
        const int8_t *at = in + channel;
        int32_t sum = 0;
        for (int32_t pixel = 0; pixel < pixels; pixel++, at += channels)
            sum += *at;
        sum = sum > 0 ? (sum + pixels / 2) / pixels : (sum - pixels / 2) / pixels;
        out[channel] = nn_clamp(sum, low, high);
    }
}
#endif

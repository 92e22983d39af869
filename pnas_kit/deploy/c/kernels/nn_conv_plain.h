/* Convolutions in plain C, for cores without SMLAD. */

#ifdef NN_HAS_CONV
/* Copies the input under the kernel at one output pixel, (kernel height, width, channels) bytes; zero points outside. */
NN_KERNEL void nn_patch(const nn_conv_layer *layer, const int8_t *in, int y, int x, int8_t *to)
{
    int channels = layer->in_channels, line = layer->kernel_width * channels;
    int top = y * layer->stride_height - layer->pad_top, left = x * layer->stride_width - layer->pad_left;
    int before = left < 0 ? -left : 0, after = left + layer->kernel_width - layer->in_width;
    int inside = layer->kernel_width - before - (after > 0 ? after : 0);
    for (int row = top; row < top + layer->kernel_height; row++, to += line) {
        int out_of_map = row < 0 || row >= layer->in_height;
        if (out_of_map || inside < layer->kernel_width)
            memset(to, layer->in_zero, (size_t)line);
        if (!out_of_map && inside > 0)
            memcpy(to + before * channels, in + (row * layer->in_width + left + before) * channels,
                   (size_t)(inside * channels));
    }
}

/* Two output channels of two pixels at a time: every byte loaded serves two products. */
NN_KERNEL void nn_products(const nn_conv_layer *layer, const int8_t *a, const int8_t *b, int count, int8_t *out_a,
                           int8_t *out_b)
{
    int32_t rounding = 1 + 2 * layer->out_zero;
    const int8_t *weights = layer->weights;
    for (int channel = 0; channel < layer->out_channels; channel += 2, weights += 2 * count) {
        int other = channel + 1 < layer->out_channels ? channel + 1 : channel;
        const int8_t *v = weights, *w = other == channel ? weights : weights + count;
        int32_t av = layer->bias[channel], bv = av, aw = layer->bias[other], bw = aw;
        for (int i = 0; i < count; i++) {
            int32_t p = a[i], q = b[i], r = v[i], s = w[i];
            av += p * r;
            bv += q * r;
            aw += p * s;
            bw += q * s;
        }
        out_b[channel] = nn_output_of(bv, layer->scale[channel], layer->shift[channel], rounding, layer);
        out_b[other] = nn_output_of(bw, layer->scale[other], layer->shift[other], rounding, layer);
        out_a[channel] = nn_output_of(av, layer->scale[channel], layer->shift[channel], rounding, layer);
        out_a[other] = nn_output_of(aw, layer->scale[other], layer->shift[other], rounding, layer);
    }
}

/* The same for one pixel. */
NN_KERNEL void nn_products_of_one(const nn_conv_layer *layer, const int8_t *a, int count, int8_t *out)
{
    int32_t rounding = 1 + 2 * layer->out_zero;
    const int8_t *weights = layer->weights;
    for (int channel = 0; channel < layer->out_channels; channel++, weights += count) {
        int32_t sum = layer->bias[channel];
        for (int i = 0; i < count; i++)
            sum += a[i] * weights[i];
        out[channel] = nn_output_of(sum, layer->scale[channel], layer->shift[channel], rounding, layer);
    }
}

#ifdef NN_HAS_INT4
/* The same for two pixels, which may be one, and int4 weights; `count` is a multiple of eight. */
NN_KERNEL void nn_products_int4(const nn_conv_layer *layer, const int8_t *a, const int8_t *b, int count, int8_t *out_a,
                                int8_t *out_b)
{
    int32_t rounding = 1 + 2 * layer->out_zero;
    const int8_t *weights = layer->weights;
    for (int channel = 0; channel < layer->out_channels; channel++) {
        int32_t sum_a = 0, sum_b = 0;
        for (int i = 0; i < count; i += 8)
            for (int j = i; j < i + 4; j++, weights++) {
                int32_t low = (int8_t)((uint8_t)*weights << 4), high = *weights & ~15;
                sum_a += a[j] * low + a[j + 4] * high;
                sum_b += b[j] * low + b[j + 4] * high;
            }
        /* The sums are multiples of 16, since the weights were. */
        sum_a = (sum_a >> 4) + layer->bias[channel];
        sum_b = (sum_b >> 4) + layer->bias[channel];
        out_a[channel] = nn_output_of(sum_a, layer->scale[channel], layer->shift[channel], rounding, layer);
        out_b[channel] = nn_output_of(sum_b, layer->scale[channel], layer->shift[channel], rounding, layer);
    }
}
#endif

/* scratch: two patches, unless kernel and stride are 1; int4 weights want them in multiples of eight bytes. */
NN_KERNEL void nn_conv(const nn_conv_layer *layer, const int8_t *in, int8_t *out, int8_t *scratch)
{
    int count = layer->kernel_height * layer->kernel_width * layer->in_channels;
    int direct = layer->kernel_height * layer->kernel_width * layer->stride_height * layer->stride_width == 1;
#ifdef NN_HAS_INT4
    if (layer->bits == 4) {
        direct = direct && count % 8 == 0; /* reading on to a multiple of eight could leave the arena */
        count = (count + 7) / 8 * 8;
    }
#endif
    int32_t pixels = (int32_t)layer->out_height * layer->out_width;
    for (int32_t pixel = 0; pixel < pixels; pixel += 2) {
        int32_t other = pixel + 1 < pixels ? pixel + 1 : pixel;
        const int8_t *a = scratch, *b = scratch + count;
        if (direct) {
            a = in + pixel * count;
            b = in + other * count;
        } else {
            nn_patch(layer, in, pixel / layer->out_width, pixel % layer->out_width, scratch);
            nn_patch(layer, in, other / layer->out_width, other % layer->out_width, scratch + count);
        }
#ifdef NN_HAS_INT4
        if (layer->bits == 4) {
            nn_products_int4(layer, a, b, count, out + pixel * layer->out_channels, out + other * layer->out_channels);
            continue;
        }
#endif
        if (other == pixel)
            nn_products_of_one(layer, a, count, out + pixel * layer->out_channels);
        else
            nn_products(layer, a, b, count, out + pixel * layer->out_channels, out + other * layer->out_channels);
    }
}
#endif

/* Convolutions with SMLAD.
 *
 * The input under the kernel is widened to int16 once per pixel and multiplied with all output channels. Four values
 * take two words, (0, 2) and (1, 3): the order that SXTB16 gives the weights. The last group is filled with zeros, so
 * loads of weights may run up to three bytes into whatever follows; the arrays end with that many spare bytes.
 */

#ifdef NN_HAS_CONV
/* Widens `count` bytes; groups start `step` words apart, odd bytes half as far behind the even ones. Returns where the next
 * group starts. */
NN_KERNEL nn_word *nn_widen(const int8_t *from, int count, nn_word *to, int step)
{
    for (; count >= 4; count -= 4, from += 4, to += step) {
        uint32_t bytes = nn_load(from);
        to[0] = nn_even(bytes);
        to[step / 2] = nn_odd(bytes);
    }
    if (count) {
        uint32_t bytes = 0;
        for (int i = 0; i < count; i++)
            bytes |= (uint32_t)(uint8_t)from[i] << (8 * i);
        to[0] = nn_even(bytes);
        to[step / 2] = nn_odd(bytes);
        to += step;
    }
    return to;
}

NN_INLINE nn_word *nn_widen_zeros(int zero, int count, nn_word *to, int step)
{
    uint32_t both = (uint16_t)zero | (uint32_t)(uint16_t)zero << 16;
    for (; count > 0; count -= 4, to += step)
        to[0] = to[step / 2] = both;
    return to;
}

NN_INLINE int8_t *nn_copy(const int8_t *from, int count, int8_t *to)
{
    for (; count >= 4; count -= 4, from += 4, to += 4)
        __builtin_memcpy(to, from, 4);
    for (; count > 0; count--)
        *to++ = *from++;
    return to;
}

/* Widens the input under the kernel at one output pixel, in the order (kernel height, width, channels).
 * bytes: space to gather it first, needed where the channels are no multiple of four. */
NN_KERNEL void nn_patch(const nn_conv_layer *layer, const int8_t *in, int y, int x, nn_word *to, int step, int8_t *bytes)
{
    int channels = layer->in_channels, width = layer->kernel_width;
    int top = y * layer->stride_height - layer->pad_top, left = x * layer->stride_width - layer->pad_left;
    int before = left < 0 ? -left : 0, after = left + width - layer->in_width;
    if (before > width)
        before = width;
    after = after < 0 ? 0 : after > width - before ? width - before : after;
    int inside = width - before - after;
    int8_t *next = bytes;
    for (int row = top; row < top + layer->kernel_height; row++) {
        int in_map = row >= 0 && row < layer->in_height;
        int head = (in_map ? before : width) * channels, body = in_map ? inside * channels : 0;
        int tail = in_map ? after * channels : 0;
        const int8_t *from = in_map ? in + (row * layer->in_width + left + before) * channels : in;
        if (channels % 4) {
            for (; head; head--)
                *next++ = layer->in_zero;
            next = nn_copy(from, body, next);
            for (; tail; tail--)
                *next++ = layer->in_zero;
        } else {
            to = nn_widen_zeros(layer->in_zero, head, to, step);
            to = nn_widen(from, body, to, step);
            to = nn_widen_zeros(layer->in_zero, tail, to, step);
        }
    }
    if (channels % 4)
        nn_widen(bytes, (int)(next - bytes), to, step);
}

/* One channel's sum for one pixel. */
NN_INLINE int32_t nn_product(const int8_t *row, const nn_word *patch, const nn_word *end, int step, int32_t sum)
{
    for (; patch != end; patch += step, row += 4) {
        uint32_t bytes = nn_load(row);
        sum = nn_smlad(patch[step / 2], nn_odd(bytes), nn_smlad(patch[0], nn_even(bytes), sum));
    }
    return sum;
}

/* Four weights each of two channels with two pixels whose groups are interleaved: even words of both, then odd ones. */
NN_INLINE const nn_word *nn_four(const nn_word *group, uint32_t v, uint32_t w, int32_t sums[4])
{
    uint32_t a, b, half = nn_even(v);
    group = nn_load_two(group, &a, &b);
    sums[0] = nn_smlad(a, half, sums[0]);
    sums[1] = nn_smlad(b, half, sums[1]);
    half = nn_even(w);
    sums[2] = nn_smlad(a, half, sums[2]);
    sums[3] = nn_smlad(b, half, sums[3]);
    half = nn_odd(v);
    group = nn_load_two(group, &a, &b);
    sums[0] = nn_smlad(a, half, sums[0]);
    sums[1] = nn_smlad(b, half, sums[1]);
    half = nn_odd(w);
    sums[2] = nn_smlad(a, half, sums[2]);
    sums[3] = nn_smlad(b, half, sums[3]);
    return group;
}

/* All output channels of two pixels whose groups are interleaved, two channels at a time. */
NN_KERNEL void nn_products_of_two(const nn_conv_layer *layer, const nn_word *patches, int count, int8_t *out)
{
    const int32_t rounding = 1 + 2 * layer->out_zero;
    const int8_t *row = layer->weights, *shift = layer->shift;
    const int32_t *bias = layer->bias, *scale = layer->scale;
    const nn_word *end = patches + (count + 3) / 4 * 4;
    int channels = layer->out_channels;
    for (int left = channels; left > 1; left -= 2, out += 2) {
        const int8_t *v = row, *w = row + count;
        int32_t sums[4] = {bias[0], bias[0], bias[1], bias[1]};
        for (const nn_word *p = patches; p != end; v += 4, w += 4)
            p = nn_four(p, nn_load(v), nn_load(w), sums);
        row += 2 * count;
        bias += 2;
        nn_scaling scaling = nn_scaling_of(*scale++, *shift++, rounding);
        out[0] = (int8_t)nn_scaled(sums[0] * NN_DOUBLE, scaling, layer);
        out[channels] = (int8_t)nn_scaled(sums[1] * NN_DOUBLE, scaling, layer);
        scaling = nn_scaling_of(*scale++, *shift++, rounding);
        out[1] = (int8_t)nn_scaled(sums[2] * NN_DOUBLE, scaling, layer);
        out[channels + 1] = (int8_t)nn_scaled(sums[3] * NN_DOUBLE, scaling, layer);
    }
    if (channels % 2) {
        *out = nn_output_of(nn_product(row, patches, end, 4, *bias), *scale, *shift, rounding, layer);
        out[channels] = nn_output_of(nn_product(row, patches + 1, end + 1, 4, *bias), *scale, *shift, rounding, layer);
    }
}

/* Four weights of one channel with one pixel. */
NN_INLINE int32_t nn_add_four(uint32_t even, uint32_t odd, uint32_t weights, int32_t sum)
{
    return nn_smlad(odd, nn_odd(weights), nn_smlad(even, nn_even(weights), sum));
}

/* All output channels of one pixel, four at a time, then two, then one. */
NN_KERNEL void nn_products_of_one(const nn_conv_layer *layer, const nn_word *patch, int count, int8_t *out)
{
    const int32_t rounding = 1 + 2 * layer->out_zero;
    const int8_t *v = layer->weights, *shift = layer->shift;
    const int32_t *bias = layer->bias, *scale = layer->scale;
    const nn_word *end = patch + (count + 3) / 4 * 2;
    /* The loops end `over` bytes behind a row. */
    int over = -count & 3, left = layer->out_channels;
    uint32_t even, odd;
    for (; left >= 4; left -= 4, out += 4, bias += 4, scale += 4, shift += 4) {
        int32_t sums[4] = {bias[0], bias[1], bias[2], bias[3]};
        const int8_t *w = v + 2 * count;
        for (const nn_word *p = patch; p != end; v += 4, w += 4) {
            p = nn_load_two(p, &even, &odd);
            sums[0] = nn_add_four(even, odd, nn_load(v), sums[0]);
            NN_AFTER(v, sums[0]);
            sums[1] = nn_add_four(even, odd, nn_load(v + count), sums[1]);
            NN_AFTER(w, sums[1]);
            sums[2] = nn_add_four(even, odd, nn_load(w), sums[2]);
            NN_AFTER(w, sums[2]);
            sums[3] = nn_add_four(even, odd, nn_load(w + count), sums[3]);
        }
        v = w + count - over;
        out[0] = nn_output_of(sums[0], scale[0], shift[0], rounding, layer);
        out[1] = nn_output_of(sums[1], scale[1], shift[1], rounding, layer);
        out[2] = nn_output_of(sums[2], scale[2], shift[2], rounding, layer);
        out[3] = nn_output_of(sums[3], scale[3], shift[3], rounding, layer);
    }
    if (left >= 2) {
        int32_t first = *bias++, second = *bias++;
        for (const nn_word *p = patch; p != end; v += 4) {
            p = nn_load_two(p, &even, &odd);
            first = nn_add_four(even, odd, nn_load(v), first);
            NN_AFTER(v, first);
            second = nn_add_four(even, odd, nn_load(v + count), second);
        }
        v += count - over;
        *out++ = nn_output_of(first, *scale++, *shift++, rounding, layer);
        *out++ = nn_output_of(second, *scale++, *shift++, rounding, layer);
    }
    if (left % 2)
        *out = nn_output_of(nn_product(v, patch, end, 2, *bias), *scale, *shift, rounding, layer);
}

#ifdef NN_HAS_INT4
/* Weights of a group of eight, times 16. */
NN_INLINE uint32_t nn_first_four(const int8_t *group)
{
    return nn_load(group) << 4 & 0xF0F0F0F0;
}

NN_INLINE uint32_t nn_last_four(const int8_t *group)
{
    return nn_load(group) & 0xF0F0F0F0;
}

/* All output channels of two pixels whose groups lie side by side, with int4 weights. The sums of products are multiples
 * of 16, since the weights are. */
NN_KERNEL void nn_products_of_two_int4(const nn_conv_layer *layer, const nn_word *patches, int groups, int8_t *out)
{
    const int32_t rounding = 1 + 2 * layer->out_zero;
    const int8_t *row = layer->weights;
    const nn_word *end = patches + 4 * groups;
    int channels = layer->out_channels;
    for (int channel = 0; channel < channels; channel += 2) {
        int other = channel + 1 < channels ? channel + 1 : channel;
        const int8_t *v = row, *w = other == channel ? row : row + 2 * groups;
        int32_t sums[4] = {0, 0, 0, 0};
        for (const nn_word *p = patches; p != end; v += 4, w += 4) {
            p = nn_four(p, nn_first_four(v), nn_first_four(w), sums);
            p = nn_four(p, nn_last_four(v), nn_last_four(w), sums);
        }
        row += 4 * groups;
        nn_scaling scaling = nn_scaling_of(layer->scale[other], layer->shift[other], rounding);
        int32_t bias = layer->bias[other];
        out[other] = (int8_t)nn_scaled((bias + (sums[2] >> 4)) * NN_DOUBLE, scaling, layer);
        out[channels + other] = (int8_t)nn_scaled((bias + (sums[3] >> 4)) * NN_DOUBLE, scaling, layer);
        scaling = nn_scaling_of(layer->scale[channel], layer->shift[channel], rounding);
        bias = layer->bias[channel];
        out[channel] = (int8_t)nn_scaled((bias + (sums[0] >> 4)) * NN_DOUBLE, scaling, layer);
        out[channels + channel] = (int8_t)nn_scaled((bias + (sums[1] >> 4)) * NN_DOUBLE, scaling, layer);
    }
}

/* The same for one pixel. */
NN_KERNEL void nn_products_of_one_int4(const nn_conv_layer *layer, const nn_word *patch, int groups, int8_t *out)
{
    int32_t rounding = 1 + 2 * layer->out_zero;
    const int8_t *row = layer->weights;
    const nn_word *end = patch + 2 * groups;
    for (int channel = 0; channel < layer->out_channels; channel++) {
        int32_t sum = 0;
        for (const nn_word *p = patch; p != end; p += 4, row += 4) {
            uint32_t first = nn_first_four(row), second = nn_last_four(row);
            sum = nn_smlad(p[1], nn_odd(first), nn_smlad(p[0], nn_even(first), sum));
            sum = nn_smlad(p[3], nn_odd(second), nn_smlad(p[2], nn_even(second), sum));
        }
        sum = layer->bias[channel] + (sum >> 4);
        out[channel] = nn_output_of(sum, layer->scale[channel], layer->shift[channel], rounding, layer);
    }
}
#endif

NN_INLINE void nn_products(const nn_conv_layer *layer, const nn_word *patches, int count, int groups, int pixels, int8_t *out)
{
#ifdef NN_HAS_INT4
    if (layer->bits == 4) {
        if (pixels == 2)
            nn_products_of_two_int4(layer, patches, groups, out);
        else
            nn_products_of_one_int4(layer, patches, groups, out);
        return;
    }
#endif
    (void)groups;
    if (pixels == 2)
        nn_products_of_two(layer, patches, count, out);
    else
        nn_products_of_one(layer, patches, count, out);
}

/* scratch: two widened patches (one, if there is one pixel), then the bytes of one. */
NN_KERNEL void nn_conv(const nn_conv_layer *layer, const int8_t *in, int8_t *out, int8_t *scratch)
{
    int count = layer->kernel_height * layer->kernel_width * layer->in_channels, x = 0, y = 0;
    int direct = layer->kernel_height * layer->kernel_width * layer->stride_height * layer->stride_width == 1;
    int32_t left = (int32_t)layer->out_height * layer->out_width;
    nn_word *patches = (nn_word *)(void *)scratch;
    int groups = layer->bits == 4 ? (count + 7) / 8 * 2 : (count + 3) / 4;
    int8_t *bytes = scratch + groups * (left > 1 ? 16 : 8);
    while (left) {
        int pixels = left > 1 ? 2 : 1;
        for (int i = 0; i < pixels; i++) {
            if (direct) {
                nn_widen(in, count, patches + i, 2 * pixels);
                in += count;
                continue;
            }
            nn_patch(layer, in, y, x, patches + i, 2 * pixels, bytes);
            if (++x == layer->out_width)
                x = 0, y++;
        }
        nn_products(layer, patches, count, groups, pixels, out);
        out += pixels * layer->out_channels;
        left -= pixels;
    }
}
#endif

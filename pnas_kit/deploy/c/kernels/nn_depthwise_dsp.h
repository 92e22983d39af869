/* Depthwise convolutions with SMLAD.
 *
 * Four channels at a time, NN_TILE columns at a time: the rows under the kernel are widened to int16, each channel apart,
 * in a ring of kernel-height rows. SMLAD then takes two neighbouring pixels at once. Row r of the map is in slot
 * r mod height, so the kernel's rows must start where the ring does: the table holds them twice.
 * NN_DEPTHWISE_CASES lists what the net needs, as F(stride, kernel height, pairs in a row).
 */

#ifdef NN_HAS_DEPTHWISE
#define NN_TILE 32

/* Up to four channels of a tile, from the first row under the kernel. Distances in words. */
typedef struct {
    const nn_word *rows, *weights;
    int row_words, plane_words, table_words, columns, channel, block;
} nn_tile;

/* Pairs of weights of every kernel row, times NN_DOUBLE, twice over. Under stride 1 an odd column needs them moved by one pixel. */
NN_KERNEL void nn_pair_weights(const nn_conv_layer *layer, int channel, int pairs, nn_word *to)
{
    int width = layer->kernel_width, channels = layer->out_channels;
    const int8_t *from = layer->weights + channel;
    nn_word *start = to;
    for (int row = layer->kernel_height; row; row--) {
        int32_t last = 0;
        for (int left = width; left > width - 2 * pairs; left -= 2) {
            int32_t first = 0, second = 0;
            if (left > 0)
                first = *from * NN_DOUBLE, from += channels;
            if (left > 1)
                second = *from * NN_DOUBLE, from += channels;
            *to++ = (uint16_t)first | (uint32_t)second << 16;
            if (layer->stride_width == 1)
                *to++ = (uint16_t)last | (uint32_t)first << 16;
            last = second;
        }
    }
    for (nn_word *end = to; start < end;)
        *to++ = *start++;
}

/* Widens `count` pixels of a row into one plane per channel. What lies beside the map holds zero points already. */
NN_KERNEL void nn_load_row(const int8_t *from, int channels, int block, int16_t *to, int count, int plane)
{
    for (; block == 4 && count > 1; count -= 2, from += 2 * channels, to += 2) {
        uint32_t here = nn_load(from), next = nn_load(from + channels);
        uint32_t front = nn_low_halves(here, next), back = nn_high_halves(here, next);
        nn_store(to, nn_even(front));
        nn_store(to + plane, nn_odd(front));
        nn_store(to + 2 * plane, nn_even(back));
        nn_store(to + 3 * plane, nn_odd(back));
    }
    for (; count > 0; count--, from += channels, to++)
        for (int k = 0; k < block; k++)
            to[k * plane] = from[k];
}

/* Two pixels, the first of them `index`, from an address that need not be a word's. */
NN_INLINE uint32_t nn_pixels(const nn_word *at, int index)
{
    return index % 2 ? nn_load((const int8_t *)at + 2 * index) : at[index / 2];
}

/* The sums of four neighbouring columns, one kernel row further; `stride` and `pairs` are known to the compiler. */
NN_INLINE const nn_word *nn_taps(int32_t sums[4], const nn_word *at, const nn_word *weights, const int stride, const int pairs)
{
    uint32_t here = at[0];
#pragma GCC unroll 16
    for (int pair = 0; pair < pairs; pair++) {
        uint32_t w = *weights++;
        if (stride == 1) {
            uint32_t moved = *weights++, next = at[pair + 1];
            sums[0] = nn_smlad(here, w, sums[0]);
            sums[1] = nn_smlad(here, moved, sums[1]);
            sums[2] = nn_smlad(next, w, sums[2]);
            sums[3] = nn_smlad(next, moved, sums[3]);
            here = next;
            NN_TOGETHER(at, weights, sums); /* pair after pair: mixed ones need more registers than there are */
        } else {
            sums[0] = nn_smlad(nn_pixels(at, 2 * pair), w, sums[0]);
            sums[1] = nn_smlad(nn_pixels(at, 2 * pair + stride), w, sums[1]);
            sums[2] = nn_smlad(nn_pixels(at, 2 * pair + 2 * stride), w, sums[2]);
            sums[3] = nn_smlad(nn_pixels(at, 2 * pair + 3 * stride), w, sums[3]);
        }
    }
    NN_TOGETHER(at, weights, sums); /* row after row, likewise */
    return weights;
}

/* One row of outputs of the tile's channels, four columns at a time. */
NN_INLINE void nn_line(const nn_conv_layer *layer, const nn_tile *tile, int8_t *out, const int stride, const int height,
                       const int pairs)
{
    const int channels = layer->out_channels, row_words = tile->row_words;
    const int32_t rounding = 1 + 2 * layer->out_zero;
    for (int k = 0; k < tile->block; k++, out++) {
        const int32_t bias = layer->bias[tile->channel + k] * NN_DOUBLE, scale = layer->scale[tile->channel + k];
        const int shift = layer->shift[tile->channel + k];
        const nn_word *start = tile->rows + k * tile->plane_words, *table = tile->weights + k * tile->table_words;
        int8_t *to = out;
        for (int left = tile->columns; left > 0; left -= 4, start += 2 * stride) {
            int32_t sums[4] = {bias, bias, bias, bias};
            const nn_word *at = start, *weights = table;
            if (height <= 3) {
#pragma GCC unroll 3
                for (int row = 0; row < height; row++, at += row_words)
                    weights = nn_taps(sums, at, weights, stride, pairs);
            } else {
                for (int row = height; row; row--, at += row_words)
                    weights = nn_taps(sums, at, weights, stride, pairs);
            }
            *to = nn_output_of_double(sums[0], scale, shift, rounding, layer), to += channels;
            if (left < 4) {
                if (left > 1)
                    *to = nn_output_of_double(sums[1], scale, shift, rounding, layer), to += channels;
                if (left > 2)
                    *to = nn_output_of_double(sums[2], scale, shift, rounding, layer);
                break;
            }
            *to = nn_output_of_double(sums[1], scale, shift, rounding, layer), to += channels;
            *to = nn_output_of_double(sums[2], scale, shift, rounding, layer), to += channels;
            *to = nn_output_of_double(sums[3], scale, shift, rounding, layer), to += channels;
        }
    }
}

#define NN_LINE(stride, height, pairs)                                                                                 \
    NN_KERNEL void nn_line_##stride##_##height##_##pairs(const nn_conv_layer *layer, const nn_tile *tile, int8_t *out) \
    {                                                                                                                  \
        nn_line(layer, tile, out, stride, height, pairs);                                                              \
    }
NN_DEPTHWISE_CASES(NN_LINE)
#define NN_PICK(stride, height, pairs)                                                                                 \
    if (layer->stride_width == stride && layer->kernel_height == height && layer->kernel_width / 2 + 1 == pairs)       \
        line = nn_line_##stride##_##height##_##pairs;

/* One tile of up to four channels, from column x: rows come into the ring as the kernel reaches them. */
NN_KERNEL void nn_depthwise_tile(const nn_conv_layer *layer, const int8_t *in, int8_t *out, nn_tile *tile, nn_word *ring,
                                 int x, int line_words)
{
    void (*line)(const nn_conv_layer *, const nn_tile *, int8_t *) = 0;
    NN_DEPTHWISE_CASES(NN_PICK)
    const nn_word *table = tile->weights;
    int channels = layer->out_channels, height = layer->kernel_height, loaded = 0;
    int left = x * layer->stride_width - layer->pad_left, first = left < 0 ? -left : 0;
    int pixels = (tile->columns - 1) * layer->stride_width + layer->kernel_width;
    int end = pixels < layer->in_width - left ? pixels : layer->in_width - left;
    uint32_t zeros = (uint16_t)layer->in_zero | (uint32_t)(uint16_t)layer->in_zero << 16;
    if (height > 1 || first || end < pixels)
        for (int i = 0; i < tile->block * tile->plane_words; i++)
            ring[i] = zeros;
    out += x * channels;
    in += (left + first) * channels;
    for (int y = 0; y < layer->out_height; y++, out += layer->out_width * channels) {
        int top = y * layer->stride_height - layer->pad_top, slot = (top + height) % height;
        for (loaded = loaded > top ? loaded : top; loaded < top + height; loaded++) {
            nn_word *row = ring + (loaded + height) % height * tile->row_words;
            if (loaded < layer->in_height)
                nn_load_row(in + loaded * layer->in_width * channels, channels, tile->block, (int16_t *)row + first,
                            end - first, 2 * tile->plane_words);
            else
                for (int i = 0; i < tile->block * tile->row_words; i++)
                    row[i / tile->row_words * tile->plane_words + i % tile->row_words] = zeros;
        }
        tile->rows = ring;
        tile->weights = table + (height - slot) * line_words;
        line(layer, tile, out);
    }
    tile->weights = table;
}

/* scratch: the paired weights of up to four channels, then as many rings. */
NN_KERNEL void nn_depthwise(const nn_conv_layer *layer, const int8_t *in, int8_t *out, int8_t *scratch)
{
    int channels = layer->out_channels, height = layer->kernel_height, stride = layer->stride_width;
    int pairs = layer->kernel_width / 2 + 1, widest = layer->out_width < NN_TILE ? layer->out_width : NN_TILE;
    int line_words = stride == 1 ? 2 * pairs : pairs;
    nn_word *table = (nn_word *)(void *)scratch;
    nn_tile tile;
    tile.weights = table;
    tile.row_words = (((widest + 3) / 4 * 4 - 1) * stride + 2 * pairs + 3) / 2;
    tile.plane_words = height * tile.row_words;
    tile.table_words = 2 * height * line_words;
    for (tile.channel = 0; tile.channel < channels; tile.channel += 4) {
        tile.block = channels - tile.channel < 4 ? channels - tile.channel : 4;
        for (int k = 0; k < tile.block; k++)
            nn_pair_weights(layer, tile.channel + k, pairs, table + k * tile.table_words);
        for (int x = 0; x < layer->out_width; x += NN_TILE) {
            tile.columns = layer->out_width - x < NN_TILE ? layer->out_width - x : NN_TILE;
            nn_depthwise_tile(layer, in + tile.channel, out + tile.channel, &tile, table + tile.block * tile.table_words,
                              x, line_words);
        }
    }
}
#endif

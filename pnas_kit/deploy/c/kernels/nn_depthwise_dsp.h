/* Depthwise convolutions with SMLAD.
 *
 * Four channels at a time, NN_TILE columns at a time: the rows under the kernel are widened to int16, each channel apart,
 * in a ring of kernel-height rows. SMLAD then takes two neighbouring pixels at once. Row r of the map is in slot
 * r mod height, so the kernel's rows must start where the ring does: the table holds them twice.
 * NN_DEPTHWISE_CASES lists what the net needs, as F(stride, kernel height, pairs in a row).
 */

#ifdef NN_HAS_DEPTHWISE
#define NN_TILE 32

/* Up to four channels of a tile, from the first row under the kernel. Distances in words; biases times NN_DOUBLE;
 * channels: of the whole map. */
typedef struct {
    const nn_word *rows, *weights;
    int row_words, plane_words, table_words, columns, channels, block;
    int32_t bias[4];
    nn_scaling scaling[4];
} nn_tile;

/* Pairs of weights of every kernel row, times NN_DOUBLE, twice over: the table of one channel takes 2 * `half` words. Under
 * stride 1 an odd column needs them moved by one pixel. */
NN_KERNEL void nn_pair_weights(const nn_conv_layer *layer, const int8_t *from, nn_word *to, int half)
{
    const int channels = layer->out_channels, moves = layer->stride_width == 1;
    for (int row = layer->kernel_height; row; row--) {
        uint32_t last = 0;
        for (int left = layer->kernel_width; left >= 0; left -= 2) {
            uint32_t first = 0, second = 0;
            if (left > 0)
                first = (uint16_t)(*from * NN_DOUBLE), from += channels;
            if (left > 1)
                second = (uint32_t)(*from * NN_DOUBLE) << 16, from += channels;
            to[0] = to[half] = first | second;
            to++;
            if (moves) {
                to[0] = to[half] = last >> 16 | first << 16;
                to++;
            }
            last = second;
        }
    }
}

NN_KERNEL void nn_fill(nn_word *to, int words, uint32_t value)
{
    for (; words > 0; words--)
        *to++ = value;
}

/* Widens `count` pixels of a row into one plane per channel. What lies beside the map holds zero points already. */
NN_INLINE void nn_load_row(const nn_tile *tile, const int8_t *from, int16_t *to, int count)
{
    const int channels = tile->channels, block = tile->block, plane = 2 * tile->plane_words;
    if (block == 4) {
        int16_t *second = to + plane, *third = second + plane, *fourth = third + plane;
        for (int left = count >> 1; left; left--) {
            uint32_t here = nn_load(from), next = nn_load(from + channels);
            uint32_t front = nn_low_halves(here, next), back = nn_high_halves(here, next);
            from += 2 * channels;
            nn_store(to, nn_even(front)), to += 2;
            nn_store(second, nn_odd(front)), second += 2;
            nn_store(third, nn_even(back)), third += 2;
            nn_store(fourth, nn_odd(back)), fourth += 2;
        }
        count &= 1;
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

/* One kernel row's part in the sums of four neighbouring columns; `stride` and `pairs` are known to the compiler. Returns
 * where it stopped reading. */
NN_INLINE const nn_word *nn_taps(int32_t sums[4], const nn_word *at, const nn_word **weights, const int stride, const int pairs)
{
    const nn_word *w = *weights;
    uint32_t first, second = 0, third = 0, fourth = 0, pair, moved = 0;
    if (stride == 1)
        first = *at++;
    if (stride == 2) {
        at = nn_load_two(at, &first, &second);
        at = nn_load_two(at, &third, &fourth);
    }
#pragma GCC unroll 16
    for (int i = 0; i < pairs; i++) {
        if (stride == 1) {
            w = nn_load_two(w, &pair, &moved);
            second = *at++;
            sums[0] = nn_smlad(first, pair, sums[0]);
            sums[1] = nn_smlad(first, moved, sums[1]);
            sums[2] = nn_smlad(second, pair, sums[2]);
            sums[3] = nn_smlad(second, moved, sums[3]);
            first = second;
        } else if (stride == 2) {
            if (i)
                fourth = *at++;
            if (i % 2)
                pair = moved;
            else if (i + 1 < pairs)
                w = nn_load_two(w, &pair, &moved);
            else
                pair = *w++;
            sums[0] = nn_smlad(first, pair, sums[0]);
            sums[1] = nn_smlad(second, pair, sums[1]);
            sums[2] = nn_smlad(third, pair, sums[2]);
            sums[3] = nn_smlad(fourth, pair, sums[3]);
            first = second, second = third, third = fourth;
        } else {
            pair = *w++;
            sums[0] = nn_smlad(nn_pixels(at, 2 * i), pair, sums[0]);
            sums[1] = nn_smlad(nn_pixels(at, 2 * i + stride), pair, sums[1]);
            sums[2] = nn_smlad(nn_pixels(at, 2 * i + 2 * stride), pair, sums[2]);
            sums[3] = nn_smlad(nn_pixels(at, 2 * i + 3 * stride), pair, sums[3]);
        }
        NN_TOGETHER(at, w, sums); /* pair after pair: mixed ones need more registers than there are */
    }
    *weights = w;
    return at;
}

/* One row of outputs of the tile's channels, four columns at a time; of the last four only those that exist are stored. */
NN_INLINE void nn_line(const nn_conv_layer *layer, const nn_tile *tile, int8_t *out, const int stride, const int height,
                       const int pairs)
{
    const int channels = tile->channels, left = (tile->columns - 1) % 4 + 1;
    const int last = (tile->columns - 1) / 4 * 2 * stride;
    const int next_row = tile->row_words - (stride == 1 ? pairs + 1 : stride == 2 ? pairs + 3 : 0);
    const nn_word *plane = tile->rows, *table = tile->weights;
    for (int k = 0; k < tile->block; k++, plane += tile->plane_words, table += tile->table_words) {
        const int32_t bias = tile->bias[k];
        const nn_scaling scaling = tile->scaling[k];
        int8_t *to = out + k;
        int32_t b, c, d;
        for (const nn_word *start = plane, *end = plane + last;; start += 2 * stride, to += 4 * channels) {
            int32_t sums[4] = {bias, bias, bias, bias};
            const nn_word *at = start, *weights = table;
            if (height <= 3) {
#pragma GCC unroll 3
                for (int row = 0; row < height; row++, at += next_row)
                    at = nn_taps(sums, at, &weights, stride, pairs);
            } else {
                for (int row = height; row; row--, at += next_row)
                    at = nn_taps(sums, at, &weights, stride, pairs);
            }
            *to = (int8_t)nn_scaled(sums[0], scaling, layer);
            b = nn_scaled(sums[1], scaling, layer);
            c = nn_scaled(sums[2], scaling, layer);
            d = nn_scaled(sums[3], scaling, layer);
            if (start == end)
                break;
            to[channels] = (int8_t)b;
            to[2 * channels] = (int8_t)c;
            to[3 * channels] = (int8_t)d;
        }
        if (left > 1)
            to[channels] = (int8_t)b;
        if (left > 2)
            to[2 * channels] = (int8_t)c;
        if (left > 3)
            to[3 * channels] = (int8_t)d;
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
NN_KERNEL void nn_depthwise_tile(const nn_conv_layer *layer, const int8_t *in, int8_t *out, nn_tile *tile, nn_word *ring, int x)
{
    void (*line)(const nn_conv_layer *, const nn_tile *, int8_t *) = 0;
    NN_DEPTHWISE_CASES(NN_PICK)
    const nn_word *table = tile->weights;
    const int channels = tile->channels, height = layer->kernel_height, row_words = tile->row_words;
    const int left = x * layer->stride_width - layer->pad_left, first = left < 0 ? -left : 0;
    const int line_words = tile->table_words / (2 * height), in_line = layer->in_width * channels;
    const uint32_t zeros = (uint16_t)layer->in_zero | (uint32_t)(uint16_t)layer->in_zero << 16;
    int end = layer->in_width - left < 2 * row_words ? layer->in_width - left : 2 * row_words;
    /* What lies above the map and beside it; the first row under the kernel starts in the ring's first slot. */
    for (int k = 0; k < tile->block; k++) {
        nn_word *row = ring + k * tile->plane_words;
        for (int slot = 0; slot < height; slot++, row += row_words) {
            nn_fill(row, slot < layer->pad_top ? row_words : (first + 1) / 2, zeros);
            nn_fill(row + end / 2, row_words - end / 2, zeros);
        }
    }
    in += (left + first) * channels;
    out += x * channels;
    nn_word *row = ring + layer->pad_top % height * row_words;
    int loaded = 0, oldest = 0, bottom = height - layer->pad_top;
    for (int y = layer->out_height; y; y--, out += layer->out_width * channels, bottom += layer->stride_height) {
        for (; loaded < bottom; loaded++, in += in_line) {
            if (loaded < layer->in_height)
                nn_load_row(tile, in, (int16_t *)row + first, end - first);
            else
                for (int k = 0; k < tile->block; k++)
                    nn_fill(row + k * tile->plane_words, row_words, zeros);
            row += row_words;
            if (row == ring + tile->plane_words)
                row = ring;
        }
        tile->rows = ring;
        tile->weights = table + (height - oldest) * line_words;
        line(layer, tile, out);
        for (oldest += layer->stride_height; oldest >= height;)
            oldest -= height;
    }
    tile->weights = table;
}

/* scratch: the paired weights of up to four channels, then as many rings. */
NN_KERNEL void nn_depthwise(const nn_conv_layer *layer, const int8_t *in, int8_t *out, int8_t *scratch)
{
    const int height = layer->kernel_height, stride = layer->stride_width, pairs = layer->kernel_width / 2 + 1;
    const int widest = layer->out_width < NN_TILE ? layer->out_width : NN_TILE, half = height * (stride == 1 ? 2 * pairs : pairs);
    nn_word *table = (nn_word *)(void *)scratch;
    nn_tile tile;
    tile.weights = table;
    tile.row_words = (((widest + 3) / 4 * 4 - 1) * stride + 2 * pairs + 3) / 2;
    tile.plane_words = height * tile.row_words;
    tile.table_words = 2 * half;
    tile.channels = layer->out_channels;
    for (int channel = 0; channel < tile.channels; channel += 4) {
        tile.block = tile.channels - channel < 4 ? tile.channels - channel : 4;
        for (int k = 0; k < tile.block; k++) {
            int at = channel + k;
            nn_pair_weights(layer, layer->weights + at, table + 2 * k * half, half);
            tile.bias[k] = layer->bias[at] * NN_DOUBLE;
            tile.scaling[k] = nn_scaling_of(layer->scale[at], layer->shift[at], 1 + 2 * layer->out_zero);
        }
        for (int x = 0; x < layer->out_width; x += NN_TILE) {
            tile.columns = layer->out_width - x < NN_TILE ? layer->out_width - x : NN_TILE;
            nn_depthwise_tile(layer, in + channel, out + channel, &tile, table + 2 * tile.block * half, x);
        }
    }
}
#endif

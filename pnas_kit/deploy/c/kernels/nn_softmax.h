/* Softmax over the channels of every pixel, in the fixed point of TensorFlow Lite's reference, to the last bit. */

/* exp(value / 2^26) for value <= 0, with 31 bits of fraction. */
NN_KERNEL int32_t nn_exp(int32_t value)
{
    static const int32_t powers[7] = {1672461947, 1302514674, 790015084, 290630308, 39332535, 720401, 242}; /* -1/4 to -16 */
    /* The part above the next quarter below, as -1/4 to 0, by a Taylor series around -1/8; whole quarters by products. */
    int32_t part = (value & 0xFFFFFF) - (1 << 24), quarters = (part - value) >> 24, result;
    int32_t x = part * 32 + (1 << 28), square = nn_multiply(x, x);
    int32_t cubic = nn_divide(nn_multiply(square, square), 2) + nn_multiply(square, x);
    if (value == 0)
        return INT32_MAX;
    result = nn_multiply(1895147668, x + nn_divide(nn_multiply(cubic, 715827883) + square, 1)) + 1895147668;
    for (int bit = 0; bit < 7; bit++)
        if (quarters >> bit & 1)
            result = nn_multiply(result, powers[bit]);
    return result;
}

/* 2^31 / (1 + value / 2^31) for value >= 0: three steps of Newton's method for the inverse of half of the divisor. */
NN_KERNEL int32_t nn_inverse(int32_t value)
{
    int32_t half = (int32_t)(((int64_t)value + INT32_MAX + 1) >> 1);
    int32_t x = 1515870810 + nn_multiply(half, -1010580540);
    for (int step = 0; step < 3; step++)
        x += nn_multiply(x, (1 << 29) - nn_multiply(half, x)) * 4;
    return x > INT32_MAX / 2 ? INT32_MAX : x * 2;
}

/* exp of what a value lacks to the greatest, or 0. */
NN_INLINE int32_t nn_share(const nn_softmax_layer *layer, int32_t difference)
{
    if (difference < layer->least)
        return 0;
    return nn_exp(nn_multiply((int32_t)((uint32_t)difference << layer->shift), layer->scale));
}

NN_KERNEL void nn_softmax(const nn_softmax_layer *layer, const int8_t *in, int8_t *out)
{
    int channels = layer->channels;
    for (uint32_t pixel = 0; pixel < layer->pixels; pixel++, in += channels, out += channels) {
        int32_t most = in[0], sum = 0, inverse;
        int zeros = 0;
        for (int channel = 1; channel < channels; channel++)
            most = in[channel] > most ? in[channel] : most;
        for (int channel = 0; channel < channels; channel++)
            sum += nn_divide(nn_share(layer, in[channel] - most), 12); /* 19 bits of fraction */
        while (!((uint32_t)sum << zeros >> 31))
            zeros++;
        inverse = nn_inverse((int32_t)(((uint32_t)sum << zeros) - 0x80000000u));
        for (int channel = 0; channel < channels; channel++) {
            int32_t share = nn_multiply(inverse, nn_share(layer, in[channel] - most));
            out[channel] = nn_clamp(nn_divide(share, 35 - zeros) - 128, -128, 127);
        }
    }
}

/* Sound to @KIND@ features in C99; every row differs from the Python of the training by at most @TOLERANCE@. */
#include "features.h"

#include <math.h>

#define POINTS @POINTS@
#define BITS @BITS@
#define BANDS @BANDS@
#define MFCC @MFCC@

/* A Hann window over the sum of itself and over 32768, so that samples need no scaling of their own. */
static const float hann[FEATURES_WINDOW] = {
    @HANN@};
/* Of the angles 2 pi i / POINTS. */
static const float cosine[POINTS / 2] = {
    @COSINE@};
static const float sine[POINTS / 2] = {
    @SINE@};
/* The mel filters: triangles over bins of the power spectrum, one after the other. */
static const uint16_t band_start[BANDS] = {@STARTS@};
static const uint16_t band_length[BANDS] = {@LENGTHS@};
static const float band_weight[@WEIGHT_COUNT@] = {
    @WEIGHTS@};
#if MFCC
/* The first rows of the orthonormal DCT-II. */
static const float dct[@DCT_COUNT@] = {
    @DCT@};
#endif

static float re[POINTS], im[POINTS];
static float bands[BANDS];

/* Puts every number at the place whose bits are those of its own, the other way round. */
static void reorder(void)
{
    for (unsigned i = 1; i < POINTS; i++) {
        unsigned other = 0;
        for (unsigned bit = 0; bit < BITS; bit++)
            other |= (i >> bit & 1u) << (BITS - 1u - bit);
        if (other > i) {
            float kept = re[i];
            re[i] = re[other];
            re[other] = kept;
        }
    }
}

/* The Fourier transform of re (im is 0 at first) in place: Cooley and Tukey's radix 2, decimation in time. */
static void transform(void)
{
    reorder();
    for (unsigned half = 1; half < POINTS; half *= 2) {
        unsigned stride = POINTS / 2 / half;
        for (unsigned first = 0; first < POINTS; first += 2 * half) {
            for (unsigned k = 0; k < half; k++) {
                unsigned a = first + k, b = a + half;
                float c = cosine[k * stride], s = sine[k * stride];
                float x = c * re[b] + s * im[b], y = c * im[b] - s * re[b];
                re[b] = re[a] - x;
                im[b] = im[a] - y;
                re[a] += x;
                im[a] += y;
            }
        }
    }
}

void features_of_window(const int16_t *sound, float *row)
{
    for (int i = 0; i < POINTS; i++) {
        re[i] = i < FEATURES_WINDOW ? (float)sound[i] * hann[i] : 0.0f;
        im[i] = 0.0f;
    }
    transform();
    const float *weight = band_weight;
    for (int band = 0; band < BANDS; band++) {
        float energy = 0.0f;
        for (int k = 0; k < band_length[band]; k++) {
            int bin = band_start[band] + k;
            energy += *weight++ * (re[bin] * re[bin] + im[bin] * im[bin]);
        }
        bands[band] = logf(energy + @FLOOR@);
    }
#if MFCC
    for (int i = 0; i < FEATURES_WIDTH; i++) {
        float sum = 0.0f;
        for (int band = 0; band < BANDS; band++)
            sum += dct[i * BANDS + band] * bands[band];
        row[i] = sum;
    }
#else
    for (int band = 0; band < BANDS; band++)
        row[band] = bands[band];
#endif
}

void features_of_clip(const int16_t *sound, float *rows)
{
    for (int frame = 0; frame < FEATURES_FRAMES; frame++)
        features_of_window(sound + frame * FEATURES_HOP, rows + frame * FEATURES_WIDTH);
}

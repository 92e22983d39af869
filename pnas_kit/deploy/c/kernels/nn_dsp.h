/* The DSP instructions that the kernels use: two 16-bit products in one. */

typedef uint32_t __attribute__((may_alias)) nn_word; /* two int16: scratch is written as one and read as the other */

/* Four bytes from any address. */
NN_INLINE uint32_t nn_load(const void *at)
{
    uint32_t word;
    __builtin_memcpy(&word, at, 4); /* also inline where the compiler is told that there is no C library */
    return word;
}

NN_INLINE void nn_store(void *at, uint32_t word)
{
    __builtin_memcpy(at, &word, 4);
}

/* Holds the loads from `pointer` back until `sum` is there: loads that all start early cost more registers than exist. */
#define NN_AFTER(pointer, sum) __asm__("" : "+r"(pointer), "+r"(sum))
#define NN_TOGETHER(a, b, s) __asm__("" : "+r"(a), "+r"(b), "+r"(s[0]), "+r"(s[1]), "+r"(s[2]), "+r"(s[3]))

#if defined(__ARM_FEATURE_DSP)

/* sum + a.low * b.low + a.high * b.high */
NN_INLINE int32_t nn_smlad(uint32_t a, uint32_t b, int32_t sum)
{
    int32_t result;
    __asm__("smlad %0, %1, %2, %3" : "=r"(result) : "r"(a), "r"(b), "r"(sum));
    return result;
}

/* low + a.low * b.low and high + a.high * b.high */
NN_INLINE void nn_add_lows_and_highs(int32_t *low, int32_t *high, uint32_t a, uint32_t b)
{
    __asm__("smlabb %0, %1, %2, %0" : "+r"(*low) : "r"(a), "r"(b));
    __asm__("smlatt %0, %1, %2, %0" : "+r"(*high) : "r"(a), "r"(b));
}

/* Bytes 0 and 2, widened. */
NN_INLINE uint32_t nn_even(uint32_t bytes)
{
    uint32_t result;
    __asm__("sxtb16 %0, %1" : "=r"(result) : "r"(bytes));
    return result;
}

/* Bytes 1 and 3, widened. */
NN_INLINE uint32_t nn_odd(uint32_t bytes)
{
    uint32_t result;
    __asm__("sxtb16 %0, %1, ror #8" : "=r"(result) : "r"(bytes));
    return result;
}

/* Two neighbouring words; returns where the next ones are. */
NN_INLINE const nn_word *nn_load_two(const nn_word *at, uint32_t *first, uint32_t *second)
{
    __asm__("ldrd %0, %1, [%2], #8" : "=r"(*first), "=r"(*second), "+r"(at) : "m"(*(const nn_word (*)[2])at));
    return at;
}

/* Stores two neighbouring words at a word's address; returns where the next ones go. */
NN_INLINE nn_word *nn_store_two(nn_word *at, uint32_t first, uint32_t second)
{
    __asm__("strd %2, %3, [%0], #8" : "+r"(at), "=m"(*(nn_word (*)[2])at) : "r"(first), "r"(second));
    return at;
}

/* The low halves of two words, the first one below. */
NN_INLINE uint32_t nn_low_halves(uint32_t first, uint32_t second)
{
    uint32_t result;
    __asm__("pkhbt %0, %1, %2, lsl #16" : "=r"(result) : "r"(first), "r"(second));
    return result;
}

NN_INLINE uint32_t nn_high_halves(uint32_t first, uint32_t second)
{
    uint32_t result;
    __asm__("pkhtb %0, %1, %2, asr #16" : "=r"(result) : "r"(second), "r"(first));
    return result;
}

/* The high word of value * scale, to the nearest, and `more`. */
NN_INLINE int32_t nn_multiply_high(int32_t value, int32_t scale, int32_t more)
{
    int32_t result;
    __asm__("smmlar %0, %1, %2, %3" : "=r"(result) : "r"(value), "r"(scale), "r"(more));
    return result;
}

NN_INLINE int32_t nn_saturate(int32_t value)
{
    int32_t result;
    __asm__("ssat %0, #8, %1" : "=r"(result) : "r"(value));
    return result;
}

#else /* the same in C, to run these kernels on a computer */

NN_INLINE int32_t nn_smlad(uint32_t a, uint32_t b, int32_t sum)
{
    return sum + (int16_t)a * (int16_t)b + (int16_t)(a >> 16) * (int16_t)(b >> 16);
}

NN_INLINE void nn_add_lows_and_highs(int32_t *low, int32_t *high, uint32_t a, uint32_t b)
{
    *low += (int16_t)a * (int16_t)b;
    *high += (int16_t)(a >> 16) * (int16_t)(b >> 16);
}

NN_INLINE uint32_t nn_even(uint32_t bytes)
{
    return (uint16_t)(int8_t)bytes | (uint32_t)(uint16_t)(int8_t)(bytes >> 16) << 16;
}

NN_INLINE uint32_t nn_odd(uint32_t bytes)
{
    return nn_even(bytes >> 8);
}

NN_INLINE const nn_word *nn_load_two(const nn_word *at, uint32_t *first, uint32_t *second)
{
    *first = at[0];
    *second = at[1];
    return at + 2;
}

NN_INLINE nn_word *nn_store_two(nn_word *at, uint32_t first, uint32_t second)
{
    at[0] = first;
    at[1] = second;
    return at + 2;
}

NN_INLINE uint32_t nn_low_halves(uint32_t first, uint32_t second)
{
    return (first & 0xFFFF) | second << 16;
}

NN_INLINE uint32_t nn_high_halves(uint32_t first, uint32_t second)
{
    return first >> 16 | (second & 0xFFFF0000);
}
#endif

/* Multiplication and division that a Cortex-M0 has no instructions for; compilers call them by these names. */
#include <stdint.h>

uint64_t __aeabi_lmul(uint64_t a, uint64_t b);
uint32_t __aeabi_uidiv(uint32_t value, uint32_t by);
int32_t __aeabi_idiv(int32_t value, int32_t by);

uint64_t __aeabi_lmul(uint64_t a, uint64_t b)
{
    uint32_t a_low = (uint32_t)a, b_low = (uint32_t)b, mask = 0xFFFF;
    uint32_t low = (a_low & mask) * (b_low & mask), one = (a_low >> 16) * (b_low & mask) + (low >> 16);
    uint32_t two = (a_low & mask) * (b_low >> 16) + (one & mask);
    uint32_t high = (a_low >> 16) * (b_low >> 16) + (one >> 16) + (two >> 16);
    high += (uint32_t)(a >> 32) * b_low + a_low * (uint32_t)(b >> 32);
    return (uint64_t)high << 32 | (two << 16 | (low & mask));
}

uint32_t __aeabi_uidiv(uint32_t value, uint32_t by)
{
    uint32_t quotient = 0, rest = 0;
    for (int bit = 31; bit >= 0; bit--) {
        uint32_t carry = rest >> 31;
        rest = rest << 1 | (value >> bit & 1);
        if (carry || rest >= by) {
            rest -= by;
            quotient |= (uint32_t)1 << bit;
        }
    }
    return quotient;
}

int32_t __aeabi_idiv(int32_t value, int32_t by)
{
    uint32_t a = value < 0 ? 0 - (uint32_t)value : (uint32_t)value, b = by < 0 ? 0 - (uint32_t)by : (uint32_t)by;
    uint32_t quotient = __aeabi_uidiv(a, b);
    return (int32_t)((value < 0) != (by < 0) ? 0 - quotient : quotient);
}

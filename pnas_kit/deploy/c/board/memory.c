/* The two functions of the C library that compilers call by themselves; left out where there is one. */
#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count)
{
    unsigned char *t = to;
    for (const unsigned char *f = from; count; count--)
        *t++ = *f++;
    return to;
}

void *memset(void *to, int value, size_t count)
{
    for (unsigned char *t = to; count; count--)
        *t++ = (unsigned char)value;
    return to;
}

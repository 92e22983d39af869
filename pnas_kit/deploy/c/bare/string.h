/* For compilers that come without a C library; found after any real <string.h>. */
#ifndef NN_STRING_H
#define NN_STRING_H

#include <stddef.h>

void *memcpy(void *restrict to, const void *restrict from, size_t count);
void *memset(void *to, int value, size_t count);

#endif

/* The self-test on a computer. */
#include "nn.h"
#include "nn_data.h"
#include "nn_test_data.h"

#include <stdio.h>

int main(void)
{
    int32_t different = nn_selftest();
    printf("%ld of %ld output bytes differ in %d tests\n", (long)different, (long)NN_TESTS * NN_OUTPUTS_BYTES, NN_TESTS);
#if NN_OUTPUTS == 1
    printf("last answer: %s\n", nn_class_names[nn_answer()]);
#endif
    return different != 0;
}

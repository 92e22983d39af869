/* Where the emulator finds the functions and the RAM in the image; the first bytes of it. */
#include "nn.h"

extern uint32_t image_bss[], image_bss_end[];

__attribute__((section(".vectors"), used)) static const struct {
    void (*init)(void);
    int8_t *(*input)(void);
    void (*run)(void);
    const int8_t *(*output)(int);
    uint32_t *bss, *bss_end;
} image_table = {nn_init, nn_input, nn_run, nn_output_at, image_bss, image_bss_end};

void image_entry(void); /* the linker wants one to start from, so that it knows what is used */
void image_entry(void)
{
    (void)*(void (*const volatile *)(void))&image_table;
}

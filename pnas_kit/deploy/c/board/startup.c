/* Start-up for a bare Cortex-M: vectors, memory, floating-point and vector units, then main. */
#include <stdint.h>

void image_stack(void); /* the address after the last byte of RAM, no function; the table below wants one type */
extern uint32_t image_data_from[], image_data[], image_data_end[], image_bss[], image_bss_end[];
int main(void);
void image_exit(int code);

/* Stops the emulator; on a board without a debugger this line is a fault, so it waits for ever instead. */
static void image_fault(void)
{
    image_exit(2);
    for (;;) {
    }
}

void image_reset(void)
{
    for (uint32_t *from = image_data_from, *to = image_data; to < image_data_end; to++, from++)
        *to = *from;
    for (uint32_t *to = image_bss; to < image_bss_end; to++)
        *to = 0;
#if defined(__ARM_FP) || defined(__ARM_FEATURE_MVE)
    *(volatile uint32_t *)0xE000ED88 |= (uint32_t)0xF << 20; /* CPACR: the units start switched off */
    __asm__ volatile("dsb\nisb");
#endif
    image_exit(main());
}

__attribute__((section(".vectors"), used)) static void (*const image_vectors[16])(void) = {
    image_stack, image_reset, image_fault, image_fault, image_fault, image_fault, image_fault, 0, 0, 0, 0,
    image_fault, image_fault, 0, image_fault, image_fault,
};

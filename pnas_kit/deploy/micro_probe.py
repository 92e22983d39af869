"""Prints TFLite Micro's arena report for the model on standard input; run as a script, in its own process.

The binding's C++ writes the report to the process's standard error, which only a parent process can catch without
disturbing other threads. Nothing of `pnas_kit` is imported, so that starting it stays cheap.
"""

import sys

from tflite_micro.python.tflite_micro import runtime

LARGEST = 1 << 28


def main() -> None:
    model = sys.stdin.buffer.read()
    size = 1 << 22
    while True:
        try:
            interpreter = runtime.Interpreter.from_bytes(model, arena_size=size)
            break
        except RuntimeError:
            size *= 4
            if size > LARGEST:
                raise
    interpreter.print_allocations()


if __name__ == "__main__":
    main()

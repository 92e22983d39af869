"""How a process that scores networks is set up: once, before its first."""

from __future__ import annotations

import ctypes
import multiprocessing
import os
import sys
from functools import cache

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD = -1, -3
"""glibc's numbers, from `malloc.h`."""


@cache
def device():
    """Where networks are scored: the first CUDA device, or the CPU where there is none or `PNAS_DEVICE` is "cpu"."""
    import torch

    if not torch.cuda.is_available() or os.environ.get("PNAS_DEVICE") == "cpu":
        return torch.device("cpu")
    # The same values on every run come before the last tenth of speed, and all digits of float32 before TF32.
    torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = True, False
    torch.backends.cudnn.allow_tf32 = torch.backends.cuda.matmul.allow_tf32 = False
    return torch.device("cuda", 0)


@cache
def keep_memory() -> None:
    """In a worker process, reuse freed memory.

    glibc gives every feature map above 32 MB back to the system, and each page of the next one is fetched and cleared again.
    """
    if sys.platform == "linux" and multiprocessing.parent_process() is not None:
        libc = ctypes.CDLL(None)
        if hasattr(libc, "mallopt"):
            libc.mallopt(M_MMAP_THRESHOLD, 2**30)
            libc.mallopt(M_TRIM_THRESHOLD, 2**30)

"""Waiting for what another process or thread is about to do."""

import time
from collections.abc import Callable


def wait_for(condition: Callable[[], object], seconds: float = 180) -> None:
    """Until it holds; fails where that takes longer than so many seconds, which are many on a busy machine."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"waited {seconds} s in vain"
        time.sleep(0.02)

import pytest
from small import PROBLEM, TRIALS, listed

from pnas_kit.learn.data import load, proxy_batches
from pnas_kit.search import search


@pytest.fixture(scope="session")
def small_batches():
    return proxy_batches(load("digits"), size=16)


@pytest.fixture(scope="session")
def local_list(small_batches) -> bytes:
    """What the small search finds in this process, in memory."""
    return listed(search(PROBLEM, small_batches, trials=TRIALS, workers=0))

"""A search that is over in a few seconds, and its list of trials as bytes."""

import json
from dataclasses import asdict

from pnas_kit.cost import boards
from pnas_kit.search import Limits, Problem

TRIALS = 60
"""More than one generation of the sampler, so that parents and crossover have their say."""

PROBLEM = Problem(
    input_shape=(8, 8, 1),
    classes=10,
    board=boards()["nano-33-ble"],
    limits=Limits(ram_bytes=40_000, flash_bytes=100_000, macs=400_000),
    proxies=("naswot",),
)


def listed(candidates) -> bytes:
    """Everything but the seconds that an evaluation took."""
    return json.dumps([{**asdict(c), "seconds": 0} for c in candidates], sort_keys=True).encode()


def beginning(whole: bytes, count: int) -> bytes:
    """The first trials of a list."""
    return json.dumps(json.loads(whole)[:count], sort_keys=True).encode()

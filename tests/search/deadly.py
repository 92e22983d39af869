"""Evaluations that end their process, as a crash or the system's out-of-memory killer does."""

import os

from pnas_kit.search import pool

evaluate_held = pool._evaluate_held


def fifth(number, arch):
    return _end() if number == 5 else evaluate_held(number, arch)


def from_second_on(number, arch):
    return _end() if number >= 2 else evaluate_held(number, arch)


def _end():
    os._exit(9)

"""A small detector and pictures on which it learns in a few steps, for the tests of several rooms."""

from dataclasses import replace

import numpy as np

from pnas_kit.learn.data import CATALOGUE, load
from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.compose import composed
from pnas_kit.learn.data.dataset import normalise
from pnas_kit.space import Arch


def squares():
    """Pictures of squares and bars to find: learnt in a few steps."""
    x = np.zeros((40, 28, 28, 1), np.uint8)
    x[::2, 4:24, 4:24], x[1::2, 4:24, 10:18] = 255, 255
    y = np.arange(40) % 2
    pool = Arrays(train_x=x[:20], train_y=y[:20], test_x=x[20:], test_y=y[20:])
    card = replace(CATALOGUE["mnist_det"], classes=("square", "bar"), train=96, test=24)
    return normalise(composed(pool, 96, 24), card)


def digits():
    """Pictures of scikit-learn's digits, three times their size."""
    found = load("digits")
    parts = [np.kron(np.clip(x * 15, 0, 255).astype(np.uint8), np.ones((1, 3, 3, 1), np.uint8)) for x in
             (found.raw(found.train_x), found.raw(found.test_x))]  # fmt: skip
    pool = Arrays(train_x=parts[0], train_y=found.train_y, test_x=parts[1], test_y=found.test_y)
    return normalise(composed(pool, 40, 8), replace(CATALOGUE["mnist_det"], train=40, test=8))


def detector(classes=2):
    return Arch(
        family="mbednet", depth=(1, 1, 1, 1), kernel=(3, 3, 3, 3), stride=(2, 1, 2, 1), width=0.3, sparsity=(0.2,) * 4,
        input_shape=(96, 96, 1), classes=classes, head="detector",
    )  # fmt: skip

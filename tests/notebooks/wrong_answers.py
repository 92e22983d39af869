"""For each task answers that are wrong, and words that the message then has: two or more a task, of different mistakes."""

from pnas_kit.space import Arch

EVEN = {"depth": (4,) * 4, "kernel": (3,) * 4, "sparsity": (0.9,) * 4, "classes": 10}


def digits(**settings):
    settings = {"family": "mbednet", "width": 0.1, "stride": (1,) * 4, "input_shape": (8, 8, 1)} | EVEN | settings
    return Arch(**settings)


WRONG = {
    (1, 1): [(1, "too few"), (10**15, "too many"), (4 * 4**4 * 6**4 * 10**5, "the whole space")],
    (1, 2): [(4, "leave no pixels"), (2, "more would"), (7, "four groups")],
    (1, 3): [
        (digits(depth=(1,) * 4), "too few"),
        (digits(width=1.0, family="resnet18"), "weights"),
        (digits(classes=3), "classes"),
        (digits(stride=(2,) * 4), "cannot be built"),
    ],
}

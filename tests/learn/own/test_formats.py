"""Every format, read right: the numbers in the files are the numbers that are kept, and each trap is avoided."""

import datetime
import gzip
import io
import itertools
import json
import sys
import tracemalloc

import made
import numpy as np
import pytest
from PIL import Image

from pnas_kit.learn.data import DataError, load, validation_split
from pnas_kit.learn.data.front_end import features
from pnas_kit.learn.own import FORMATS, forget, own_cards, take_in, understand
from pnas_kit.learn.own.sound import read_wav, resampled

RANDOM = np.random.default_rng(1)


def kept(understanding, name="mine"):
    """What is loaded again, in raw units."""
    take_in(understanding, name)
    data = load(f"own/{name}")
    return data, data.raw(data.train_x), data.raw(data.test_x)


# ---- keeping


def test_kept_loaded_listed_and_forgotten(tmp_path, cache):
    seen = understand(made.folder(tmp_path / "pets", made.pictures()))
    assert not cache.exists()  # a preview keeps nothing
    card = take_in(seen, "pets", "My pets")
    assert (card.name, card.title, card.classes, card.shape) == ("own/pets", "My pets", ("cat", "dog"), (20, 24, 3))
    assert own_cards() == {"own/pets": card} and load("own/pets").card == card
    with pytest.raises(DataError, match="already"):
        take_in(seen, "pets")
    forget("own/pets")
    assert own_cards() == {} and not list((cache / "own").iterdir())
    with pytest.raises(DataError, match="Unknown data set 'own/pets'"):
        load("own/pets")


@pytest.mark.parametrize("name", ["", "../evil", "a/b", "Ä", "con", "a" * 41, ".hidden", "own/../x"])
def test_names_that_could_lead_elsewhere_are_refused(name, tmp_path, cache):
    seen = understand(made.folder(tmp_path / "pets", made.pictures()))
    with pytest.raises(DataError, match="small letters"):
        take_in(seen, name)
    assert not cache.exists()


def test_a_disk_that_fails_leaves_nothing(tmp_path, cache, monkeypatch):
    seen = understand(made.folder(tmp_path / "pets", made.pictures()))

    def full(file, **arrays):
        file.write(b"half")
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(np, "savez", full)
    with pytest.raises(DataError, match="No space left"):
        take_in(seen, "pets")
    assert not list((cache / "own").iterdir())


# ---- pictures


def test_pictures_keep_their_pixels_in_folder_and_zip(tmp_path, cache):
    files = made.pictures()
    data, train, test = kept(understand(made.folder(tmp_path / "pets", files)))
    packed = understand(made.zipped(tmp_path / "pets.zip", {f"outer/{n}": c for n, c in files.items()}))
    np.testing.assert_array_equal(packed.found.x[packed.train], np.round(train))
    wanted = {np.asarray(Image.open(io.BytesIO(content))).tobytes() for content in files.values()}
    assert {sample.astype(np.uint8).tobytes() for sample in np.round(np.concatenate([train, test]))} == wanted
    assert np.bincount(data.test_y).tolist() == [1, 1]


def test_folders_train_and_test_are_the_split_and_val_joins_training(tmp_path):
    files = {f"{part}/{n}": made.picture(i) for i, part in enumerate(("train", "val", "test")) for n in made.pictures()}
    files = {name: made.picture(number) for number, name in enumerate(files)}
    seen = understand(made.folder(tmp_path / "set", files))
    assert seen.counts == {"cat": (10, 5), "dog": (10, 5)} and "val joins the training part" in seen.words
    seen = understand(made.folder(tmp_path / "two", {n: c for n, c in files.items() if not n.startswith("test")}))
    assert seen.counts == {"cat": (5, 5), "dog": (5, 5)} and "val takes its place" in seen.words


def test_folders_that_only_hold_the_word_train_are_a_split_too(tmp_path):
    """Traffic lights come as dataset_train/red; a folder test_tube with pictures right in it is a class."""
    files = {f"dataset_{part}/{n}": made.picture(i) for i, part in enumerate(("train", "test")) for n in made.pictures()}
    assert understand(made.folder(tmp_path / "set", files)).found.classes == ("cat", "dog")
    seen = understand(made.folder(tmp_path / "two", made.pictures(("test_tube", "train_station"))))
    assert seen.found.classes == ("test_tube", "train_station")


def test_mixed_sizes_turned_transparent_grey_and_deep_pictures(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to be upright
    half = np.zeros((40, 80, 3), np.uint8)
    half[:, :40] = 255  # the left half is white, which is on top once upright
    turned = io.BytesIO()
    Image.fromarray(half).save(turned, "PNG", exif=exif)
    clear = io.BytesIO()
    Image.fromarray(np.zeros((60, 60, 4), np.uint8), "RGBA").save(clear, "PNG")
    deep = io.BytesIO()
    Image.fromarray(np.full((50, 50), 51 * 257, np.uint16)).save(deep, "PNG")
    special = {"b/1.png": turned.getvalue(), "b/2.png": clear.getvalue(), "b/3.png": deep.getvalue()}
    files = special | {f"a/{i}.png": made.picture(i, (30 + i, 40)) for i in range(6)}
    seen = understand(made.folder(tmp_path / "set", files | {"notes.txt": "x"}))
    x = dict(zip(sorted(files), seen.found.x, strict=True))
    assert seen.found.x.shape[1:] == (32, 32, 3)
    assert x["b/1.png"][:15].min() == 255 and x["b/1.png"][17:].max() == 0
    assert (x["b/2.png"] == 255).all() and (x["b/3.png"] == 51).all()
    for words in ("stretched to 32 × 32", "upright", "put on white", "16 bits", "no pictures were left out: 1"):
        assert words in seen.words
    assert "are grey" in " ".join(seen.found.warnings)
    assert understand(tmp_path / "set", colour="grey", image_size=(16, 24)).found.x.shape[1:] == (16, 24, 1)


def test_unicode_names_and_hidden_files(tmp_path, cache):
    files = made.pictures(("Käse 🧀", "犬")) | {".DS_Store": b"x", "__MACOSX/a.png": b"x", "犬/.x.png": b"x"}
    data, _, _ = kept(understand(made.zipped(tmp_path / "Ü.zip", files)))
    assert data.card.classes == ("Käse 🧀", "犬")


def test_copies_in_both_parts_and_contradicting_labels_are_told(tmp_path):
    files = made.pictures(each=10)
    files |= {"dog/x.png": files["cat/0.png"]} | {f"cat/copy{i}.png": files["cat/1.png"] for i in range(9)}
    told = " ".join(understand(made.folder(tmp_path / "set", files)).found.warnings)
    assert "occur under two labels" in told and "occur in the training part too" in told


# ---- arrays


@pytest.mark.parametrize(
    ("shape", "order", "task", "layout"),
    [
        ((20, 8, 9, 3), (20, 8, 9, 3), "image", None),
        ((20, 3, 8, 9), (20, 8, 9, 3), "image", None),
        ((20, 1, 30, 6), (20, 1, 30, 6), "series", None),
        ((20, 28, 28), (20, 28, 28, 1), "image", None),
        ((20, 50, 6), (20, 1, 50, 6), "series", None),
        ((20, 6, 50), (20, 1, 50, 6), "series", None),
        ((20, 50), (20, 1, 50, 1), "series", None),
        ((20, 10, 12), (20, 1, 12, 10), "series", "NCL"),
    ],
)
def test_axes_are_put_in_order_and_said(shape, order, task, layout, tmp_path):
    x = RANDOM.random(shape)
    found = understand(made.npz(tmp_path / "a.npz", X=x, y=np.arange(20) % 2), layout=layout).found
    assert found.x.shape == order and found.task == task and found.x.dtype == np.float32
    moved = {(20, 3, 8, 9): (0, 2, 3, 1), (20, 6, 50): (0, 2, 1), (20, 10, 12): (0, 2, 1)}.get(shape)
    np.testing.assert_allclose(found.x.ravel(), (x.transpose(moved) if moved else x).ravel().astype(np.float32))
    assert str(shape) in " ".join(found.notes) or len(shape) == 2


def test_arrays_in_files_of_their_own(tmp_path):
    """As numpy.save writes them: beside each other, in folders of the parts, or zipped, which is what .npz is."""
    x, y = np.random.default_rng(0).normal(size=(30, 64, 3)).astype("float32"), np.arange(30) % 2
    seen = understand(made.folder(tmp_path / "a", {"X.npy": made.npy(x), "y.npy": made.npy(y)}))
    assert seen.found.form == "NumPy archive (.npz)" and seen.found.x.shape == (30, 1, 64, 3)
    parts = {"train": (x[:20], y[:20]), "test": (x[20:], y[20:])}
    files = {
        f"{part}/{name}.npy": made.npy(array) for part, two in parts.items() for name, array in zip("Xy", two, strict=True)
    }
    for place in (made.folder(tmp_path / "b", files), made.zipped(tmp_path / "c.zip", files)):
        seen = understand(place)
        assert seen.split == "as the files bring it" and (len(seen.train), len(seen.test)) == (20, 10)


def test_doubtful_axes_are_a_warning_and_labels_come_in_many_kinds(tmp_path):
    x = RANDOM.random((20, 3, 8, 3))
    assert "choose the layout" in understand(made.npz(tmp_path / "a.npz", x=x, y=np.arange(20) % 2)).found.warnings[0]
    kinds = {"words": np.array(["a", "b"] * 10), "one-hot": np.eye(2)[np.arange(20) % 2], 
             "columns": np.arange(20)[:, None] % 2,
             "big-endian": (np.arange(20) % 2).astype(">i8"), "floats": np.arange(20) % 2 + 5.0}  # fmt: skip
    for number, y in enumerate(kinds.values()):
        found = understand(made.npz(tmp_path / f"{number}.npz", data=RANDOM.random((20, 9)), labels=y)).found
        np.testing.assert_array_equal(found.y, np.arange(20) % 2)
    assert found.classes == ("5", "6")


def test_a_split_and_persons_in_an_archive_are_respected(tmp_path, cache):
    parts = {"x_train": RANDOM.random((12, 9)), "y_train": np.arange(12) % 2, "X_test": RANDOM.random((6, 9)),
             "Y_test": np.arange(6) % 2}  # fmt: skip
    _, train, test = kept(understand(made.npz(tmp_path / "a.npz", **parts)))
    np.testing.assert_allclose(train[:, 0, :, 0], parts["x_train"], atol=1e-6)
    np.testing.assert_allclose(test[:, 0, :, 0], parts["X_test"], atol=1e-6)
    who = np.repeat(np.arange(6), 5)
    seen = understand(made.npz(tmp_path / "b.npz", X=RANDOM.random((30, 9)), y=np.arange(30) % 2, subject=who))
    assert not set(who[seen.train]) & set(who[seen.test])


def test_arrays_of_validation_join_training(tmp_path):
    x, y = RANDOM.normal(size=(40, 30)), np.arange(40) % 2
    path = made.npz(tmp_path / "a.npz", x_train=x, y_train=y, x_val=x[:10] + 1, y_val=y[:10], x_test=x[:8] + 2, y_test=y[:8])
    seen = understand(path)
    assert (len(seen.train), len(seen.test)) == (50, 8) and "x_val joins the training part" in seen.words
    np.testing.assert_allclose(seen.found.x[seen.test[0], 0, :, 0], x[0] + 2, rtol=1e-5)
    np.testing.assert_allclose(seen.found.x[seen.train[-1], 0, :, 0], x[9] + 1, rtol=1e-5)


def test_idx_with_gzip_and_big_endian_header(tmp_path, cache):
    x, y = RANDOM.integers(0, 256, (30, 5, 300), dtype=np.uint8), (np.arange(30) % 3).astype(np.uint8)
    files = {"train-images-idx3-ubyte": made.idx(x[:20]), "train-labels-idx1-ubyte.gz": gzip.compress(made.idx(y[:20])),
             "t10k-images-idx3-ubyte.gz": gzip.compress(made.idx(x[20:])),
             "t10k-labels.idx1-ubyte": made.idx(y[20:])}  # fmt: skip
    data, train, test = kept(understand(made.folder(tmp_path / "set", files)))
    np.testing.assert_allclose(np.concatenate([train, test])[..., 0], x, atol=1e-3)
    np.testing.assert_array_equal(np.concatenate([data.train_y, data.test_y]), y)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("about.json", '{"images": 40}'),
        ("about.xml", "<root/>"),
        ("data.yaml", "names: [cat, dog]"),
        ("cat/0.txt", "a cat on a mat"),
    ],
)
def test_a_stray_file_beside_folders_of_classes_decides_nothing(tmp_path, name, content):
    assert understand(made.folder(tmp_path, made.pictures() | {name: content})).found.form == "image folder"


def test_a_broken_annotation_beside_parts_is_not_taken_for_an_image_folder(tmp_path):
    files = {"train2017/1.png": made.picture(1), "val2017/2.png": made.picture(2), "ann.json": '{"images": ['}
    with pytest.raises(DataError, match=r"ann.json: expected JSON"):
        understand(made.folder(tmp_path, files))


@pytest.mark.parametrize("form", FORMATS)
def test_a_format_that_was_chosen_wrongly_is_refused_in_words(tmp_path, form):
    b = io.BytesIO()
    np.savez(b, x=np.zeros((4, 4)), y=np.arange(4))
    kinds = [
        made.pictures(), made.coco(), made.voc_folder(), made.yolo(), {"a.arff": made.arff()}, {"a.ts": made.ts()},
        {"a.tsv": made.ucr()}, {"a.csv": made.recording()}, {"a/1.wav": made.wav()}, {"a.json": "{}"}, {"a.bin": b"\0"},
        {"a.npz": b.getvalue()}, {"readme.txt": "hello", "a.yaml": "a: 1"},
    ]  # fmt: skip
    refused = 0
    for number, files in enumerate(kinds):
        folder = made.folder(tmp_path / str(number), files)
        for path in (folder, folder / next(iter(files))):
            try:
                assert understand(path, form=form).found.form == form
            except DataError:
                refused += 1
    assert refused >= len(kinds)


def test_pictures_of_12_bits_keep_one_scale(tmp_path):
    """A dark picture stays darker than a bright one, in 8 bits of 4095 and not each by its own brightest point."""
    files = {}
    for number, level in enumerate((200, 1000, 2000, 4000)):
        for label, factor in (("a", 1.0), ("b", 0.5)):
            for copy in range(2):
                values = np.full((32, 32), level * factor, np.uint16)
                values[0, copy] += 9  # no two are the same
                file = io.BytesIO()
                Image.fromarray(values).save(file, "PNG")
                files[f"{label}/{number}{copy}.png"] = file.getvalue()
    seen = understand(made.folder(tmp_path, files))
    got = {name: int(x[-1, -1, 0]) for name, x in zip(sorted(files), seen.found.x, strict=True)}
    assert [got[f"a/{number}0.png"] for number in range(4)] == [12, 62, 125, 249]
    assert "4095 becomes 255" in seen.words


# ---- series


def test_ucr_labels_padding_and_missing_values(tmp_path, cache):
    train = "-1\t1\t2\tNaN\t4\n1\t5\t6\t7\tNaN\n" * 5 + "1.0000e+00\t1\t2\t3\t4\n-1\t0\t1\t0\t1\n"
    test = "1,1,2,3,4\n-1,4,3,2,1\n"
    files = {"Toy_TRAIN.tsv": train, "Toy_TEST.txt": test, "README.txt": "about"}
    seen = understand(made.folder(tmp_path / "set", files), form="UCR text")
    assert seen.found.classes == ("-1", "1") and seen.counts == {"-1": (6, 1), "1": (6, 1)}
    np.testing.assert_allclose(seen.found.x[0, 0, :, 0], [1, 2, 3, 4])  # between its neighbours
    lengths = [*[4, 3] * 5, 4, 4, 4, 4]
    total = sum([10, 18] * 5) + 10 + 2 + 10 + 10
    assert seen.found.x[1, 0, 3, 0] == pytest.approx(total / sum(lengths))
    assert "Lengths from 3 to 4" in seen.words and "5 missing values" in seen.words


def test_ucr_with_the_label_at_the_end(tmp_path):
    lines = [",".join([*(f"{abs(v):.3f}" for v in RANDOM.normal(size=20)), f"{i % 3}.0"]) for i in range(60)]
    seen = understand(made.folder(tmp_path, {"beats.csv": "\n".join(lines)}))
    assert seen.found.form == "UCR text" and seen.found.x.shape == (60, 1, 20, 1) and seen.found.classes == ("0", "1", "2")
    assert "last number of each line" in seen.words and seen.found.y[:3].tolist() == [0, 1, 2]


def wide_table(titles, rows=60, low=0, high=256):
    values = RANDOM.integers(low, high, (rows, len(titles)))
    lines = [",".join([str(i % 2), *map(str, row)]) for i, row in enumerate(values)]
    return "\n".join([",".join(["label", *titles]), *lines]), values


def test_a_table_may_name_persons_and_number_its_lines(tmp_path):
    text, values = wide_table([f"t{i}" for i in range(30)])
    lines = text.splitlines()
    text = "\n".join([f"index,subject,{lines[0]}", *(f"{i},p{i // 2 % 6},{line}" for i, line in enumerate(lines[1:]))])
    seen = understand(made.folder(tmp_path, {"waves.csv": text}))
    assert seen.found.form == "series table" and "whose it is in 'subject'" in seen.words and "by subject" in seen.split
    np.testing.assert_array_equal(seen.found.x[:, 0, :, 0], values)
    assert not set(seen.found.groups[seen.train]) & set(seen.found.groups[seen.test])
    with pytest.raises(DataError, match="no group column 'who'"):
        understand(tmp_path, group_column="who")


@pytest.mark.parametrize("titles", [
    [f"pixel{i}" for i in range(64)], [f"{i}x{j}" for i in range(1, 9) for j in range(1, 9)],
])  # fmt: skip
def test_pixels_in_a_table_are_pictures(tmp_path, titles):
    text, values = wide_table(titles)
    seen = understand(made.folder(tmp_path, {"digits_train.csv": text, "digits_test.csv": wide_table(titles)[0]}))
    assert (seen.found.form, seen.found.task, seen.found.x.shape) == ("series table", "image", (120, 8, 8, 1))
    np.testing.assert_array_equal(seen.found.x[:60].reshape(60, 64), values)
    assert len(seen.test) == 60 and "as the files bring it" in seen.split


def test_a_series_in_each_line_of_a_table_is_one_sample(tmp_path, cache):
    titles = [f"{axis}_{i}" for axis in ("ax", "ay") for i in range(30)]
    text, values = wide_table(titles, low=-999)
    seen = understand(made.folder(tmp_path / "set", {"steps.csv": text}))
    assert (seen.found.form, seen.found.x.shape) == ("series table", (60, 1, 30, 2))
    np.testing.assert_array_equal(seen.found.x[:, 0, :, 1], values[:, 30:])
    assert "choose the format CSV recordings" in seen.found.warnings[0]
    sensors = wide_table([f"emg{i}" for i in range(32)], rows=2000)[0]
    lines = sensors.splitlines()
    sorted_ones = [lines[0], *sorted(lines[1:], key=lambda line: line[0])]
    seen = understand(made.folder(tmp_path / "emg", {"a.csv": "\n".join(sorted_ones)}))
    assert seen.found.form == "CSV recordings" and seen.found.x.shape[3] == 32


def test_ts_of_unequal_lengths_and_dimensions(tmp_path):
    text = made.ts(rows=12, lengths=(9, 7), dimensions=3).replace("@data\n", "@data\n1,?,3:4,5,6:7,8,9:a\n")
    found = understand(made.folder(tmp_path, {"a.ts": text}) / "a.ts").found
    assert found.x.shape == (13, 1, 9, 3) and found.classes == ("a", "b")
    np.testing.assert_allclose(found.x[0, 0, :3], [[1, 4, 7], [2, 5, 8], [3, 6, 9]])


def test_arff_plain_and_relational(tmp_path):
    plain = understand(made.folder(tmp_path, {"a.arff": made.arff()}) / "a.arff").found
    assert plain.x.shape == (12, 1, 9, 1) and plain.classes == ("a", "b")
    head = "@relation x\n@attribute rel relational\n@attribute t0 numeric\n@attribute t1 numeric\n@end rel\n"
    lines = "'1,2,3\\n4,5,?',one\n'0,1,0\\n1,0,1',two\n" * 6
    two = understand(made.folder(tmp_path, {"b.arff": f"{head}@attribute c {{one,two}}\n@data\n{lines}"}) / "b.arff").found
    np.testing.assert_allclose(two.x[0, 0], [[1, 4], [2, 5], [3, 5]])
    assert two.classes == ("one", "two")


@pytest.mark.parametrize(
    ("classes", "words", "mark", "end"),
    [
        ("{a,b}", ("a", "b"), "\t", ""),
        ("{a, b}", ("a", "b"), ",", ", {0.5}"),
        (r"{'it\'s', 'not'}", (r"'it\'s'", "'not'"), ",", ""),
        ('{"it is", "no, not"}', ('"it is"', '"no, not"'), ", ", ""),
    ],
)
def test_arff_of_tabs_weights_and_quotes(tmp_path, classes, words, mark, end):
    head = "".join(f"@attribute v{i} numeric\n" for i in range(3))
    lines = [mark.join([f"{i}", f"{-i}", "1.5", words[i % 2]]) + end for i in range(12)]
    text = f"@relation toy\n{head}@attribute c {classes}\n@data\n" + "\n".join(lines)
    seen = understand(made.folder(tmp_path, {"a.arff": text}))
    assert seen.found.x[3, 0, :2, 0].tolist() == [3, -3] and seen.found.y.tolist() == [0, 1] * 6
    assert seen.found.classes == tuple(sorted(word.strip("'\"").replace("\\", "") for word in words))


def test_tiles_of_a_picture_are_not_on_both_sides_of_a_validation_part(tmp_path, cache):
    """Every tile of a picture has that picture's brightness."""
    boxes = [
        {"id": 100 * i + j, "image_id": i, "category_id": 1, "bbox": [64 * j, 64 * j, 8, 8]}
        for i in range(12)
        for j in range(4)
    ]
    images = [{"id": i, "file_name": f"{i}.png", "width": 256, "height": 256} for i in range(12)]
    content = {"images": images, "annotations": boxes, "categories": [{"id": 1, "name": "seed"}]}
    files = {"a.json": json.dumps(content)} | {f"{i}.png": made.plain(20 * i, (256, 256)) for i in range(12)}
    data, train, _ = kept(understand(made.folder(tmp_path / "set", files), tile=64))
    assert len(train) > 100
    first, second = validation_split(data, 0.1, 0)
    pictures = train[:, 0, 0, 0].round()
    assert len(second) and not set(pictures[first]) & set(pictures[second])


def test_a_kind_of_object_without_boxes_is_warned_of_and_the_rest_is_of_use(tmp_path, cache):
    files = made.coco(count=12, categories=((3, "cat"), (7, "dog"), (9, "emu")))
    content = json.loads(files["instances.json"])
    content["annotations"].append({"id": 99, "image_id": 10, "category_id": 9, "bbox": [40, 20, 10, 10]})
    seen = understand(made.folder(tmp_path / "set", files | {"instances.json": json.dumps(content)}))
    assert any("No box of 'emu'" in warning for warning in seen.found.warnings)
    data, *_ = kept(seen)
    assert data.card.classes == ("cat", "dog", "emu") and len(data.train_y.rows) + len(data.test_y.rows) == 25


def test_the_split_of_folders_and_files_named_after_a_year_is_kept(tmp_path):
    text = made.coco(10)
    files = {f"train2017/{name}": body for name, body in text.items() if name.endswith("png")}
    files |= {"annotations/instances_train2017.json": text["instances.json"]}
    other = {f"v{name}": body for name, body in made.coco(4).items() if name.endswith("png")}
    files |= {f"val2017/{name}": body for name, body in other.items()}
    files |= {
        "annotations/instances_val2017.json": made.coco(4)["instances.json"].replace('"file_name": "', '"file_name": "v')
    }
    seen = understand(made.folder(tmp_path / "coco", files))
    assert (len(seen.train), len(seen.test)) == (10, 4) and "bring" in seen.split


def test_too_few_samples_for_a_search_are_said_before_it(tmp_path):
    warnings = understand(made.folder(tmp_path, made.pictures(each=6))).found.warnings
    assert any("a search needs 16" in warning for warning in warnings)
    assert not understand(made.folder(tmp_path / "more", made.pictures(each=20))).found.warnings


# ---- recordings


def windows_of(seen, label, part):
    return seen.found.x[[i for i in part if seen.found.classes[seen.found.y[i]] == label], 0]


def test_recordings_are_split_before_they_are_cut(tmp_path, cache):
    """Channel ax holds the recording's number, so a window that mixes two, or a recording on both sides, is seen."""
    files = {}
    for number in range(8):
        text = made.recording(300, number)
        rows = [row.split(",") for row in text.splitlines()[1:]]
        body = "\n".join(f"{t},{number},{b}" for t, _, b in rows)
        files[f"{'walk' if number % 2 else 'sit'}_{number}.csv"] = f"t_ms,ax,ay\n{body}\n"
    seen = understand(made.folder(tmp_path / "set", files), window=32)
    assert seen.found.classes == ("sit", "walk") and seen.found.sampling_hz == 100
    assert (np.ptp(seen.found.x[..., 0], axis=2) == 0).all()
    train, test = set(seen.found.x[seen.train, 0, 0, 0]), set(seen.found.x[seen.test, 0, 0, 0])
    assert not train & test and len(train) == 6 and len(test) == 2
    assert len(seen.found.x) == 8 * (1 + (300 - 32) // 16)
    data, raw, _ = kept(seen)
    first, second = validation_split(data, 0.3, 0)
    assert not set(np.round(raw[first, 0, 0, 0])) & set(np.round(raw[second, 0, 0, 0]))
    assert set(data.train_y[second]) == set(data.train_y[first]) == {0, 1}


def test_one_recording_a_class_is_split_in_time_without_overlap(tmp_path):
    files = {
        f"{label}.csv": "t,a,n\n" + "".join(f"{i / 50},{np.sin(i)},{i * i}\n" for i in range(1000)) for label in ("x", "y")
    }
    seen = understand(made.folder(tmp_path / "set", files))
    assert seen.found.sampling_hz == 50 and "in time" in seen.split
    assert any("come from the same recordings" in warning for warning in seen.found.warnings)
    for label in ("x", "y"):
        assert windows_of(seen, label, seen.train)[..., 1].max() < windows_of(seen, label, seen.test)[..., 1].min() == 800**2
    pieces = {group: seen.found.x[seen.train[seen.groups == group], 0, :, 1] for group in set(seen.groups)}
    ends = [(piece.min(), piece.max()) for _, piece in sorted(pieces.items())]
    assert len(ends) > 1 and all(a[1] < b[0] for a, b in itertools.pairwise(ends))


def long_table(persons=5, labels=("sit", "walk"), rows=200, **changes):
    lines, i = [], 0
    for person in range(persons):
        for _place, label in enumerate(labels):
            for _ in range(rows):
                lines.append(f"{i},{20 * i + changes.get('gap', {}).get(i, 0)},{person},{np.sin(i):.4f},{label},p{person}")
                i += 1
    return "index,timestamp (ms),ax,ay,activity,subject\n" + "\n".join(lines) + "\n"


def test_a_long_table_is_split_by_subject_and_windows_are_of_one_label(tmp_path):
    seen = understand(made.folder(tmp_path, {"a.csv": long_table()}) / "a.csv", window=64, step=64)
    assert "by subject" in seen.split and seen.found.sampling_hz == 50
    people = seen.found.x[:, 0, 0, 0]
    assert not set(people[seen.train]) & set(people[seen.test])
    assert len(seen.found.x) == 5 * 2 * (200 // 64)
    assert seen.found.x.shape[3] == 2  # the index is no channel


def test_gaps_jitter_missing_values_and_text_columns(tmp_path):
    text = long_table(gap={i: 5000 for i in range(100, 2000)})
    seen = understand(made.folder(tmp_path, {"a.csv": text}) / "a.csv", window=64, step=64)
    assert len(seen.found.x) == 5 * 2 * 3 - 3 + 2 and "interrupted at 1 places" in seen.found.warnings[0]
    rows = text.splitlines()
    rows[50] = ",".join(["49", "980", "", "0.5", "sit", "p0"])
    noted = [rows[0] + ",note", *(f"{row},hello" for row in rows[1:])]
    seen = understand(made.folder(tmp_path, {"b.csv": "\n".join(noted)}) / "b.csv", window=64)
    assert "1 missing values" in " ".join(seen.found.warnings) and "'note' is text" in seen.words
    shaken = "t,a\n" + "\n".join(f"{i * 0.01 + 0.004 * (i % 2)},{np.sin(i)}" for i in range(900))
    seen = understand(made.folder(tmp_path / "two", {"a.csv": shaken, "b.csv": shaken}))
    assert "differ from the usual one" in seen.found.warnings[0]


def test_semicolons_decimal_commas_dates_and_folders(tmp_path):
    head = "time;ax;ay\n"
    lines = [
        f"2024-01-01T00:00:{i // 50:02d}.{20 * (i % 50):03d}Z;{np.sin(i):.3f};{i}".replace(".", ",") for i in range(400)
    ]
    lines = [line.replace(",", ".", 1) for line in lines]
    files = {f"{label}/{i}.csv": head + "\n".join(lines) for label in ("up", "down") for i in range(3)}
    seen = understand(made.folder(tmp_path / "set", files))
    assert seen.found.sampling_hz == 50 and seen.found.classes == ("down", "up")
    np.testing.assert_allclose(seen.found.x[0, 0, :3, 0], np.sin([0, 1, 2]), atol=1e-3)


def test_a_clock_without_a_name_is_not_taken_for_a_sensor_silently(tmp_path):
    titled = {f"{'up' if i % 2 else 'down'}_{i}.csv": made.recording(seed=i) for i in range(16)}
    bare = {name: text.partition("\n")[2] for name, text in titled.items()}
    where = made.folder(tmp_path / "bare", bare)
    (warning,) = understand(where).found.warnings
    assert "'column 1' goes up" in warning and "Choose it as the column of time" in warning
    seen = understand(where, time_column="column 1")
    assert seen.found.sampling_hz == 100 and seen.found.x.shape[3] == 2 and not seen.found.warnings
    assert not understand(made.folder(tmp_path / "titled", titled)).found.warnings


def test_a_number_of_the_recording_beside_the_person_is_no_channel(tmp_path):
    lines = [f"{p},{10 * p},{20 * i},{noise(p, i)},{'ab'[i // 150]}" for p in range(6) for i in range(300)]
    text = "subject,id,t_ms,ax,ay,label\n" + "\n".join(lines)
    seen = understand(made.folder(tmp_path, {"a.csv": text}) / "a.csv")
    assert seen.found.x.shape[3] == 2 and "by subject" in seen.split and "Column 'id' was left out" in seen.words


def test_a_column_that_numbers_the_lines_is_left_out_and_that_is_said(tmp_path):
    for title in ("", "id", "sample"):
        files = {f"{n}.csv": made.recording(seed=n, title=f"{title},ax,ay", step=1, label="ab"[n % 2]) for n in range(6)}
        seen = understand(made.folder(tmp_path / f"with {title}", files))
        assert seen.found.x.shape[3] == 2 and "numbers the lines and was left out" in seen.words


def recordings(title, line, count=8, rows=300):
    """As many files of such lines, alternately of the classes sit and walk by their names."""
    return {
        f"{'walk' if n % 2 else 'sit'}_{n}.csv": title + "\n" + "".join(f"{line(n, i)}\n" for i in range(rows))
        for n in range(count)
    }


def noise(n, i, channels=2):
    return ",".join(f"{v:.3f}" for v in np.random.default_rng(1000 * n + i).normal(size=channels))


def test_the_axis_y_is_no_label_unless_it_stands_alone(tmp_path):
    axes = recordings("time,x,y,z", lambda n, i: f"{i / 50},{noise(n, i, 3)}")
    seen = understand(made.folder(tmp_path / "axes", axes))
    assert seen.found.classes == ("sit", "walk") and seen.found.x.shape[3] == 3
    alone = recordings("time,ax,ay,y", lambda n, i: f"{i / 50},{noise(n, i)},{n % 2}")
    assert understand(made.folder(tmp_path / "alone", alone)).found.classes == ("0", "1")


@pytest.mark.parametrize("names", ["folders", "names"])
def test_a_split_by_folders_or_names_holds_where_a_column_has_the_label(tmp_path, names):
    text = recordings("t_ms,ax,ay,label", lambda n, i: f"{20 * i},{n},{noise(n, i, 1)},{'ab'[i // 150]}", count=4).values()
    where = (
        ("train/0", "train/1", "train/2", "test/3") if names == "folders" else ("0_train", "1_train", "2_train", "3_test")
    )
    seen = understand(made.folder(tmp_path, {f"{name}.csv": body for name, body in zip(where, text, strict=True)}))
    numbers = seen.found.x[:, 0, 0, 0]
    assert set(numbers[seen.train]) == {0, 1, 2} and set(numbers[seen.test]) == {3}


def test_classes_may_be_called_none_and_numbers_may_be_missing(tmp_path):
    line = lambda n, i: f"{20 * i},{'NA' if i == 7 else n},{noise(n, i, 1)},{('None', 'swipe')[n % 2]}"  # noqa: E731
    seen = understand(made.folder(tmp_path, recordings("t_ms,ax,ay,label", line)))
    assert seen.found.classes == ("None", "swipe") and seen.found.x.shape[3] == 2
    assert "1 missing values" in seen.found.warnings[0]


def test_labels_that_python_takes_for_the_same_number_stay_apart(tmp_path):
    labels = ("1_1", "11", "1_2", "2")
    files = recordings("t_ms,ax,ay,label", lambda n, i: f"{20 * i},{noise(n, i)},{labels[n % 4]}")
    assert set(understand(made.folder(tmp_path, files)).found.classes) == set(labels)


@pytest.mark.parametrize(
    ("title", "first", "step", "hz"),
    [
        ("time", 1_700_000_000_000_000_000, 10_000_000, 100), ("timestamp", 1_700_000_000, 1, 1),
        ("timestamp", 1_700_000_000_000, 20, 50), ("time", 1_700_000_000_000_000, 20_000, 50), ("t (ms)", 0, 20, 50),
        ("t_s", 0, 1, 1), ("ms", 0, 10, 100),
    ],
)  # fmt: skip
def test_clocks_that_count_from_1970_or_say_their_unit(tmp_path, title, first, step, hz):
    files = recordings(f"{title},ax,ay", lambda n, i: f"{first + step * i},{noise(n, i)}")
    seen = understand(made.folder(tmp_path, files))
    assert seen.found.sampling_hz == pytest.approx(hz, rel=1e-3) and seen.found.x.shape[3] == 2


MIDNIGHT = datetime.datetime(2026, 11, 24, 23, 59, 56)


def stamped(form, rows=400, step_ms=20, mark=";", head=""):
    """A recording with dates in the first column."""
    lines = []
    for i in range(rows):
        time = MIDNIGHT + datetime.timedelta(milliseconds=step_ms * i)
        lines.append(mark.join([time.strftime(form), f"{np.sin(i):.4f}", f"{np.cos(i):.4f}"]))
    return "\n".join([head + mark.join(["time", "ax", "ay"]), *lines]) + "\n"


@pytest.mark.parametrize(
    "form",
    ["%d.%m.%Y %H:%M:%S.%f", "%d.%m.%Y %H:%M:%S,%f", "%m/%d/%Y %H:%M:%S.%f", "%H:%M:%S.%f", "%m/%d/%Y %I:%M:%S.%f %p"],
)
def test_dates_without_a_year_in_front(tmp_path, form):
    seen = understand(made.folder(tmp_path, {f"{name}.csv": stamped(form) for name in ("a1", "a2", "b1", "b2")}))
    assert seen.found.sampling_hz == 50 and seen.found.x.shape[3] == 2
    assert ("interrupted" in " ".join(seen.found.warnings)) == (form == "%H:%M:%S.%f")  # at midnight


@pytest.mark.parametrize(("day", "time"), [("%d.%m.%Y", "%H:%M:%S.%f"), ("%Y-%m-%d", "%I:%M:%S.%f %p")])
def test_days_and_times_of_day_in_two_columns_are_one_clock(tmp_path, day, time):
    text = stamped(f"{day};{time}").replace("time;", "Date;Time;", 1)
    files = {f"{name}.csv": text for name in ("a1", "a2", "b1", "b2")}
    seen = understand(made.folder(tmp_path, files))
    assert seen.found.sampling_hz == 50 and seen.found.x.shape[3] == 2 and "'date time'" in seen.words
    assert "interrupted" not in " ".join(seen.found.warnings)  # at midnight
    assert understand(tmp_path, time_column="Time").found.sampling_hz == 50


def test_days_that_may_be_months_are_refused_where_it_matters(tmp_path, monkeypatch):
    monkeypatch.setattr(sys.modules[__name__], "MIDNIGHT", datetime.datetime(2026, 4, 3, 23, 59, 56))
    files = {f"{name}.csv": stamped("%m/%d/%Y %H:%M:%S.%f") for name in ("a1", "a2", "b1", "b2")}
    with pytest.raises(DataError, match="may begin with the month or the day"):
        understand(made.folder(tmp_path / "two", files))
    one_day = {name: text.replace("04/04/2026 00", "04/03/2026 24") for name, text in files.items()}
    monkeypatch.setattr(sys.modules[__name__], "MIDNIGHT", datetime.datetime(2026, 4, 3, 12, 0, 0))
    one_day = {name: stamped("%m/%d/%Y %H:%M:%S.%f") for name in one_day}
    assert understand(made.folder(tmp_path / "one", one_day)).found.sampling_hz == 50


@pytest.mark.parametrize("form", ["%Y-%m-%d %H:%M:%S", "%d.%m.%Y %H:%M:%S"])
def test_a_clock_of_whole_seconds_is_counted(tmp_path, form):
    seen = understand(made.folder(tmp_path, {f"{name}.csv": stamped(form) for name in ("a1", "a2", "b1", "b2")}))
    assert seen.found.sampling_hz == 50 and "50 lines each: the rate is counted" in seen.found.warnings[0]


@pytest.mark.parametrize("head", ["sep=;\n", '"SEP=;"\r\n', "# made by a logger\n# in autumn, again\n\n", "% two\n# "])
def test_what_stands_before_the_titles_is_passed_over(tmp_path, head):
    text = stamped("%Y-%m-%d %H:%M:%S.%f", head=head)
    if head.endswith("# "):  # titles behind #, as numpy.savetxt has them, want numbers below
        text = head + made.recording(400)
    seen = understand(made.folder(tmp_path, {f"{name}.csv": text for name in ("a1", "a2", "b1", "b2")}))
    assert seen.found.sampling_hz in (50, 100) and seen.words.count("Channels: ax, ay.") == 1


@pytest.mark.parametrize(
    ("name", "said"),
    [("{label}_{i}/Accelerometer.csv", "folder's name without"), ("{label}.{i}a2b.csv", "up to its first point")],
)
def test_recordings_of_sensor_apps_are_named_by_their_class(tmp_path, name, said):
    """A folder for each recording, as phones write them, with a second clock; or the label before a point."""
    files = {}
    for label in ("idle", "wave"):
        for i in range(1, 4):
            lines = [f"{17 * 10**17 + i * 10**13 + j * 10**7},{j / 100:.3f},{np.sin(j):.4f}" for j in range(600)]
            files[name.format(label=label, i=i)] = "\n".join(["time,seconds_elapsed,z", *lines])
    seen = understand(made.folder(tmp_path, files))
    assert seen.found.classes == ("idle", "wave") and seen.found.x.shape[3] == 1 and seen.found.sampling_hz == 100
    assert said in seen.words and "tells the time once more" in seen.words and "by recording" in seen.split


def sensor(titles, rate, seconds, frequency, start=17 * 10**17, step=10**9):
    """A table of a sensor app: two clocks and a wave for each title, as many of a second as its sensor gives."""
    lines = []
    for j in range(int(rate * seconds)):
        t = j / rate
        waves = (f"{np.sin(2 * np.pi * frequency * t + k):.4f}" for k in range(len(titles)))
        lines.append(f"{start + round(t * step)},{t:.3f},{','.join(waves)}")
    return "\n".join([f"time,seconds_elapsed,{','.join(titles)}", *lines]) + "\n"


def phone(labels=("idle", "wave"), each=3, **more):
    """Recordings of two sensors of which one is slower and begins later, as a phone's app exports them."""
    files = {}
    for label in labels:
        for i in range(each):
            folder, begin = f"{label}-2026-11-2{i}_10-30-0{i}", 17 * 10**17 + i * 10**13
            files[f"{folder}/Accelerometer.csv"] = sensor(("z", "y", "x"), 100, 6, 1 + labels.index(label), begin)
            files[f"{folder}/Gyroscope.csv"] = sensor(("z", "y"), 50, 5, 1 + labels.index(label), begin + 10**9 // 2)
            files[f"{folder}/Metadata.csv"] = "version,device\n3,phone\n"
    return files | more


def test_sensors_of_one_recording_are_joined_on_their_clock(tmp_path):
    seen = understand(made.folder(tmp_path, phone()))
    assert seen.found.classes == ("idle", "wave") and seen.found.sampling_hz == 100 and seen.found.x.shape[3] == 5
    assert "Accelerometer z, Accelerometer y, Accelerometer x, Gyroscope z, Gyroscope y" in seen.words
    assert (
        "The tables of a folder are one recording" in seen.words
        and "like no sensor of motion were left out: 6" in seen.words
    )
    assert len(np.unique(seen.found.groups)) == 6
    # The gyroscope's wave began half a second later: at 1 Hz it is turned by half, at 2 Hz it is as the accelerometer's.
    for label, sign in ((0, -1), (1, 1)):
        x = seen.found.x[seen.found.y == label][0, 0]
        assert np.abs(x[:, 3] - sign * x[:, 0]).max() < 0.15


def test_sensors_that_some_recordings_lack_or_without_a_clock_are_refused(tmp_path):
    lacking = phone(**{"idle-2026-11-29/Accelerometer.csv": sensor("zyx", 100, 6, 1)})
    with pytest.raises(DataError, match=r"got accelerometer in idle-2026-11-29\. Remove the tables"):
        understand(made.folder(tmp_path / "a", lacking))
    no_clock = {name: text.replace("time,seconds_elapsed", "n,m") for name, text in phone().items()}
    with pytest.raises(DataError, match="expected a column of time, in numbers that rise"):
        understand(made.folder(tmp_path / "b", no_clock))
    apart = {name: text.replace("\n17", "\n18") if "Gyro" in name else text for name, text in phone().items()}
    with pytest.raises(DataError, match="nothing in common"):
        understand(made.folder(tmp_path / "c", apart))


@pytest.mark.parametrize(
    "lines", ["t,ax,ay\n0,0,126,-1,132\n1,0,640,0,105\n", "ax\tay\n1\t0.5\t0.7\n2\t0.1\t0.2\n", "a,b\n1,2,3\n4,5,6\n"]
)
def test_lines_longer_than_their_titles_are_never_cut(tmp_path, lines):
    with pytest.raises(DataError, match="got longer ones"):
        understand(made.folder(tmp_path, {f"{name}.csv": lines for name in ("a1", "b1")}), form="CSV recordings")


def test_channels_of_a_test_table_are_those_of_the_training_table(tmp_path):
    titles = [f"{axis}_{i}" for axis in "xyz" for i in range(30)]
    text, values = wide_table(titles)
    turned = "\n".join(",".join(reversed(line.split(","))) for line in text.splitlines())
    seen = understand(made.folder(tmp_path, {"w_train.csv": text, "w_test.csv": turned}))
    np.testing.assert_array_equal(seen.found.x[60:], seen.found.x[:60])
    np.testing.assert_array_equal(seen.found.x[:60, 0, :, 2], values[:, 60:])


@pytest.mark.parametrize(
    ("first", "step", "hz"),
    [(84_512_345_678_901, 20_000_000, 50), (1_300_000_000, 20_000, 50), (200_000_000_000, 10_000, 100)],
)
def test_clocks_since_the_start_of_a_device_are_not_dates(tmp_path, first, step, hz):
    text = "timestamp,ax\n" + "\n".join(f"{first + step * i},{np.sin(i):.3f}" for i in range(900))
    seen = understand(made.folder(tmp_path, {f"{name}.csv": text for name in ("a1", "a2", "b1", "b2")}))
    assert seen.found.sampling_hz == hz


def test_pandas_titles_of_a_table_without_names_are_no_sample(tmp_path):
    rows = [",".join([str(i % 2), *(f"{v:.3f}" for v in RANDOM.normal(size=20))]) for i in range(40)]
    text = "\n".join([",".join(map(str, range(21))), *rows])
    seen = understand(made.folder(tmp_path, {"toy_TRAIN.csv": text, "toy_TEST.csv": text}))
    assert len(seen.found.x) == 80 and seen.found.classes == ("0", "1")


def test_places_and_arrays_of_nothing_are_refused(tmp_path):
    with pytest.raises(DataError, match="no such user"):
        understand("~no-such-person/data.npz")
    with pytest.raises(DataError, match="expected samples, got none"):
        understand(made.npz(tmp_path / "a.npz", X=np.zeros((40, 0)), y=np.arange(40) % 2))


def test_classes_that_cannot_be_printed_are_refused(tmp_path):
    with pytest.raises(DataError, match="control signs"):
        understand(made.folder(tmp_path / "odd", made.pictures(classes=("a\x07b", "c"))))
    joined = ("\u200dhalf", "no\u00a0break")
    assert understand(made.folder(tmp_path / "joined", made.pictures(classes=joined))).found.classes == tuple(sorted(joined))


def test_pictures_and_sounds_without_folders_are_named_by_what_comes_before_a_point(tmp_path):
    files = {f"{label}.{n}.png": made.picture(n) for label in ("cat", "dog") for n in range(8)}
    seen = understand(made.folder(tmp_path / "pictures", files))
    assert seen.found.classes == ("cat", "dog") and "up to its first point" in seen.words
    files = {f"{part}/{label}.{n}a.wav": made.wav(n) for n in range(8) for part in ("training", "testing") for label in "ab"}
    seen = understand(made.folder(tmp_path / "sounds", files))
    assert seen.found.classes == ("a", "b") and (len(seen.train), len(seen.test)) == (16, 16)
    files = {"data.yaml": "names: [cat]\n"}
    for n in range(12):
        files[f"img{n // 3}_jpg.rf.{n}.png"] = made.picture(n)
        files[f"img{n // 3}_jpg.rf.{n}.txt"] = "0 0.5 0.5 0.2 0.4\n"
    assert understand(made.folder(tmp_path / "boxes", files)).found.form == "YOLO"


def test_archives_of_older_packers_are_read(tmp_path):
    files = {name.replace("/", "\\"): content for name, content in made.pictures(classes=("cat", "dog")).items()}
    assert understand(made.zipped_by_windows(tmp_path / "a.zip", files)).found.classes == ("cat", "dog")
    path = made.zipped(tmp_path / "b.zip", made.pictures(classes=("gr__n", "10:30")))
    path.write_bytes(path.read_bytes().replace(b"gr__n", "gr\u00fcn".encode()))  # UTF-8 that does not say so, as a Mac's
    assert understand(path).found.classes == ("10:30", "gr\u00fcn")


def test_parts_without_folders_of_classes_are_no_classes(tmp_path):
    flat = {f"{part}/{i}.png": made.picture(i) for part in ("train", "test1") for i in range(6)}
    with pytest.raises(DataError, match="expected folders of classes inside test1 and train"):
        understand(made.folder(tmp_path / "flat", flat))


def test_blanks_separate_where_nothing_else_does(tmp_path):
    text = "ax ay az\n" + "\n".join(f"{np.sin(i):.3f}   {np.cos(i):.3f} {i % 7}" for i in range(700))
    seen = understand(made.folder(tmp_path, {f"{name}.txt": text for name in ("a1", "a2", "b1", "b2")}), window=64)
    assert "Channels: ax, ay, az." in seen.words and seen.found.x[0, 0, :9, 2].tolist() == [i % 7 for i in range(9)]


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({"a/1.mp3": "ID3", "b/1.mp3": "ID3"}, "sound is read from WAV"),
        ({"1.png": made.picture(), "a.xml": "<annotations><image/></annotations>"}, "CVAT's own XML"),
        ({"1.png": made.picture(), "1.json": '{"shapes": []}'}, "exported as COCO"),
        ({"a1.txt": "ax:1\nax:2\n", "b1.txt": "ax:1\nax:2\n"}, "something else between the numbers"),
    ],
)
def test_what_other_programs_keep_is_refused_with_a_way_on(tmp_path, files, message):
    with pytest.raises(DataError, match=message):
        understand(made.folder(tmp_path, files))


def test_missing_values_are_not_filled_in_from_another_person(tmp_path):
    """Person 2's sensor is dead: the lines go, instead of lying between those of persons 1 and 3."""
    lines = ["t_ms,ax,ay,label,subject"]
    for person in range(7):
        for label in "ab":
            for _ in range(100):
                i = len(lines)
                dead = person == 2 or (person == 4 and label == "b" and i % 100 < 40) or i % 97 == 0
                lines.append(f"{20 * i},{'' if dead else person},{np.sin(i):.3f},{label},p{person}")
    seen = understand(made.folder(tmp_path, {"a.csv": "\n".join(lines)}) / "a.csv", window=16, step=16)
    values = [seen.found.x[seen.found.groups == name, 0, :, 0] for name in set(seen.found.groups)]
    assert all(np.ptp(one) == 0 for one in values)  # every person's value is its own
    windows = 100 // 16
    whole = {person: 2 * windows for person in (0, 1, 3, 5, 6)}
    assert {int(one[0, 0]): len(one) for one in values} == whole | {4: windows + 60 // 16}
    text = " ".join(seen.found.warnings)
    assert "239 lines without a value, from data line 401 on, were left out" in text
    assert "missing values were filled in from their neighbours" in text


def test_sensors_whose_names_begin_with_t_are_no_clock(tmp_path):
    seen = understand(made.folder(tmp_path, recordings("t_acc_x,t_acc_y", noise)))
    assert seen.found.x.shape[3] == 2 and seen.found.sampling_hz is None
    seen = understand(made.folder(tmp_path / "two", recordings("T (C),ax", noise)))
    assert seen.found.x.shape[3] == 2


@pytest.mark.parametrize("title", ["Subject ID", "participant_id", "series_id", "id"])
def test_people_are_known_by_other_names_too(tmp_path, title):
    lines = [f"{p},{20 * i},{noise(p, i)},{'ab'[i // 150]}" for p in range(6) for i in range(300)]
    text = f"{title},t_ms,ax,ay,activity_id\n" + "\n".join(lines)
    seen = understand(made.folder(tmp_path, {"a.csv": text}) / "a.csv")
    assert seen.found.x.shape[3] == 2 and f"by {title}" in seen.split and seen.found.classes == ("a", "b")


def test_semicolons_and_decimal_commas_without_a_title_row(tmp_path):
    line = lambda n, i: f"{i};{noise(n, i, 1).replace('.', ',')};{n},5"  # noqa: E731
    files = {name: text.partition("\n")[2] for name, text in recordings("", line).items()}
    seen = understand(made.folder(tmp_path / "set", files))
    assert seen.found.x.shape[3] == 3 and set(seen.found.x[:, 0, 0, 2]) == {n + 0.5 for n in range(8)}
    labelled = recordings("0;-1,5;0,25;walk", lambda n, i: f"{i + 1};{noise(n, i, 1).replace('.', ',')};0,5;{'ab'[n % 2]}")
    with pytest.raises(DataError, match="column 4"):  # which column is the label is to be said
        understand(made.folder(tmp_path / "labelled", labelled) / "sit_0.csv", label_column="label")


@pytest.mark.parametrize("groups", [np.float64, bytes, "column"])
def test_people_of_an_archive_are_known_however_they_are_kept(tmp_path, groups):
    people = np.repeat(np.arange(6), 10)
    people = people[:, None] if groups == "column" else people.astype("S1" if groups is bytes else groups)
    x = np.random.default_rng(0).normal(size=(60, 40, 3))
    np.savez(tmp_path / "a.npz", X=x, y=np.arange(60) % 2, subject_id=people)
    seen = understand(tmp_path / "a.npz")
    assert "by group" in seen.split and not set(np.arange(60)[seen.train] // 10) & set(np.arange(60)[seen.test] // 10)
    np.savez(tmp_path / "b.npz", X=x, y=np.arange(60) % 2, subject=np.arange(6))
    with pytest.raises(DataError, match="subject: expected the person or recording of each of the 60 samples"):
        understand(tmp_path / "b.npz")


def test_people_of_both_parts_of_an_archive_are_known(tmp_path):
    x = np.random.default_rng(0).normal(size=(80, 40, 3))
    whole = {"x_train": x[:60], "y_train": np.arange(60) % 2, "x_test": x[60:], "y_test": np.arange(20) % 2}
    np.savez(tmp_path / "a.npz", **whole, subject_train=np.repeat(range(6), 10), subject_test=np.repeat((6, 7), 10))
    seen = understand(tmp_path / "a.npz")
    assert len(seen.train) == 60 and len(np.unique(seen.groups)) == 6
    assert len({seen.groups[i] for i in range(10)}) == 1 and np.unique(seen.found.groups[seen.test]).tolist() == [6, 7]
    np.savez(tmp_path / "b.npz", **whole, subject_train=np.repeat(range(6), 10))
    assert understand(tmp_path / "b.npz").groups is None


def test_a_turned_tiff_stands_upright(tmp_path):
    picture = Image.fromarray(np.arange(60 * 20, dtype=np.uint16).reshape(20, 60).astype(np.uint8))
    for label in "ab":
        (tmp_path / "set" / label).mkdir(parents=True)
        for n in range(12):
            picture.save(tmp_path / "set" / label / f"{n}.tif", tiffinfo={274: 6})
    assert understand(tmp_path / "set").found.x.shape[1:] == (60, 20, 1)


def test_whole_numbers_in_the_first_line_are_titles_only_a_step_apart(tmp_path):
    lines = ["\n".join(f"{n * 7 % 50},{n * 3 % 40},{n % 30},{'ab'[n // 200]}" for n in range(k, k + 350)) for k in (5, 6)]
    seen = understand(made.folder(tmp_path / "bare", {"r1.csv": lines[0], "r2.csv": lines[1]}), label_column="column 4")
    assert seen.words.count("column 1, column 2, column 3") == 1
    titled = made.folder(tmp_path / "titled", {f"r{n}.csv": f"400,410,420,label\n{text}" for n, text in enumerate(lines)})
    assert understand(titled).words.count("Channels: 400, 410, 420.") == 1


# ---- sound


def test_one_sound_at_a_time_is_held_in_memory(tmp_path):
    place = made.folder(tmp_path, {f"{'ab'[n % 2]}/{n}.wav": made.wav(n) for n in range(300)})
    tracemalloc.start()
    seen = understand(place)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert seen.found.x.shape[0] == 300 and most < 300 * 8000 * 4  # of float32, as all sounds would need


@pytest.mark.parametrize("kind", ["u8", "i16", "i24", "i32", "f32"])
def test_wav_of_every_width_gives_the_same_sound(kind):
    from scipy.io import wavfile

    sound = np.round(np.sin(np.arange(4000) / 9) * 100) / 128
    file = io.BytesIO()
    if kind == "i24":
        values = (sound * 2**23).astype("<i4")
        content = bytearray(made.wav(samples=4000, width=3))
        content[-12000:] = values.view(np.uint8).reshape(-1, 4)[:, :3].tobytes()
        file = io.BytesIO(content)
    else:
        made_of = {"u8": (sound * 128 + 128).astype(np.uint8), "i16": (sound * 2**15).astype(np.int16),
                   "i32": (sound * 2**31).astype(np.int32), "f32": sound.astype(np.float32)}[kind]  # fmt: skip
        wavfile.write(file, 8000, made_of)
    rate, found, channels = read_wav(file.getvalue(), "a.wav")
    assert (rate, channels) == (8000, 1)
    np.testing.assert_allclose(found, sound, atol=1e-6)


def test_sound_becomes_the_features_of_its_own_front_end(tmp_path, cache):
    files = {f"{label}/{i}.wav": made.wav(i, 8000) for label, add in (("no", 0), ("yes", 50)) for i in range(add, add + 5)}
    seen = understand(made.folder(tmp_path / "set", files), features="mfcc")
    front = seen.found.front_end
    assert (front.kind, front.sampling_hz, front.samples, front.width) == ("mfcc", 8000, 8000, 13)
    rate, sound, _ = read_wav(files["no/0.wav"], "a")
    np.testing.assert_array_equal(seen.found.x[0, 0], features(resampled(sound, rate, 8000)[None], front)[0])
    data, _, _ = kept(seen)
    assert data.card.front_end == front and data.card.shape == (1, front.frames, 13)


def test_stereo_other_rates_odd_lengths_and_speakers(tmp_path):
    files = {f"{label}/{speaker:08x}_nohash_{i}.wav": made.wav(50 * speaker + 10 * i + (label == "b"), 16000, 16000)
             for label in "ab" for speaker in range(4) for i in range(2)}  # fmt: skip
    files["a/00000000_nohash_0.wav"] = made.wav(1, 22050, 44100, channels=2)
    files["b/00000001_nohash_0.wav"] = made.wav(2, 40000, 16000)
    seen = understand(made.folder(tmp_path / "set", files))
    assert "by speaker" in seen.split and len(seen.found.x) == 17
    for words in ("several channels", "brought to 16000 Hz", "shorter than 1 s end in silence", "cut into clips"):
        assert words in seen.words
    assert not set(seen.found.groups[seen.train]) & set(seen.found.groups[seen.test])
    files |= {f"_background_noise_/{n}.wav": made.wav(200 + n, 16000, 16000) for n in range(6)}
    assert "by speaker" in understand(made.folder(tmp_path / "noise", files)).split

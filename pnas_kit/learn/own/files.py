"""The files of a folder, a zip archive or a single file: read one by one into memory, never unpacked to disk."""

import gzip
import io
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path, PurePosixPath

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.own import limits

_BLOCK = 1 << 20
_LOOKED_AT = 5
_ABOUT = re.compile(r"(readme|licen[sc]e)([^.]*\.(txt|md|rst|html|pdf))?", re.IGNORECASE)
_DRIVE = re.compile("[A-Za-z]:")
_UTF8, _WINDOWS = 0x800, 0
"""In the head of a zip archive's member: its name is UTF-8; who made it."""
_JUNK = ("__MACOSX", "Thumbs.db", "desktop.ini")

PACKED = b"\x1f\x8b"
"""What gzip begins a file with."""


class Files:
    """Names (with /) and contents of the files below one place.

    Attributes:
        title: What messages call it: the folder's or the file's name.
        names: All files, in alphabetical order, without hidden ones; below a single outer folder, without its name.
        left_out: Links that were not followed.
    """

    def __init__(self, path: Path) -> None:
        self.title = path.name or str(path)
        self.left_out: list[str] = []
        self._archive: zipfile.ZipFile | None = None
        if path.is_dir():
            self._places: dict = {name: file for name, file in self._walk(path)}
        elif not path.is_file():
            raise DataError(f"{path}: there is no such file or folder. Check the spelling.")
        elif path.suffix.lower() != ".npz" and zipfile.is_zipfile(path):
            self._places = self._members(path)
        else:
            self._places = {path.name: path}
        self._outer = _outer(list(self._places)) if path.is_dir() or self._archive else ""
        self.names = tuple(sorted(name.removeprefix(self._outer) for name in self._places))
        if not self.names:
            raise DataError(f"{self.title}: expected files, got none. Choose another folder or archive.")

    def close(self) -> None:
        """Lets go of the archive."""
        if self._archive:
            self._archive.close()

    def with_suffix(self, *suffixes: str) -> list[str]:
        """Names that end so, in capitals or not."""
        return [name for name in self.names if name.lower().endswith(suffixes)]

    def any_says(self, names: list[str], says: Callable[[str], bool]) -> bool:
        """Whether the text of one of the files does; the largest few are looked at, and one that is no text says nothing."""
        for name in sorted(names, key=self.size, reverse=True)[:_LOOKED_AT]:
            try:
                if says(self.text(name)):
                    return True
            except DataError:
                continue
        return False

    def size(self, name: str) -> int:
        """Bytes of a file, unpacked, as its folder or archive promises."""
        found = self._places[self._outer + name]
        return found.file_size if isinstance(found, zipfile.ZipInfo) else found.stat().st_size

    def read(self, name: str, most: int = limits.FILE_BYTES) -> bytes:
        """The contents of a file; one packed by gzip is unpacked.

        Raises:
            DataError: Too large, unreadable or damaged.
        """
        place, large = self._places[self._outer + name], f"{name}: larger than {most / 2**20:,.0f} MiB. Split the data."
        try:
            if self.size(name) > most:
                raise DataError(large)
            if isinstance(place, zipfile.ZipInfo):
                with self._archive.open(place) as file:
                    content = file.read(most + 1)
            else:
                content = place.read_bytes()
        except (OSError, EOFError, zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError) as error:
            raise DataError(f"{name}: cannot be read ({error}). Make the file or the archive anew.") from error
        if len(content) > most:
            raise DataError(large)
        return unpacked(content, name, most) if content.startswith(PACKED) else content

    def text(self, name: str, most: int = limits.FILE_BYTES // 4) -> str:
        """The contents of a text file, UTF-8 (or, where it is not, Latin-1), without a byte order mark.

        Raises:
            DataError: As `read`, or it holds zero bytes as no text does.
        """
        content = self.read(name, most)
        if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
            try:
                return content.decode("utf-16")
            except UnicodeDecodeError as error:
                raise DataError(f"{name}: expected UTF-16 text, got {error}. Save it as UTF-8.") from error
        if b"\0" in content:
            raise DataError(f"{name}: expected text, got a file with zero bytes. Is it of another format?")
        try:
            return content.decode("utf-8-sig")
        except UnicodeDecodeError:
            return content.decode("latin-1")

    def _walk(self, root: Path):
        count = 0
        for place, inner, files in os.walk(root):
            folder = Path(place)
            inner[:] = sorted(name for name in inner if not _junk(name))
            for name in list(inner):
                if (folder / name).is_symlink():
                    inner.remove(name)
                    self.left_out.append(name)
            for name in sorted(files):
                path = folder / name
                if path.is_symlink() or not path.is_file():
                    self.left_out.append(name)
                elif not _junk(name):
                    count += 1
                    _enough(count, self.title)
                    yield path.relative_to(root).as_posix(), path

    def _members(self, path: Path) -> dict:
        try:
            self._archive = zipfile.ZipFile(path)
            members = self._archive.infolist()
        except (OSError, zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise DataError(f"{path.name}: expected a zip archive, got a damaged one ({error}). Make it anew.") from error
        try:
            return _checked(members, path.name)
        except DataError:
            self._archive.close()
            raise


def unpacked(content: bytes, name: str, most: int) -> bytes:
    """What gzip packed, if that is at most `most` bytes.

    Raises:
        DataError: Larger, or damaged.
    """
    most = min(most, max(limits.RATIO_FROM, limits.RATIO * len(content)))
    blocks, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as file:
            while size <= most and (block := file.read(_BLOCK)):
                blocks.append(block)
                size += len(block)
    except (OSError, EOFError, zlib.error) as error:
        raise DataError(f"{name}: expected a whole gzip file, got a damaged one ({error}). Make it anew.") from error
    if size > most:
        raise DataError(f"{name}: unpacks to more than {most / 2**20:,.0f} MiB. Is this the right file?")
    return b"".join(blocks)


def _checked(members: list[zipfile.ZipInfo], title: str) -> dict:
    """The members by name, once none of them is a trap."""
    found, total = {}, 0
    for member in members:
        name = _name(member)
        parts = PurePosixPath(name).parts
        if "\\" in name or name.startswith("/") or ".." in parts or _DRIVE.match(name) or "\0" in name:
            raise DataError(f"{title}: the member {name!r} leads out of the archive. Do not use it; get it from elsewhere.")
        if stat.S_ISLNK(member.external_attr >> 16):
            raise DataError(f"{title}: the member {name!r} is a link. Pack the file itself.")
        if member.flag_bits & 1:
            raise DataError(f"{title}: the member {name!r} is locked by a password. Pack it without one.")
        if name.endswith("/") or any(_junk(part) for part in parts):
            continue
        if name in found:
            raise DataError(f"{title}: there are two members {name!r}. Make the archive anew.")
        if member.file_size > limits.RATIO_FROM and member.file_size > limits.RATIO * max(member.compress_size, 1):
            raise DataError(
                f"{title}: the member {name!r} unpacks from {member.compress_size:,} to {member.file_size:,} bytes, as zip "
                "bombs do. If it is meant so, give the folder unpacked."
            )
        total += member.file_size
        found[name] = member
        _enough(len(found), title)
    if total > limits.TOTAL_BYTES:
        raise DataError(f"{title}: unpacks to {total / 2**30:.1f} GiB, more than {limits.TOTAL_BYTES / 2**30:.0f} GiB.")
    return found


def _name(member: zipfile.ZipInfo) -> str:
    """The member's path, also as older packers write it: UTF-8 without saying so, and Windows' strokes between folders."""
    name = member.filename
    if not member.flag_bits & _UTF8:
        with suppress(UnicodeError):  # then the code page that the format prescribes is meant
            name = name.encode("cp437").decode("utf-8")
    return name.replace("\\", "/") if member.create_system == _WINDOWS else name


def _enough(count: int, title: str) -> None:
    if count > limits.FILES:
        raise DataError(
            f"{title}: more than {limits.FILES:,} files. Choose the folder of the data set itself, or less of it."
        )


def _junk(name: str) -> bool:
    return name.startswith(".") or name in _JUNK or bool(_ABOUT.fullmatch(name))


def _outer(names: list[str]) -> str:
    """The one folder that holds everything, with its /, as packing a folder makes it; "" where there is none."""
    first = {name.split("/")[0] for name in names}
    if len(first) != 1 or any("/" not in name for name in names):
        return ""
    outer = f"{first.pop()}/"
    inside = [name.removeprefix(outer) for name in names]
    # A folder with files right in it is a class, or one recording's place: its name may say something.
    return outer + _outer(inside) if all("/" in name for name in inside) else ("" if _flat(inside) else outer)


def _flat(names: list[str]) -> bool:
    return all("/" not in name for name in names)

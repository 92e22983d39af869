"""Real servers on loopback for tests and benchmarks: a Dask scheduler with workers, and PostgreSQL."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
DASK = {
    "OMP_NUM_THREADS": "1",
    "PYTHONPATH": str(ROOT),
    "DASK_DISTRIBUTED__COMM__TIMEOUTS__CONNECT": "3s",  # how long the scheduler calls a dead worker
}


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


class DaskCluster:
    """A scheduler and its workers, each a process of its own."""

    def __init__(self, workers: int = 2) -> None:
        self.address = f"tcp://127.0.0.1:{free_port()}"
        port = self.address.rpartition(":")[2]
        self.scheduler = self._start("scheduler", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
        self.workers = [self.add_worker() for _ in range(workers)]

    def add_worker(self, **environment: str) -> subprocess.Popen:
        return self._start("worker", self.address, "--nthreads", "1", "--no-nanny", "--no-dashboard", **environment)

    def _start(self, *arguments: str, **environment: str) -> subprocess.Popen:
        variables = os.environ | DASK | environment
        return subprocess.Popen(
            [sys.executable, "-m", "dask", *arguments],
            env=variables,
            cwd=variables["PYTHONPATH"],  # Python looks there first
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )

    def stop(self) -> None:
        for process in [*self.workers, self.scheduler]:
            process.kill()
            process.wait()


@contextmanager
def dask_cluster(workers: int = 2):
    made = DaskCluster(workers)
    try:
        yield made
    finally:
        made.stop()


def postgres_programs() -> Path | None:
    """The folder of the newest PostgreSQL server's programs, which Debian keeps out of the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    return found[-1].parent if found else Path(on_path).parent if on_path else None


class Postgres:
    """A database server with its data in a folder of its own, open to loopback only."""

    def __init__(self, folder: Path) -> None:
        self._programs, self._data, self.port = postgres_programs(), folder / "data", free_port()
        # The server refuses to run as root.
        self._as = ["runuser", "-u", "postgres", "--"] if hasattr(os, "geteuid") and os.geteuid() == 0 else []
        if self._as:
            shutil.chown(folder, "postgres")
        self._do("initdb", "-D", self._data, "-U", "search", "-A", "trust", "--no-sync")
        self.start()

    @property
    def address(self) -> str:
        return f"postgresql://search@127.0.0.1:{self.port}/postgres"

    def start(self) -> None:
        settings = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories="
        self._do("pg_ctl", "-D", self._data, "-o", settings, "-l", self._data / "log", "-w", "start")

    def kill(self) -> None:
        """End every process of the server at once, as a power cut would."""
        first = psutil.Process(int(self._read("postmaster.pid").split()[0]))
        for process in [first, *first.children(recursive=True)]:
            process.kill()
        first.wait(10)

    def stop(self) -> None:
        self._do("pg_ctl", "-D", self._data, "-m", "immediate", "-w", "stop", check=False)  # it may have been killed

    def _read(self, name: str) -> str:
        return (self._data / name).read_text()

    def _do(self, program: str, *arguments, check: bool = True) -> None:
        command = [*self._as, str(self._programs / program), *map(str, arguments)]
        subprocess.run(
            command, check=check, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )


@contextmanager
def postgres():
    with tempfile.TemporaryDirectory() as folder:
        server = Postgres(Path(folder))
        try:
            yield server
        finally:
            server.stop()

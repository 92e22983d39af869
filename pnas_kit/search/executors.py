"""Who evaluates and trains: processes of this machine, or the workers of a Dask cluster.

Both are `concurrent.futures` executors, and so is anything else that a caller of `search` brings.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import multiprocessing
import os
import pickle
import platform
import re
import threading
import time
import warnings
from collections.abc import Callable
from concurrent.futures import CancelledError, Executor, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from functools import lru_cache
from pathlib import Path
from typing import Any

ADDRESS = re.compile(r"(tcp|tls)://[^\s/:@]+:\d{1,5}|(tcp|tls)://\[[0-9A-Fa-f:]+\]:\d{1,5}")
CONNECT_SECONDS = 10
LOOK_SECONDS = 1.0
"""How often whoever waits for a cluster looks whether it is still there."""
PATIENCE_SECONDS = 30.0
"""How long a cluster may be without any worker: time enough for lost ones to be started again."""
PACKAGES = ("torch", "numpy", "optuna", "timm", "prototypenas-workbench")
INSTALL = "pip install -c constraints.txt -e '.[cluster]'"


class ClusterError(RuntimeError):
    """A cluster cannot do the work; what is finished is kept."""


def check_address(address: str) -> None:
    """Raise ValueError unless `address` is empty (this machine) or a Dask scheduler's."""
    if address and not ADDRESS.fullmatch(address):
        raise ValueError(f"executor is empty (this machine) or a Dask scheduler such as 'tcp://host:8786', got {address!r}")


def executor_for(address: str) -> AbstractContextManager[Cluster | None]:
    """The cluster at an address; None, in its place, where the address is empty."""
    return Cluster(address) if address else nullcontext()


def local_pool(workers: int, initializer: Callable | None = None, *initial: Any) -> ProcessPoolExecutor:
    """Processes that end with this one, even where it is killed."""
    context = multiprocessing.get_context("spawn")
    return ProcessPoolExecutor(workers, mp_context=context, initializer=_begin, initargs=(initializer, initial))


def _begin(initializer: Callable | None, initial: tuple) -> None:
    threading.Thread(target=_leave_with_parent, daemon=True).start()
    if initializer is not None:
        initializer(*initial)


def _leave_with_parent() -> None:
    """A worker whose parent was killed would otherwise wait for work for ever."""
    multiprocessing.parent_process().join()
    os._exit(1)


class Cluster(Executor):
    """A Dask cluster as an executor.

    A lost worker's tasks are given to another by Dask. Workers must have the packages and the source of this process,
    so that they find what it would find.

    Args:
        address: of the scheduler, "tcp://host:port".
        patience: seconds that the cluster may be without any worker.

    Raises:
        ClusterError: no scheduler answers, no worker comes, or a worker has other versions.
    """

    def __init__(self, address: str, patience: float = PATIENCE_SECONDS) -> None:
        check_address(address)
        try:
            from distributed import Client
        except ImportError as error:
            raise ClusterError(f"a cluster needs the package `distributed`, which is not installed: {INSTALL}") from error
        self.address, self._patience = address, patience
        try:
            self._client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise ClusterError(f"no Dask scheduler answers at {address}: start it, or correct the address") from error
        self._executor = self._client.get_executor(pure=False)
        self._manned = time.monotonic()
        try:
            while not self._workers():
                self.check()
                time.sleep(0.1)
            self._compare_versions()
        except BaseException:
            self.shutdown()
            raise

    def submit(self, function: Callable, /, *arguments: Any) -> Future:
        """Have `function(*arguments)` computed by a worker; what `share` gave arrives there as its value."""
        return self._executor.submit(_perform, fingerprint(), function, *arguments)

    def share(self, value: bytes) -> Any:
        """Something to submit in the place of `value`, so that it travels to each worker once and not with every task.

        It is the result of a task rather than scattered data: Dask makes it again when all who held it are lost.
        """
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "Sending large graph")
            return self._client.submit(bytes, value, pure=False)

    def result(self, future: Future) -> Any:
        """What a submitted task returned.

        Raises:
            ClusterError: the cluster, or whoever worked on this task, is gone.
        """
        from distributed import KilledWorker

        while not wait([future], timeout=LOOK_SECONDS).done:
            self.check()
        try:
            return future.result()
        except KilledWorker as error:
            raise ClusterError(
                "one and the same task ended several workers of the cluster, which usually means that their memory ran "
                "out: give each more, then resume"
            ) from error
        except (CancelledError, OSError) as error:
            raise ClusterError(self._gone("has dropped the work")) from error
        except ModuleNotFoundError as error:
            raise ClusterError(
                f"a worker of the cluster lacks a package ({error}): install it there, then resume"
            ) from error

    def check(self) -> None:
        """Raise ClusterError when there has been no worker for too long, or no scheduler is there."""
        if self._workers():
            self._manned = time.monotonic()
        elif time.monotonic() - self._manned > self._patience:
            raise ClusterError(self._gone(f"has had no worker for {self._patience:.0f} s"))

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Let go of the cluster, which drops what it has not finished; it goes on for others."""
        self._client.close(timeout=2)

    def _workers(self) -> int:
        try:
            return self._client.scheduler_info(n_workers=0)["n_workers"]
        except (OSError, TimeoutError, CancelledError, RuntimeError, KeyError) as error:
            raise ClusterError(self._gone("does not answer any more")) from error

    def _gone(self, what: str) -> str:
        return (
            f"the cluster at {self.address} {what}. Everything finished is kept: start its scheduler and workers again, "
            "then resume"
        )

    def _compare_versions(self) -> None:
        try:
            found = self._client.run(fingerprint)
        except Exception as error:  # Dask raises nothing more specific
            raise ClusterError(f"a worker of the cluster cannot run this program ({error}): install it there") from error
        for worker, theirs in found.items():
            _expect(fingerprint(), theirs, worker)


@lru_cache(1)
def fingerprint() -> dict[str, str]:
    """What must be equal wherever trials are evaluated: versions, and a digest of this package's source."""
    root = Path(__file__).parents[1]
    source = b"".join(path.read_bytes() for path in sorted(root.rglob("*.py")))
    found = {"python": platform.python_version(), "source of pnas_kit": hashlib.sha256(source).hexdigest()[:12]}
    for package in PACKAGES:
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            found[package] = "none"
    return found


def _expect(ours: dict[str, str], theirs: dict[str, str], where: str) -> None:
    wrong = [f"{name} is {theirs.get(name, 'none')}, here {ours[name]}" for name in ours if ours[name] != theirs.get(name)]
    if wrong:
        raise ClusterError(
            f"worker {where} would not compute what this machine computes: {'; '.join(wrong)}. "
            "Install the same versions there, then start again"
        )


_one_at_a_time = threading.Lock()
"""A worker may have been started with several threads, but torch's number of threads belongs to the process."""


def _perform(ours: dict[str, str], function: Callable, *arguments: Any) -> Any:
    """On a worker: the task, unless this worker, which may have joined late, has other versions."""
    _expect(ours, fingerprint(), platform.node())
    with _one_at_a_time:
        return function(*arguments)


def share(executor: Executor, value: Any) -> Any:
    """What to submit in the place of `value`; `shared` opens it on the worker."""
    packed = pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    return executor.share(packed) if isinstance(executor, Cluster) else packed


@lru_cache(2)
def shared(packed: bytes) -> Any:
    """The value that `share` packed, unpacked once in each process."""
    return pickle.loads(packed)


def result(executor: Executor, future: Future) -> Any:
    """What a task submitted to `executor` returned."""
    return executor.result(future) if isinstance(executor, Cluster) else future.result()

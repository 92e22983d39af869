"""The runner's side of a run's small files: it writes the status and obeys the wishes left in the folder."""

from __future__ import annotations

import multiprocessing
import os
import threading
import time
from dataclasses import asdict, replace

import psutil

from .folder import write_json
from .queue import Place
from .quota import Quota
from .records import Status
from .run import Run

LOOK_SECONDS = 0.05
LIMITS_SECONDS = 3.0
"""How often it is looked whether the run keeps within its limits."""
WRITE_SECONDS = 0.2
GRACE_SECONDS = 0.3
"""Time that the main thread has, once its workers are gone, to finish what it is writing."""


class Reporter:
    """Keeps `status.json` true, and ends this process when a file `stop` appears or a limit is reached.

    Ending is abrupt on purpose: every record is written so that it survives a kill at any moment, so a stop need not wait
    for the work in hand.
    """

    def __init__(self, run: Run, phase: str) -> None:
        me = psutil.Process()
        self._run = run
        self._lock = threading.Lock()
        self._closed = False
        self._written = 0.0
        self._begun = 0.0  # when its turn came
        self._status = Status(phase=phase, state="starting", pid=me.pid, started=me.create_time())
        self.update(message="starting")
        threading.Thread(target=self._watch, daemon=True).start()

    def update(self, **changes) -> None:
        """Change fields of the status; written at once when the state changes, else a few times a second."""
        with self._lock:
            if self._closed:
                return
            before, self._status = self._status, replace(self._status, **changes)
            pressing = before.state != self._status.state or self._status.state not in ("running", "paused")
            if pressing or time.monotonic() - self._written > WRITE_SECONDS:
                self._write()

    def finish(self, state: str, error: str | None = None, message: str = "") -> None:
        """Write the last status; what another thread would say after it is not said."""
        with self._lock:
            if not self._closed:
                self._status = replace(self._status, state=state, error=error, seconds_left=None, message=message)
                self._write()
                self._closed = True

    def wait_for_turn(self, place: Place) -> None:
        """Wait in the queue, visibly, and begin when it is our turn."""
        for words in place.wait():
            if words != self._status.message:
                self.update(state="queued", message=words)
        self._begun = time.monotonic()
        self.update(state="running", message="starting")
        self._keep_within()

    @property
    def closed(self) -> bool:
        """Whether the last status is written, because the work is done or was stopped."""
        return self._closed

    def _write(self) -> None:
        self._written = time.monotonic()
        write_json(self._run.path / "status.json", asdict(self._status))

    def _watch(self) -> None:
        looked = time.monotonic()
        while not self._closed:
            if not self._run.exists:  # deleted by hand: whatever is computed has nowhere to go
                self._leave()
            if self._run.stopping:
                self._end("stopped")
            if self._begun:
                state = "paused" if self._run.paused else "running"
                if state != self._status.state:
                    self.update(state=state)
                if time.monotonic() - looked > LIMITS_SECONDS:
                    self._keep_within()
                    looked = time.monotonic()
            self._flush()
            time.sleep(LOOK_SECONDS)

    def _keep_within(self) -> None:
        """End where a limit is reached."""
        try:
            quota = Quota.of(self._run.path.parent)
        except (OSError, ValueError):  # repaired soon, it is to be hoped: no reason to lose a search
            return
        if reason := quota.overtime(time.monotonic() - self._begun) or quota.overfull(self._run.path):
            self._end("limited", reason)

    def _flush(self) -> None:
        with self._lock:
            if not self._closed and time.monotonic() - self._written > 5 * WRITE_SECONDS:
                self._write()

    def _end(self, state: str, error: str | None = None) -> None:
        self.finish(state, error)
        self._leave()

    @staticmethod
    def _leave() -> None:
        for child in multiprocessing.active_children():
            child.kill()
        time.sleep(GRACE_SECONDS)
        os._exit(0)

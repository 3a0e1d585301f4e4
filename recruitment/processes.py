"""Child processes that never outlive their supervisor.

Every child leads a session of its own, so that Ctrl-C in a terminal reaches the supervisor alone, which then
ends its children in order. Should the supervisor itself be killed, Linux ends them (see
:mod:`recruitment.launch`); whatever is left anyway, the next start finds in a :class:`Ledger` and ends.
"""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

import psutil

LAUNCHER = Path(__file__).with_name("launch.py")


class ServiceError(Exception):
    """A part of the instance cannot run; the message is one line for the operator."""


def one_line(error: BaseException) -> str:
    """What an error says, in one line."""
    return " ".join(str(error).split()) or type(error).__name__


class User(NamedTuple):
    """A user of the operating system to run a program as."""

    uid: int
    gid: int


@dataclass
class Ledger:
    """The children of one data folder that may be running, kept on disk.

    A process is told from a later one with the same id by the time at which it started.
    """

    path: Path
    _pids: dict[int, float] = field(default_factory=dict)

    def add(self, pid: int) -> None:
        try:
            self._pids[pid] = psutil.Process(pid).create_time()
        except psutil.NoSuchProcess:
            return
        self._write()

    def remove(self, pid: int) -> None:
        if self._pids.pop(pid, None) is not None:
            self._write()

    def _write(self) -> None:
        new = self.path.with_suffix(".new")
        new.write_text(json.dumps(sorted(self._pids.items())))
        new.replace(self.path)

    def end_leftovers(self, timeout: float = 10) -> int:
        """End what an earlier supervisor left behind; return how many processes that were."""
        try:
            rows: list[tuple[int, float]] = json.loads(self.path.read_text())
        except (OSError, ValueError):
            return 0
        left = []
        for pid, started in rows:
            with suppress(psutil.NoSuchProcess):
                process = psutil.Process(pid)
                if process.create_time() == started:
                    left += [process, *process.children(recursive=True)]
                    # The fast and clean end for PostgreSQL; the others take it for a request to stop.
                    process.send_signal(signal.SIGINT)
        _, alive = psutil.wait_procs(left, timeout=timeout)
        for process in alive:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(alive, timeout=5)
        self.path.unlink(missing_ok=True)
        return len(left)


@dataclass
class Process:
    """One program that is kept running.

    Attributes:
        name: what the operator calls it.
        argv: program and arguments.
        log: file that takes its output.
        environment: its whole environment; default is ours.
        folder: its working directory.
        user: run it as this user; only root may say so.
        end_signal: asks it to end, and ends it when the supervisor dies.
        patience: seconds it gets to end before it is killed.
        stdin: bytes handed to it on its standard input.
        descriptors: open files that it inherits.
    """

    name: str
    argv: Sequence[str]
    log: Path
    environment: Mapping[str, str] | None = None
    folder: Path | None = None
    user: User | None = None
    end_signal: signal.Signals = signal.SIGTERM
    patience: float = 10
    stdin: bytes = b""
    descriptors: Sequence[int] = ()
    ledger: Ledger | None = None
    _popen: "subprocess.Popen[bytes] | None" = field(default=None, init=False, repr=False)
    _log_start: int = field(default=0, init=False, repr=False)

    def start(self) -> None:
        """Start it without waiting for it to be ready."""
        uid, gid = self.user or User(os.getuid(), os.getgid())
        launch = [sys.executable, "-I", str(LAUNCHER), str(os.getpid()), str(int(self.end_signal))]
        with self.log.open("ab") as log:
            self._log_start = log.tell()
            self._popen = subprocess.Popen(
                [*launch, str(uid), str(gid), "--", *self.argv],
                stdin=subprocess.PIPE,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=self.environment,
                cwd=self.folder,
                pass_fds=self.descriptors,
                start_new_session=True,
            )
        if self.ledger:
            self.ledger.add(self._popen.pid)
        # Should it have ended already, whoever waits for it finds out and reads the log.
        if self._popen.stdin:
            with suppress(BrokenPipeError), self._popen.stdin as stdin:
                stdin.write(self.stdin)

    @property
    def pid(self) -> int | None:
        return self._popen.pid if self._popen else None

    @property
    def running(self) -> bool:
        return self._popen is not None and self._popen.poll() is None

    @property
    def ended_with(self) -> str:
        """How it ended, in words."""
        code = self._popen.poll() if self._popen else None
        if code is None:
            return "still running"
        return f"killed by {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"

    def last_words(self) -> str:
        """The last line that it wrote since its last start."""
        with self.log.open("rb") as log:
            log.seek(max(self._log_start, self.log.stat().st_size - 8192))
            lines = [line.strip() for line in log.read().decode(errors="replace").splitlines()]
        return next((line for line in reversed(lines) if line), "it said nothing")

    def wait_until(self, ready: Callable[[], bool], timeout: float) -> None:
        """Wait until ``ready()``; :raises ServiceError: if it ends before, or takes ``timeout`` seconds."""
        deadline = time.monotonic() + timeout
        while not ready():
            self.fail_if_ended()
            if time.monotonic() > deadline:
                raise ServiceError(f"{self.name} does not answer within {timeout:.0f} s; see {self.log}")
            time.sleep(0.05)

    def wait_for_success(self, timeout: float) -> None:
        """Wait until it has done its work; :raises ServiceError: if it fails or takes ``timeout`` seconds."""
        self.wait_until(lambda: not self.running, timeout)
        if self.ended_with != "exit code 0":
            raise ServiceError(f"{self.name} failed ({self.ended_with}): {self.last_words()}")

    def fail_if_ended(self) -> None:
        """Raise ServiceError, with its last words, if it is not running."""
        if not self.running:
            raise ServiceError(f"{self.name} does not run ({self.ended_with}): {self.last_words()}")

    def ask_to_end(self) -> None:
        if self._popen and self._popen.poll() is None:
            self._popen.send_signal(self.end_signal)

    def stop(self) -> None:
        """End it and all it started; returns when nothing of it is left."""
        if self._popen is None:
            return
        self.ask_to_end()
        with suppress(subprocess.TimeoutExpired):
            self._popen.wait(self.patience)
        self.end_group()
        self._popen.wait()
        if self.ledger:
            self.ledger.remove(self._popen.pid)

    def end_group(self) -> None:
        """Kill what is left of its group; children of a killed program would otherwise keep its port."""
        if self._popen is not None:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self._popen.pid, signal.SIGKILL)

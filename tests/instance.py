"""A real ``recruitment serve`` in a process of its own, for the tests of the set-up."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import psutil

from recruitment.services import free_port

COMMAND = (sys.executable, "-m", "recruitment.cli")


def eventually(true: Callable[[], Any], timeout: float = 30) -> None:
    """Return as soon as ``true()``; fail after ``timeout`` seconds."""
    deadline = time.monotonic() + timeout
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def bare_environment(home: Path, **variables: str) -> dict[str, str]:
    """The environment of a machine where nothing is set up: an empty home, an odd language."""
    home.mkdir(exist_ok=True)
    return {"PATH": os.defpath, "HOME": str(home), "LANG": "xx_YY.ISO-8859-99"} | variables


class Instance:
    """``recruitment serve`` with a data folder of its own."""

    def __init__(
        self, data_dir: Path, *options: str, command: Sequence[str] = COMMAND, **variables: str
    ) -> None:
        self.data_dir = data_dir
        self.port = variables.setdefault("PORT", str(free_port()))
        self._home = data_dir.parent / "home"
        self.variables: Mapping[str, str] = {"DATA_DIR": str(data_dir)} | variables
        self.command = [*command, "serve", *options]
        self.output = data_dir.parent / f"output-{self.port}"
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> "Instance":
        self.data_dir.parent.mkdir(parents=True, exist_ok=True)
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                self.command,
                env=bare_environment(self._home, **self.variables),
                cwd=self.data_dir.parent,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        eventually(self._ready_or_dead, timeout=90)
        assert self.process.poll() is None, self.said()
        return self

    def _ready_or_dead(self) -> bool:
        assert self.process is not None
        return "Ready: " in self.said() or self.process.poll() is not None

    def said(self) -> str:
        return self.output.read_text()

    def health(self) -> tuple[int, dict[str, str]]:
        """Status and JSON of /healthz; 0 when nobody answers."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/healthz", timeout=10) as answer:
                return answer.status, json.load(answer)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, {}

    def pids(self, *words: str) -> set[int]:
        """Our descendants, and whoever else works in our data folder, whose command has all the words."""
        found = set()
        for process in psutil.process_iter():
            try:
                command = " ".join(process.cmdline())
                ours = str(self.data_dir) in command or process.cwd().startswith(str(self.data_dir))
                if ours and process.pid != os.getpid() and all(word in command for word in words):
                    found.add(process.pid)
            except (psutil.Error, OSError):
                continue
        return found

    def run(self) -> "subprocess.CompletedProcess[str]":
        """Run it to its end, which is expected to come at once."""
        return subprocess.run(
            self.command,
            env=bare_environment(self._home, **self.variables),
            capture_output=True,
            text=True,
            timeout=30,
            stdin=subprocess.DEVNULL,
        )

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal and return the exit code."""
        assert self.process is not None
        self.process.send_signal(number)
        return self.process.wait(40)

    def environment(self) -> dict[str, str]:
        """The settings of the running instance."""
        lines = (self.data_dir / "environment").read_text().splitlines()
        pairs = (line.removeprefix("export ").partition("=") for line in lines)
        return {name: value.strip("'") for name, _, value in pairs}

"""One supervised process: started in its own session, restarted with growing pauses, ended as a whole."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path

from guanxi.edge.ops import processes
from guanxi.edge.ops.installation import ROOT

LOG_LIMIT = 20_000_000
FIRST_PAUSE, LONGEST_PAUSE, HEALTHY_AFTER = 0.2, 10.0, 30.0


@dataclass
class Child:
    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    _pause: float = FIRST_PAUSE
    _started: float = field(default=0.0)
    _not_before: float = 0.0

    @property
    def is_running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def start(self) -> None:
        with os.fdopen(os.open(self.log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as log:
            self.process = subprocess.Popen(
                self.command,
                cwd=ROOT,
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.ends_with_parent(signal.SIGTERM),
            )
        self._started = time.monotonic()

    def tend(self) -> bool:
        """Start again what died, not faster than the pause allows. True when a death was noticed."""
        if self.is_running:
            return False
        died = self.process is not None
        if died:
            self._bury()
        if time.monotonic() >= self._not_before:
            self.start()
        return died

    def _bury(self) -> None:
        """Its own children may have outlived it; they share its session."""
        assert self.process is not None
        _signal_group(self.process.pid, signal.SIGKILL)
        lived = time.monotonic() - self._started
        self._pause = FIRST_PAUSE if lived > HEALTHY_AFTER else min(self._pause * 2, LONGEST_PAUSE)
        self._not_before = time.monotonic() + self._pause
        self.process = None
        self.deaths += 1

    def ask_to_stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)

    def stop(self, *, seconds: float) -> None:
        if self.process is None:
            return
        self.ask_to_stop()
        try:
            self.process.wait(seconds)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        _signal_group(self.process.pid, signal.SIGKILL)
        self.process = None

    def last_words(self, *, lines: int = 8) -> str:
        return "\n".join(self.log.read_text(errors="replace").splitlines()[-lines:]) if self.log.exists() else ""

    def shorten_log(self) -> None:
        """It is opened for appending, so cutting it under the process is safe."""
        if self.log.exists() and self.log.stat().st_size > LOG_LIMIT:
            shutil.copyfile(self.log, self.log.with_suffix(".log.1"))
            os.truncate(self.log, 0)


def _signal_group(leader: int, number: int) -> None:
    try:
        os.killpg(leader, number)
    except (ProcessLookupError, PermissionError):
        return

"""What happens between the database and the first page, in a process of its own that knows Django."""

from __future__ import annotations

import signal
import subprocess
from contextlib import suppress

from guanxi.edge.ops import processes
from guanxi.edge.ops.installation import ROOT, Installation, module


class Failed(Exception):
    pass


def run(here: Installation) -> None:
    log = here.logs / "prepare.log"
    with log.open("wb") as errors:
        process = subprocess.Popen(
            module("guanxi.edge.ops.prepare"),
            cwd=ROOT,
            env=here.environment(),
            stdin=subprocess.DEVNULL,
            stderr=errors,
            start_new_session=True,
            preexec_fn=processes.ends_with_parent(signal.SIGTERM),
        )
        try:
            code = process.wait()
        except BaseException:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            raise
    if code:
        end = "\n".join(log.read_text(errors="replace").splitlines()[-12:])
        raise Failed(f"{end}\nThe preparation failed; nothing was started. The whole log: {log}")

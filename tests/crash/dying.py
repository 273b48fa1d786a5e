"""A process that dies at a named moment of the product, on a database and a folder of its own.

Nothing of this is in the product: the child wraps one function from outside, as (module attribute, side), and kills
itself there with SIGKILL. What a machine loses when its plug is pulled, the child loses: its memory, its connections.
"""

from __future__ import annotations

import os
import pickle
import shutil
import signal
import tempfile
import traceback
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.db import connections

from guanxi.base.kernel import clock
from tests.conftest import MONDAY
from tests.installation import until

BEFORE, AFTER, BEFORE_COMMIT, AFTER_COMMIT = "before", "after", "before the commit after", "after the commit after"

INHERITED: list[Any] = []


@dataclass(frozen=True)
class Moment:
    """`at` is `module:attribute`; of its calls those whose arguments hold `when`, and of these the `nth`."""

    side: str
    at: str
    when: str = ""
    nth: int = 1


def arm(moment: Moment) -> None:
    module, _, path = moment.at.partition(":")
    owner: Any = import_module(module)
    *outer, name = path.split(".")
    for one in outer:
        owner = getattr(owner, one)
    setattr(owner, name, dying(getattr(owner, name), moment))


def dying(original: Callable[..., Any], moment: Moment) -> Callable[..., Any]:
    calls = iter(range(1, 1_000_000))

    def call(*args: Any, **kwargs: Any) -> Any:
        if moment.when not in f"{args} {kwargs}" or next(calls) != moment.nth:
            return original(*args, **kwargs)
        if moment.side == BEFORE:
            die()
        answer = original(*args, **kwargs)
        if moment.side == AFTER:
            die()
        die_at_commit(is_before=moment.side == BEFORE_COMMIT)
        return answer

    return call


def die_at_commit(*, is_before: bool) -> None:
    connection = connections["default"]
    commit = connection.commit

    def dies() -> None:
        if not is_before:
            commit()
        die()

    connection.commit = dies  # type: ignore[method-assign]  # of this one connection of a process about to end


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Died(Exception):
    """By SIGKILL, as asked."""


def in_child(work: Callable[[], Any]) -> Any:
    """What `work` answers in a process of its own. Raises Died, or AssertionError with what went wrong there."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        answer_and_end(work, writing)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        said = pipe.read()
    _pid, status = os.waitpid(pid, 0)
    if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL:
        raise Died()
    is_well, answer = pickle.loads(said)  # noqa: S301  (our own child's)
    assert is_well, answer
    return answer


def answer_and_end(work: Callable[[], Any], writing: int) -> None:
    try:
        said = (True, work())
    except BaseException:
        said = (False, traceback.format_exc())
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(pickle.dumps(said))
    os._exit(0)


@dataclass(frozen=True)
class Ground:
    """A database and a folder. Whoever works on it does so in a child."""

    name: str
    folder: Path
    server: dict[str, Any] = field(hash=False)

    def perform(self, work: Callable[[], Any], *, moment: Moment | None = None, days: float = 0) -> Any:
        def within() -> Any:
            self.enter()
            if moment:
                arm(moment)
            with clock.standing_at(MONDAY):
                clock.advance(days=days)
                return work()

        try:
            return in_child(within)
        finally:
            self.wait_until_left()

    def enter(self) -> None:
        """In a child only: there is no way back. The connection of the parent is neither used nor closed."""
        INHERITED.append(connections["default"])
        del connections["default"]
        connections["default"].settings_dict["NAME"] = self.name
        settings.DATA_DIR = self.folder
        (self.folder / "tmp").mkdir(parents=True, exist_ok=True)
        tempfile.tempdir = str(self.folder / "tmp")

    def wait_until_left(self) -> None:
        """A server process notices only at its next word that its client is gone."""
        busy = b"SELECT count(*) FROM pg_stat_activity WHERE datname = %s AND backend_type = 'client backend'"
        with self.connect("postgres") as db:
            until(lambda: db.execute(busy, [self.name]).fetchone() == (0,), seconds=20, pause=0.01)

    def connect(self, name: str = "") -> psycopg.Connection[Any]:
        return psycopg.connect(**self.server, dbname=name or self.name, autocommit=True)

    def copied(self, name: str) -> Ground:
        copy = Ground(name, self.folder.parent / name, self.server)
        copy.drop()
        with self.connect("postgres") as db:
            db.execute(f'CREATE DATABASE "{name}" TEMPLATE "{self.name}"'.encode())
        if self.folder.exists():
            shutil.copytree(self.folder, copy.folder)
        return copy

    def drop(self) -> None:
        with self.connect("postgres") as db:
            db.execute(f'DROP DATABASE IF EXISTS "{self.name}"'.encode())
        with suppress(FileNotFoundError):
            shutil.rmtree(self.folder)

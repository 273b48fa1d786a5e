"""Kinds of records whose every print and file is registered: upper rooms say where (FIL-11)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry


@dataclass(frozen=True)
class Paper:
    """What left the system: `what` is "print" or "export"; without an id it was a list of so many rows."""

    what: str
    kind: str
    record_id: int | None = None
    number: str = ""
    rows: int = 1
    purpose: str = ""


@dataclass(frozen=True)
class PaperRegister:
    """`keep` writes the row, in the transaction of the action that made the paper."""

    key: str
    keep: Callable[[Paper, Actor], None]


PAPERS: Registry[PaperRegister] = Registry("registers of papers")


def register_paper(paper: Paper, actor: Actor) -> None:
    if register := PAPERS.find(paper.kind):
        register.keep(paper, actor)

"""Timing: warm, repeated, ours and the hand-written in turn so that noise falls on both."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection, transaction


@dataclass(frozen=True)
class Figure:
    """Medians in milliseconds. `bar` is the greatest ratio allowed, None where only orientation is wanted; `most` the
    greatest p95 in milliseconds, or median where `by_median`."""

    name: str
    ours: float
    sql: float
    bar: float | None
    p95: float = 0.0
    note: str = ""
    most: float = 0.0
    by_median: bool = False

    @property
    def ratio(self) -> float:
        return self.ours / self.sql if self.sql else 0.0

    @property
    def holds(self) -> bool:
        fits = self.bar is None or self.ratio <= self.bar
        held = self.ours if self.by_median or not self.p95 else self.p95
        return fits and (not self.most or held <= self.most)


def timed(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def compare(
    name: str,
    ours: Callable[[], object],
    sql: Callable[[], object],
    *,
    bar: float | None,
    times: int = 30,
    note: str = "",
    most: float = 0.0,
    by_median: bool = False,
) -> Figure:
    for work in (ours, sql, ours, sql):
        work()
    pairs = [(timed(ours), timed(sql)) for _ in range(times)]
    mine = sorted(pair[0] for pair in pairs)
    return Figure(
        name,
        statistics.median(mine),
        statistics.median(pair[1] for pair in pairs),
        bar,
        p95=mine[max(0, int(len(mine) * 0.95) - 1)],
        note=note,
        most=most,
        by_median=by_median,
    )


class Undone(Exception):
    """Rolls a measured write back."""


def undone(work: Callable[[], object]) -> Callable[[], float]:
    """The same write measured again and again: its own time, without the rollback and with the same start."""

    def run() -> float:
        took = 0.0
        try:
            with transaction.atomic():
                took = timed(work)
                raise Undone
        except Undone:
            return took

    return run


def compare_writes(
    name: str,
    ours: Callable[[], object],
    sql: Callable[[], object],
    *,
    bar: float | None,
    times: int = 3,
    note: str = "",
) -> Figure:
    mine, theirs = undone(ours), undone(sql)
    pairs = []
    for number in range(times):
        # Dead rows of the rolled-back rounds would burden whoever comes second.
        first, second = (mine, theirs) if number % 2 == 0 else (theirs, mine)
        a, b = first(), second()
        vacuum()
        pairs.append((a, b) if number % 2 == 0 else (b, a))
    return Figure(
        name,
        statistics.median(pair[0] for pair in pairs),
        statistics.median(pair[1] for pair in pairs),
        bar,
        note=note,
    )


def vacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("VACUUM rulebooks_duty, messaging_message, customers_customer, archive_fileform")

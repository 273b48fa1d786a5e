"""SIGKILL for parts of an installation, and how long it takes until people can work again."""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median

import psycopg

from guanxi.edge.ops import processes
from tests.installation import Installation, until

# Of ten kills so many hit each: one of two web processes, all of the web, the worker, PostgreSQL with its children,
# and everything at once, the supervisor included (F-01 to F-04).
SHARES = {"web process": 3, "web": 1, "worker": 2, "postgres": 3, "everything": 1}
# What a job may cost from the kill to its running again, and what people may be kept waiting.
# Five seconds are asked of a web process; all of them at once load the program anew.
BARS = {"web process": 5.0, "web": 15.0, "worker": 30.0, "postgres": 10.0, "everything": 60.0}
JOB_BAR = 60.0


@dataclass
class Figures:
    """Seconds from the kill to the first command answered after it, and to each cut-off job running again."""

    back: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    jobs: list[float] = field(default_factory=list)

    @property
    def kills(self) -> Counter[str]:
        return Counter({victim: len(times) for victim, times in self.back.items()})

    def said(self) -> str:
        lines = [
            f"{v}: {len(t)} kills, back after {median(t):.1f} s, worst {max(t):.1f} s" for v, t in self.back.items()
        ]
        again = f"{len(self.jobs)} jobs cut off"
        if self.jobs:
            again += f", running again after {median(self.jobs):.1f} s, worst {max(self.jobs):.1f} s"
        return "\n".join([*lines, again])


def slack() -> float:
    """The bars are meant for a machine that does this alone: twice its processors busy. A busier one is slower."""
    return max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1) / 2)


def victims_of(seed: int, count: int) -> list[str]:
    """So many of each as their share says, in an order of chance."""
    chosen = [victim for victim, share in SHARES.items() for _one in range(share * count // sum(SHARES.values()))]
    chosen += ["web process"] * (count - len(chosen))
    random.Random(seed).shuffle(chosen)
    return chosen


def kill(place: Installation, victim: str, choose: random.Random) -> None:
    if victim == "everything":
        kill_everything(place)
    elif victim == "web process":
        processes.send([choose.choice(web_workers(place))], signal.SIGKILL)
    else:
        found = place.processes(victim)
        assert found, f"no process of {victim}"
        processes.send(found, signal.SIGKILL)


def web_workers(place: Installation) -> list[int]:
    """Without the one that starts them, which is a child of the supervisor."""
    assert place.process is not None
    return [pid for pid in place.processes("web") if parent_of(pid) != place.process.pid]


def parent_of(pid: int) -> int:
    try:
        return int((processes.PROC / str(pid) / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def kill_everything(place: Installation) -> None:
    """All at once, as near to the plug being pulled as can be come here; then started again, as by the machine."""
    assert place.process is not None
    everybody = {place.process.pid, *processes.marked(place.data), *place.processes("postgres")}
    processes.send(sorted(everybody), signal.SIGKILL)
    place.process.wait(20)
    place.start()


def whole(place: Installation) -> bool:
    return len(web_workers(place)) >= 2 and bool(place.processes("worker")) and place.is_ready()


def strike(
    place: Installation, victim: str, choose: random.Random, *, answered: Callable[[], int], figures: Figures
) -> None:
    """One kill, followed until people can work, the jobs that it cut off run again, and all processes are there."""
    until(lambda: whole(place), seconds=180)
    if victim in ("worker", "postgres", "everything"):
        wait_for_a_job(place)
    doing = jobs_under_way(place)
    before, began = answered(), time.monotonic()
    kill(place, victim, choose)
    until(lambda: answered() > before + 1 and place.is_ready(), seconds=240)
    figures.back[victim].append(time.monotonic() - began)
    if victim in ("worker", "postgres", "everything"):
        for _job in doing:
            until(lambda: not still_cut_off(place, doing), seconds=240, pause=0.2)
        figures.jobs += [time.monotonic() - began] * len(doing)


def wait_for_a_job(place: Installation, *, seconds: float = 4) -> None:
    """A kill says more while something is being carried out; nothing does after a while either."""
    deadline = time.monotonic() + seconds
    while not jobs_under_way(place) and time.monotonic() < deadline:
        time.sleep(0.01)  # between two looks; the deadline decides


def jobs_under_way(place: Installation) -> dict[int, int]:
    """By id, how often each was started."""
    sql = b"""SELECT j.id, count(e.id) FROM procrastinate_jobs j JOIN procrastinate_events e ON e.job_id = j.id
      AND e.type = 'started' WHERE j.status = 'doing' GROUP BY j.id"""
    with place.database() as db:
        return dict(db.execute(sql).fetchall())


def still_cut_off(place: Installation, doing: dict[int, int]) -> list[int]:
    """Those that neither ended nor were started again."""
    sql = b"""SELECT j.id, count(e.id) FROM procrastinate_jobs j LEFT JOIN procrastinate_events e ON e.job_id = j.id
      AND e.type = 'started' WHERE j.id = ANY(%s) AND j.status IN ('todo', 'doing') GROUP BY j.id"""
    try:
        with place.database() as db:
            now = dict(db.execute(sql, [list(doing)]).fetchall())
    except psycopg.Error:
        return list(doing)
    return [job for job, times in now.items() if times <= doing[job]]

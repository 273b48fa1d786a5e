"""Which tries to sign in are let through (trust.md 4.13). Nobody can lock somebody else out.

Per account and address, so that a guesser blocks only himself; per address, high enough for an office behind one
NAT; and per account from anywhere. The last one never blocks: after it a browser that this account used before, or a
second factor, still opens it, and everybody else waits longer and longer between two tries.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings

from guanxi.base.kernel import clock

from . import limits
from .limits import Limit

ALONE_AN_HOUR = 20
FIRST_WAIT, LONGEST_WAIT = 0.5, 15.0
ANYWHERE, BOTH, ADDRESS, WAIT, FAILED = "anywhere", "both", "address", "wait", "failed"


@dataclass(frozen=True)
class Attempt:
    login: str
    address: str

    @property
    def blocking(self) -> list[Limit]:
        return [Limit(BOTH, f"{self.login.lower()[:60]}|{self.address}", 5), Limit(ADDRESS, self.address, 100, 60)]

    @property
    def anywhere(self) -> Limit:
        """Kept beyond the limit of 20, to know how long to wait."""
        return Limit(ANYWHERE, self.login.lower()[:60], 200, 60)

    def may_try(self) -> bool:
        """Every limit is counted even when an earlier one is used up, so that spraying many accounts adds up."""
        limits.take(self.anywhere)
        passed = [limits.take(limit) for limit in self.blocking]
        return all(passed)

    def succeeded(self) -> None:
        for limit in (self.anywhere, *self.blocking):
            limits.give_back(limit)

    def is_under_attack(self) -> bool:
        return limits.tried(self.anywhere) > ALONE_AN_HOUR

    def may_after_waiting(self) -> datetime | None:
        """None when this is the one try of the present stretch; otherwise when the next one begins."""
        verdict = limits.judged(Limit(WAIT, self.login.lower()[:60], 1, self._wait()))
        return None if verdict.passed else verdict.opens_at

    def _wait(self) -> float:
        beyond = limits.tried(self.anywhere) - ALONE_AN_HOUR
        return min(LONGEST_WAIT, FIRST_WAIT * 2 ** min(10, max(0, beyond // 5)))


def start_anew(login: str) -> None:
    """An administrator gave a new password: whoever guessed before is no hindrance for it."""
    limits.forget(ANYWHERE, WAIT, key=login.lower()[:60])


def count_failure() -> bool:
    """Of all accounts together. True when the administrators should hear of it."""
    verdict = limits.judged(Limit(FAILED, "all", settings.SIGN_IN_ALERT, 10))
    return verdict.passed and verdict.count == settings.SIGN_IN_ALERT


def minutes_until(moment: datetime) -> int:
    return max(1, -(-(moment - clock.now()) // timedelta(minutes=1)))

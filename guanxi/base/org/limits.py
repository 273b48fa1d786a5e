"""How often something may be tried: counted in PostgreSQL in one atomic upsert, so all processes share one limit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection

from guanxi.base.kernel import clock

from .models import SignInAttempt

TAKE = """
INSERT INTO org_signinattempt (scope, key, "window", failures) VALUES (%s, %s, %s, 1)
ON CONFLICT (scope, key, "window") DO UPDATE SET failures = org_signinattempt.failures + 1 RETURNING failures
"""
GIVE_BACK = """
UPDATE org_signinattempt SET failures = failures - 1 WHERE scope = %s AND key = %s AND "window" = %s AND failures > 0
"""


@dataclass(frozen=True)
class Limit:
    """At most `most` within one window of `minutes` (a divisor of 60)."""

    scope: str
    key: str
    most: int
    minutes: int = 15

    @property
    def row(self) -> list[str | datetime]:
        moment = clock.now()
        start = moment.replace(minute=moment.minute - moment.minute % self.minutes, second=0, microsecond=0)
        return [self.scope, self.key[:80], start]


def take(limit: Limit) -> bool:
    """Counts one try before it is made: counting afterwards would let parallel tries through together."""
    with connection.cursor() as cursor:
        cursor.execute(TAKE, limit.row)
        count = int(cursor.fetchone()[0])
    if count == 1:
        SignInAttempt.objects.filter(window__lt=clock.now() - timedelta(days=1)).delete()
    return count <= limit.most


def give_back(limit: Limit) -> None:
    """The try turned out well and does not count."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, limit.row)

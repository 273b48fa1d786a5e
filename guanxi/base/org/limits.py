"""How often something may be tried: counted in PostgreSQL in one atomic upsert, so all processes share one limit.

The tries themselves are kept, not a count per window: no stretch of time ever holds more than the limit, also not
around the turn of a quarter of an hour. A refused try is not kept, so a block ends by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection

from guanxi.base.kernel import clock

from .models import Tally

TAKE = """
INSERT INTO org_tally AS t (scope, key, tries, refused, until)
VALUES (%(scope)s, %(key)s, ARRAY[%(now)s::timestamptz], 0, %(until)s)
ON CONFLICT (scope, key) DO UPDATE SET (tries, refused, until) = (
  SELECT CASE WHEN count(x) < %(most)s THEN array_append(array_agg(x ORDER BY x), %(now)s::timestamptz)
              ELSE array_agg(x ORDER BY x) END,
         CASE WHEN count(x) < %(most)s THEN 0 ELSE t.refused + 1 END,
         CASE WHEN count(x) < %(most)s THEN %(until)s ELSE t.until END
  FROM unnest(t.tries) x WHERE x > %(since)s
) RETURNING refused, tries[1], cardinality(tries)
"""
GIVE_BACK = """
UPDATE org_tally SET tries = tries[1:cardinality(tries) - 1] WHERE scope = %s AND key = %s AND tries <> '{}'
"""
LATELY = "SELECT count(*) FROM org_tally, unnest(tries) x WHERE scope = %s AND key = %s AND x > %s"


@dataclass(frozen=True)
class Limit:
    """At most `most` within any `minutes`."""

    scope: str
    key: str
    most: int
    minutes: float = 15

    @property
    def name(self) -> list[str]:
        return [self.scope, self.key[:120]]

    @property
    def span(self) -> timedelta:
        return timedelta(minutes=self.minutes)


@dataclass(frozen=True)
class Verdict:
    """`opens_at`: when the next try is allowed again, for one that was refused. `count`: tries kept, with this one."""

    passed: bool
    opens_at: datetime
    count: int


def take(limit: Limit) -> bool:
    return judged(limit).passed


def judged(limit: Limit) -> Verdict:
    """Counts one try before it is made: counting afterwards would let parallel tries through together."""
    scope, key = limit.name
    now = clock.now()
    values = {"scope": scope, "key": key, "now": now, "until": now + limit.span, "since": now - limit.span}
    with connection.cursor() as cursor:
        cursor.execute(TAKE, values | {"most": limit.most})
        refused, first, count = cursor.fetchone()
    return Verdict(refused == 0, first + limit.span, count)


def tried(limit: Limit) -> int:
    """How many there were, without counting one more."""
    with connection.cursor() as cursor:
        cursor.execute(LATELY, [*limit.name, clock.now() - limit.span])
        return int(cursor.fetchone()[0])


def give_back(limit: Limit) -> None:
    """The try turned out well and does not count."""
    with connection.cursor() as cursor:
        cursor.execute(GIVE_BACK, limit.name)


def forget(*scopes: str, key: str) -> None:
    """Somebody with the right to it starts the counting anew."""
    Tally.objects.filter(scope__in=scopes, key=key[:120]).delete()


def clear_old() -> Any:
    """Nightly: what no limit looks at any more."""
    return Tally.objects.filter(until__lt=clock.now()).delete()[0]

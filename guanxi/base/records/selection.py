"""All records a list stands for, beyond the page shown: for files, bulk steps and exact counts."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import Scope, scope_of

from .asked import Asked
from .keys import Cursor, KeyQuery, Narrowing, count_query
from .narrow import narrow
from .types import RecordType, Sort

AT_ONCE = 2000


@dataclass(frozen=True)
class Selection:
    """What `actor` may do `verb` to, narrowed as asked, in the order asked."""

    type: RecordType
    scope: Scope
    narrowing: Narrowing
    sort: Sort

    @classmethod
    def of(cls, type_: RecordType, asked: Asked, actor: Actor, *, verb: str = "read") -> Selection:
        return cls(type_, scope_of(actor, type_.key, verb), narrow(type_, asked, actor), type_.sort(asked.sort))

    def count(self, *, most: int) -> int:
        """At most one more than `most`."""
        sql, parameters = count_query(self.type, self.scope, self.narrowing, most)
        with connection.cursor() as cursor:
            cursor.execute(sql, parameters)
            return int(cursor.fetchone()[0])

    def pages(self, *, size: int = AT_ONCE) -> Iterator[list[int]]:
        """Ids in order, a page at a time, by key: a million rows never stand in memory at once."""
        at: Cursor | None = None
        while True:
            sql, parameters = KeyQuery(self.type, self.scope, self.sort, at, self.narrowing, size).build()
            with connection.cursor() as cursor:
                cursor.execute(sql, parameters)
                rows = cursor.fetchall()
            if rows:
                yield [row[0] for row in rows]
            if len(rows) < size:
                return
            at = Cursor(rows[-1][1], rows[-1][0])

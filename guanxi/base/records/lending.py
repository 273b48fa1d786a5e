# ruff: noqa: S608 (put together from declarations; what users bring is always a parameter)
"""What is lent of a record type, in the order of its lists (design: access).

`org_reach` says who may see which record. A person with a hundred thousand such rows gets pages and counts from a
second table that triggers keep beside it: the same rows with the columns that lists sort and narrow by.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import migrations


@dataclass(frozen=True)
class Lending:
    """For a migration of the room that owns `table`. `orders`: the sorts, as columns of an index; `columns`: all
    columns that lists sort or narrow by. Changed declarations come as a new version: drop, then make."""

    table: str
    kind: str
    columns: Sequence[str]
    orders: Sequence[str]
    kept: str = "t.removed_at IS NULL"

    @property
    def name(self) -> str:
        return f"{self.table}_lent"

    def operations(self) -> list[migrations.RunSQL]:
        return [migrations.RunSQL(self.make(), self.drop())]

    def make(self) -> list[str]:
        name = self.name
        rows = f"CREATE TABLE {name} AS {self._rows('org_reach')}"
        indexes = [
            f"CREATE INDEX {name}_{number} ON {name} (staff_id, {order}, id {'DESC' if ' DESC' in order else 'ASC'})"
            f" INCLUDE (until, {self._others(order)}) WHERE is_kept"
            for number, order in enumerate(self.orders, 1)
        ]
        keys = [f"ALTER TABLE {name} ADD PRIMARY KEY (reach_id)", f"CREATE INDEX {name}_record ON {name} (id)"]
        return [rows, *keys, *indexes, *self._triggers()]

    def drop(self) -> list[str]:
        name, table = self.name, self.table
        reach = [f"DROP TRIGGER {name}_{event} ON org_reach" for event in ("insert", "update", "delete", "truncate")]
        return [
            *reach,
            f"DROP TRIGGER {name}_changed ON {table}",
            *(f"DROP FUNCTION {name}_{function}()" for function in ("reach", "emptied", "changed")),
            f"DROP TABLE {name}",
        ]

    def _rows(self, source: str) -> str:
        columns = ", ".join(f"t.{column}" for column in self.columns)
        return (
            f"SELECT r.id AS reach_id, r.staff_id, t.id, r.until, ({self.kept}) AS is_kept, {columns}"
            f" FROM {source} r JOIN {self.table} t ON t.id = r.record_id WHERE r.kind = '{self.kind}'"
        )

    def _others(self, order: str) -> str:
        return ", ".join(column for column in self.columns if column != order.split()[0])

    def _triggers(self) -> list[str]:
        """Whoever lends waits for changes of the record under way (FOR SHARE): its order is never a stale one."""
        name, table = self.name, self.table
        values = ["is_kept", *self.columns]
        news = [f"({self.kept})", *(f"t.{column}" for column in self.columns)]
        assigned = ", ".join(f"{value} = {new}" for value, new in zip(values, news, strict=True))
        return [
            f"""CREATE FUNCTION {name}_reach() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP <> 'INSERT' THEN DELETE FROM {name} x USING taken WHERE x.reach_id = taken.id; END IF;
  IF TG_OP <> 'DELETE' THEN
    PERFORM 1 FROM {table} WHERE id IN (SELECT record_id FROM given WHERE kind = '{self.kind}') ORDER BY id FOR SHARE;
    INSERT INTO {name} {self._rows("given")};
  END IF;
  RETURN NULL;
END $$""",
            f"""CREATE FUNCTION {name}_emptied() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN TRUNCATE {name}; RETURN NULL; END $$""",
            f"""CREATE FUNCTION {name}_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE {name} x SET {assigned} FROM changed t
  WHERE x.id = t.id AND ({", ".join(f"x.{value}" for value in values)}) IS DISTINCT FROM ({", ".join(news)});
  RETURN NULL;
END $$""",
            *self._fires("insert", "NEW TABLE AS given"),
            *self._fires("update", "OLD TABLE AS taken NEW TABLE AS given"),
            *self._fires("delete", "OLD TABLE AS taken"),
            f"CREATE TRIGGER {name}_truncate AFTER TRUNCATE ON org_reach EXECUTE FUNCTION {name}_emptied()",
            f"CREATE TRIGGER {name}_changed AFTER UPDATE ON {table} REFERENCING NEW TABLE AS changed"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {name}_changed()",
        ]

    def _fires(self, event: str, tables: str) -> list[str]:
        return [
            f"CREATE TRIGGER {self.name}_{event} AFTER {event} ON org_reach REFERENCING {tables}"
            f" FOR EACH STATEMENT EXECUTE FUNCTION {self.name}_reach()"
        ]

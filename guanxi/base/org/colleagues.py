"""Who works here, to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from guanxi.base.kernel import statements

WORKING = """
SELECT id::text, name FROM org_staff WHERE left_on IS NULL AND (%s::bigint[] IS NULL OR id = ANY(%s::bigint[]))
ORDER BY pinyin LIMIT %s
"""


def working_here(ids: Sequence[int] | None = None, *, most: int) -> list[tuple[str, str]]:
    """Id as text and name, by sound; of all, or of `ids`. Many pages ask, so it is planned once."""
    among = None if ids is None else list(ids)
    return [(staff_id, name) for staff_id, name in statements.rows(WORKING, [among, among, most])]

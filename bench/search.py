"""The search box: the part of a page that typing asks for, from the session to the last mark."""

from __future__ import annotations

from guanxi.base.kernel import pinyin
from guanxi.base.org.scopes import scope_of

from .lists import reader, runs
from .measure import Figure, compare
from .pages import Reader

MOST_MS = 15.0
BY_HAND = """
SELECT t.id, t.name, t.phone, t.status FROM customers_customer t
WHERE t.search @@ %s::tsquery AND t.removed_at IS NULL AND {within} ORDER BY t.created_at DESC, t.id DESC LIMIT 8
"""
# Common and rare names, sounds, a full phone and its end, and what is not there.
TEXTS = {
    "a common given name": "建国",
    "a surname and name": "王建国",
    "a phone": "13900004711",
    "the end of a phone": "4711",
    "nothing": "zzqx",
}
READERS = {"own": "rep7", "branch": "doctor-u3", "all": "gm", "100,000 lent": "lent"}


def figures(size: str) -> list[Figure]:
    return [figure(who, login, what, text) for who, login in READERS.items() for what, text in TEXTS.items()]


def figure(who: str, login: str, what: str, text: str) -> Figure:
    scope = scope_of(reader(login), "customer")
    within, values = "(t.owner_id = ANY(%s) OR t.unit_id = ANY(%s))", [list(scope.staff_ids), list(scope.unit_ids)]
    query = pinyin.search_query(text)
    assert query is not None
    statement = BY_HAND.format(within="TRUE" if scope.everything else within)
    given: list[object] = [query.tsquery, *([] if scope.everything else values)]
    opens = Reader(login).opens(f"/search?q={text}", part=True)
    name = f"search for {what}, reader: {who}"
    return compare(name, opens, runs([(statement, given)]), bar=None, most=MOST_MS, times=20, by_median=True)

"""Searching: the customers found, and the whole box, which also finds forms, colleagues and clauses."""

from __future__ import annotations

from guanxi.base.kernel import pinyin
from guanxi.base.org.scopes import scope_of
from guanxi.base.records.search.finding import Finding
from guanxi.core.customers.screens.customer import CUSTOMERS

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
    "a name in pinyin": "wangjianguo",
    "initials": "wjg",
    "nothing": "zzqx",
}
READERS = {"own": "rep7", "branch": "doctor-u3", "all": "gm", "100,000 lent": "lent"}


def figures(size: str) -> list[Figure]:
    asked = [(who, login, what, text) for who, login in READERS.items() for what, text in TEXTS.items()]
    return [*(customers(*one) for one in asked), *(box(*one) for one in asked)]


def customers(who: str, login: str, what: str, text: str) -> Figure:
    actor = reader(login)
    scope = scope_of(actor, "customer")
    within, values = "(t.owner_id = ANY(%s) OR t.unit_id = ANY(%s))", [list(scope.staff_ids), list(scope.unit_ids)]
    query = pinyin.search_query(text)
    assert query is not None
    statement = BY_HAND.format(within="TRUE" if scope.everything else within)
    given: list[object] = [query.tsquery, *([] if scope.everything else values)]
    columns = [CUSTOMERS.all_columns[key] for key in CUSTOMERS.usual_columns]

    def finds() -> None:
        finding = Finding.of(CUSTOMERS, text, actor, most=9)
        assert finding is not None
        finding.rows(columns)

    name = f"search for {what}, reader: {who}"
    return compare(name, finds, runs([(statement, given)]), bar=None, most=MOST_MS, times=20, by_median=True)


def box(who: str, login: str, what: str, text: str) -> Figure:
    """The part of a page that typing asks for, from the session to the last mark."""
    opens = Reader(login).opens(f"/search?q={text}", part=True)
    return compare(f"the whole box for {what}, reader: {who}", opens, lambda: None, bar=None, times=20)

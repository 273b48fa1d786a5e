"""A list as a board by status, beside the lanes asked one by one in SQL."""

from __future__ import annotations

from guanxi.base.org.scopes import scope_of
from guanxi.base.records.asked import Asked
from guanxi.base.records.boards import board_page
from guanxi.core.customers.models.customer import Status
from guanxi.core.customers.screens.customer import CUSTOMERS

from .lists import Case, Hand, reader, runs
from .measure import Figure, compare
from .pages import Reader

MOST_MS = 100.0


def figures(size: str) -> list[Figure]:
    return [*(board_figure(who, login) for who, login in {"all": "gm", "branch": "doctor-u3"}.items()), page_figure()]


def board_figure(who: str, login: str) -> Figure:
    actor, field = reader(login), CUSTOMERS.field("status")
    hand = Hand(scope_of(actor, "customer"))
    lanes = [Case("", Asked(), f"AND t.status = '{value}'") for value in Status.values]
    statements = [statement for lane in lanes for statement in hand.statements(lane)]
    return compare(
        f"customers as a board by status, reader: {who}",
        lambda: board_page(CUSTOMERS, Asked(display="board", by="status"), actor, field),
        runs(statements),
        bar=4.0,
        most=MOST_MS,
        times=15,
    )


def page_figure() -> Figure:
    opens = Reader("gm").opens("/customers?as=board&by=status")
    return compare("the board's whole page, reader: all", opens, lambda: None, bar=None, most=MOST_MS, times=15)

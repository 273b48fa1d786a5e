from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff

from .kinds import KINDS, Spoken, spoken, title_of
from .models import Message

PAGE = 60


@dataclass(frozen=True)
class Line:
    id: int
    title: str
    words: Spoken
    link: str
    is_late: bool
    created_at: datetime
    is_read: bool


@dataclass(frozen=True)
class Group:
    """Messages of one kind, clause and day, read as one."""

    lines: list[Line]

    @property
    def first(self) -> Line:
        return self.lines[0]

    @property
    def unread(self) -> list[int]:
        return [line.id for line in self.lines if not line.is_read]


def unread_count(actor: Actor) -> int:
    return Message.objects.filter(recipient_id=actor.staff_id, read_at=None)[:100].count()


def messages_of(
    actor: Actor, *, before: int | None = None, only_unread: bool = False
) -> tuple[list[Group], int | None]:
    """Groups of one page, newest first, and the id to go on from (None at the end)."""
    rows = Message.objects.filter(recipient_id=actor.staff_id).order_by("-id")
    if before:
        rows = rows.filter(id__lt=before)
    if only_unread:
        rows = rows.filter(read_at=None)
    page = list(rows[: PAGE + 1])
    more = page[PAGE - 1].pk if len(page) > PAGE else None
    keyed = [(m.group_key or f"single:{m.pk}", _line(m)) for m in page[:PAGE]]
    return [Group([line for _key, line in rows]) for _key, rows in groupby(keyed, key=lambda pair: pair[0])], more


def _line(message: Message) -> Line:
    kind = KINDS.find(message.kind)
    link = str(message.params.get("link", ""))
    if not link and message.duty_id:
        link = f"/duties/{message.duty_id}"
    return Line(
        message.pk,
        title_of(message.kind, message.params),
        spoken(message.params),
        link if link.startswith("/") else "",
        bool(kind and kind.is_late),
        message.created_at,
        message.read_at is not None,
    )


def mail_of(actor: Actor) -> str:
    return Staff.objects.filter(id=actor.staff_id).values_list("email", flat=True).first() or ""

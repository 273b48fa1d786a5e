"""Odd days, months, numbers and texts at every address of figures, consequences, rulebooks, channels and the trail."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from guanxi.base.kernel.errors import Invalid
from guanxi.core.messaging.models import Channel
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.models import Duty, Proposal, Version
from tests.channels.conftest import channel_to, receiver
from tests.consequences.conftest import form_of, in_force, late

__all__ = ["channel_to", "form_of", "in_force", "late", "receiver"]
pytestmark = [pytest.mark.django_db, pytest.mark.req("SEC-10")]
HUGE = "9" * 30
ODD = (
    "9999-12-31", "0001-01-01", "0001-01", "9999-12", "2026-13", "2026-W09", "1e309", "NaN", "-1", HUGE, "９９", "²",
    "\x00", "\ud800".encode("utf-16", "surrogatepass").decode("utf-16", "replace"), "x" * 3000, "[]", "{}", "'; --",
)  # fmt: skip
READ = {
    "/compliance": ("month", "rulebook", "unit", "person"),
    "/compliance/days": ("day",),
    "/compliance/file": ("month", "rulebook", "unit", "person", "purpose", "form"),
    "/compliance/print": ("month", "rulebook", "unit", "person"),
    "/record": ("month",),
    "/board": ("day", "unit", "person"),
    "/board/checks": ("month", "day", "unit", "before", "after"),
    "/proposals": ("view", "state", "month", "person", "before", "after", "cursor"),
    "/statements": ("month", "unit", "person", "before"),
    "/statements/2026-11": ("unit", "person", "before"),
    "/rulebooks/penalties": ("month", "version", "tab", "unit", "person"),
    "/rulebooks/penalties/readers": ("version", "before"),
    "/duties": ("state", "month", "clause", "rulebook", "unit", "person", "day", "before", "after", "q"),
    "/settings/trail": ("who", "name", "kind", "id", "from", "to", "since", "until", "before", "after", "subject"),
    "/messages": ("before", "after", "kind"),
    "/channels": ("before",),
}
WRITTEN = [
    "day", "month", "until_on", "last_on", "effective_on", "anchors_from", "why", "amount", "decision",
    "unit_ids", "unit", "units", "catch_up", "on_replace", "is_trial", "version", "note", "text", "guidance",
    "purpose", "form", "op_key", "staff", "person", "upheld", "takes_back", "new_owner", "to", "answer",
    "reason", "digest", "late", "name", "provider", "address", "secret", "language", "digest_at",
    "late_alerts", "is_active", "duty",
]  # fmt: skip


@pytest.fixture
def busy(late: Callable[..., Proposal], channel_to: Callable[..., Channel]) -> dict[str, Any]:
    proposal = late()
    return {"proposal": proposal.pk, "duty": proposal.duty_id, "channel": channel_to("wecom").pk}


@pytest.mark.parametrize("login", ["gm", "rep", "admin"])
def test_odd_questions_are_answered(login: str, busy: dict[str, Any], browse: Callable[[str], Client]) -> None:
    client = browse(login)
    client.raise_request_exception = False
    failed = []
    for path, names in READ.items():
        for value in ODD if login == "gm" else ODD[:3]:
            for query in [*({name: value} for name in names), dict.fromkeys(names, value)]:
                status = client.get(path, query).status_code
                if status >= 500:
                    failed.append((path, query))
    assert failed == []


def places(busy: dict[str, Any]) -> list[str]:
    steps = ("confirm", "forgive", "appeal", "answer", "review", "hand-on", "settle")
    return [
        "/rulebooks/penalties/switch-off", "/rulebooks/penalties/read", "/rulebooks/penalties/draft",
        "/rulebooks/penalties/approve", "/rulebooks/penalties/values", "/board/check",
        f"/board/duties/{busy['duty']}", "/statements/2026-11/close", "/statements/2026-11/file",
        *(f"/proposals/{busy['proposal']}/{step}" for step in steps),
        "/channels/new", f"/channels/{busy['channel']}", "/settings/mail", "/settings/trail",
    ]  # fmt: skip


@pytest.mark.parametrize("login", ["gm", "manager", "admin"])
def test_odd_entries_are_told(login: str, busy: dict[str, Any], browse: Callable[[str], Client], actor: Any) -> None:
    save_draft(Version.objects.get().text.replace("3 days,", "4 days,"), actor=actor("gm"))
    client = browse(login)
    client.raise_request_exception = False
    failed = []
    for path in places(busy):
        for value in ODD if login == "gm" else ODD[:4]:
            entries = dict.fromkeys(WRITTEN, value) | {"why": "因为"}
            status = client.post(path, entries).status_code
            if status >= 500:
                failed.append((path, value))
    assert failed == []
    assert Duty.objects.exists()


@pytest.mark.parametrize("field", ["until_on", "effective_on", "anchors_from"])
@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "9999-12-30", "2199-12-31"])
def test_an_approver_may_choose_a_day_at_the_end_of_the_calendar(
    field: str, day: str, busy: dict[str, Any], browse: Callable[[str], Client], actor: Any
) -> None:
    save_draft(Version.objects.get().text.replace("3 days,", "4 days,"), actor=actor("gm"))
    client = browse("gm")
    client.raise_request_exception = False
    entries = {"effective_on": "2026-11-22", "catch_up": "fold", "on_replace": "keep", field: day}
    assert client.get("/rulebooks/penalties/approve", entries | {"part": "figures"}).status_code < 500
    assert client.post("/rulebooks/penalties/approve", entries).status_code < 500
    for path in ("/rulebooks/penalties", "/rulebooks", "/", "/compliance"):
        assert client.get(path).status_code == 200


@pytest.mark.parametrize("day", ["9999-12-31", "0001-01-01", "2199-12-31"])
def test_a_rulebook_may_be_switched_off_at_the_end_of_the_calendar(
    day: str, busy: dict[str, Any], browse: Callable[[str], Client]
) -> None:
    client = browse("gm")
    client.raise_request_exception = False
    assert client.post("/rulebooks/penalties/switch-off", {"last_on": day, "why": "不再需要"}).status_code < 500
    assert client.get("/rulebooks/penalties").status_code == 200


FORBIDS = """
rulebook: printing
title: 打印规定
rules:
  - id: no-print
    article: 档案不得打印
    article_en: Files are not printed
    topic: archive
    subject: file-form
    forbids: [print]
"""


@pytest.mark.parametrize("field", ["until_on", "effective_on"])
def test_a_last_day_that_has_no_morning_after_is_refused(field: str, actor: Any) -> None:
    draft = save_draft(FORBIDS, actor=actor("gm"))
    days = {"effective_on": date(2026, 11, 16)} | {field: date.max}
    with pytest.raises(Invalid) as refused:
        approve_version(draft.pk, actor=actor("gm"), **days)
    assert field in refused.value.errors

"""Operation keys: a command repeated with the same key has one effect (trust.md: committed but unanswered)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.json import Jsonb

from guanxi.base.kernel import clock, statements
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Refused

from . import trail
from .models import Operation

CLAIM = """
INSERT INTO audit_operation (account_id, key, name, fingerprint, at)
VALUES (%s, %s, %s, %s, %s) ON CONFLICT (account_id, key) DO NOTHING RETURNING id
"""
ANSWER = "UPDATE audit_operation SET answer = %s WHERE id = %s"


@dataclass(frozen=True)
class Answer:
    data: dict[str, Any]
    repeated: bool


def fingerprint_of(payload: Mapping[str, Any]) -> str:
    text = json.dumps(payload, sort_keys=True, default=str, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


# The way back after saving gives the same entries under a new key; within this time they are taken for the same.
WAY_BACK = timedelta(minutes=10)


def once(
    key: str,
    *,
    actor: Actor,
    name: str,
    payload: Mapping[str, Any],
    perform: Callable[[], dict[str, Any]],
    same_within: timedelta | None = None,
    goes_on_after_refusals: bool = False,
) -> Answer:
    """Perform and store the answer with the effect, or return the stored answer of the first time.

    A second caller with the same key waits on the unique index until the first commits. Without a key the
    command is simply performed. The same key with another payload or for another command is refused. With
    `same_within`, the same payload under another key is also a repetition: for forms that people send again from the
    way back, not for programs. `goes_on_after_refusals`: `perform` catches what its actions refuse.
    """
    if not key:
        return Answer(perform(), repeated=False)
    mark = fingerprint_of(payload)
    with transaction.atomic():
        claim = statements.value(CLAIM, [actor.account_id or 0, key[:80], name, mark, clock.now()])
        if claim is None:
            return _stored(key, actor, name, mark)
        if same_within and (before := _same(actor, name, mark, same_within)):
            statements.rows(ANSWER, [Jsonb(before.answer), claim])
            return Answer(before.answer or {}, repeated=True)
        with nullcontext() if goes_on_after_refusals else trail.in_one_transaction():
            data = perform()
        statements.rows(ANSWER, [Jsonb(data), claim])
        return Answer(data, repeated=False)


def _same(actor: Actor, name: str, mark: str, within: timedelta) -> Operation | None:
    """Only what was answered: the claim of this very command is not."""
    rows = Operation.objects.filter(account_id=actor.account_id or 0, name=name, fingerprint=mark)
    return rows.filter(at__gt=clock.now() - within, answer__isnull=False).order_by("-id").first()


def _stored(key: str, actor: Actor, name: str, mark: str) -> Answer:
    operation = Operation.objects.get(account_id=actor.account_id or 0, key=key[:80])
    if (operation.name, operation.fingerprint) != (name, mark):
        raise Refused(
            _("This form was already sent with other entries. Open it again to make another change."),
            code="operation_key_reused",
        )
    return Answer(operation.answer or {}, repeated=True)

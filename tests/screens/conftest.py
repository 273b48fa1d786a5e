"""Rulebook 21 in force and a desk of duties, seen through the pages."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client

from guanxi.core.rulebooks.models import Duty
from tests.rulebooks.conftest import approve, call, form_of, rulebook_21

__all__ = ["approve", "call", "form_of", "rulebook_21"]

NOTE = "客户说每天早晚服用，睡眠比上周好一些，约好下周三再打电话"
Post = Callable[..., HttpResponse]


@pytest.fixture
def desk(rulebook_21: Any, customer_of: Any, form_of: Any) -> Callable[..., Duty]:
    """`desk("rep")`: a buyer of this person's with the series of clause 21.7; the first step is given back."""

    def raised(login: str = "rep", name: str = "崔强", **form: Any) -> Duty:
        made = form_of(login, customer_of(login, name=name), **form)
        return Duty.objects.get(subject_id=made.pk, clause__key="buyer-callback", step=1)

    return raised


def copies(duty: Duty, count: int) -> list[int]:
    """More duties like this one, as if it had come round so often; their ids in order."""
    fields = {f.attname: getattr(duty, f.attname) for f in Duty._meta.concrete_fields if not f.primary_key}
    rows = [Duty(**fields | {"occurrence": f"copy {number}"}) for number in range(count)]
    return [row.pk for row in Duty.objects.bulk_create(rows)]


def in_row(client: Client, duty: Duty, verb: str, **data: Any) -> HttpResponse:
    """As the row of a list posts it."""
    values = {"op_key": str(uuid4()), **data}
    return client.post(
        f"/duties/{duty.pk}/{verb}", values, headers={"HX-Request": "true", "HX-Target": f"duty-{duty.pk}"}
    )


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


def rows_of(response: HttpResponse) -> list[int]:
    """The duties that stand on the page, in order."""
    return [int(found) for found in re.findall(r'<li id="duty-(\d+)"', text_of(response))]

"""Own fields made by the administrator of the cast."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.records.own_fields.actions import Choice, Entry, create_own_field
from guanxi.base.records.own_fields.models import OwnField

Make = Callable[..., OwnField]


@pytest.fixture
def own_field(actor: Callable[[str], Actor]) -> Make:
    """`own_field("会员卡号")`, `own_field("门店", "choice", choices=["春熙路", "天府"])`: of customers."""

    def make(label: str, kind: str = "text", *, choices: tuple[str, ...] = (), **more: Any) -> OwnField:
        entry = Entry(label=label, choices=[Choice(text) for text in choices], **more)
        return create_own_field("customer", kind, entry, actor=actor("admin"))

    return make

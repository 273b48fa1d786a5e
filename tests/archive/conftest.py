"""First-contact forms on their way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Staff
from guanxi.domain.archive.actions import create_contact_form, receive_transfer, send_forms, sign_contact_form
from guanxi.domain.archive.models import ContactForm

from .filing import clause, filed, hand, kept, lent, recorded

__all__ = ["clause", "filed", "hand", "kept", "lent", "recorded"]

NAMES = {"rep": "邱远", "colleague": "黄娜", "supervisor": "方磊", "stranger": "彭海"}


def answers(**more: Any) -> dict[str, Any]:
    whole = {
        "name": "崔桂兰",
        "phone": "13800010001",
        "gender": "female",
        "birth_year": 1950,
        "area": "锦江区",
        "address": "锦江区春熙路一号",
        "health": "高血压",
        "medication": "无",
        "concern": "睡眠",
        "filled_by": "customer",
        "has_consent": True,
        "collected_on": clock.today(),
        "place": "社区讲座",
    }
    return whole | more


@pytest.fixture
def signed(actor: Callable[[str], Actor]) -> Callable[..., ContactForm]:
    """`signed("rep", name="…")`: filled in and signed by this person."""
    count = iter(range(1000))

    def make(login: str = "rep", **more: Any) -> ContactForm:
        form = create_contact_form(answers(phone=f"1380001{next(count):04}") | more, actor=actor(login))
        return sign_contact_form(form.pk, name=NAMES[login], actor=actor(login))

    return make


@pytest.fixture
def received(
    actor: Callable[[str], Actor], staff: Callable[[str], Staff], signed: Callable[..., ContactForm]
) -> Callable[..., ContactForm]:
    """With the sales manager."""

    def make(login: str = "rep", **more: Any) -> ContactForm:
        form = signed(login, **more)
        transfer = send_forms(ContactForm.KIND, [form.pk], staff("manager"), actor=actor(login))
        receive_transfer(transfer.pk, actor=actor("manager"))
        form.refresh_from_db()
        return form

    return make

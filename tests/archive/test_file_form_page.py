"""Filling in a file form from a customer's card."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.test import Client

from guanxi.core.customers.models import Customer

pytestmark = pytest.mark.django_db


def test_the_page_says_whose_form_it_is_and_leads_back(
    browse: Callable[[str], Client], customer_of: Callable[..., Customer]
) -> None:
    customer = customer_of("rep", name="崔强")
    page = browse("rep").get(f"/customers/{customer.pk}/file-forms/new").content.decode()
    assert "崔强的档案表" in page
    assert f'<a class="back" href="/customers/{customer.pk}"' in page


def test_what_it_says_after_saving_is_chinese(
    browse: Callable[[str], Client], customer_of: Callable[..., Customer]
) -> None:
    customer = customer_of("rep", name="崔强")
    values = {"op_key": str(uuid4()), "event_name": "答谢晚宴", "completed_on": "2026-11-16", "purchased_shown": "1"}
    page = browse("rep").post(f"/customers/{customer.pk}/file-forms/new", values, follow=True).content.decode()
    assert "制度要求的事项已列入工作台" in page

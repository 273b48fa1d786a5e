"""Colleagues, rulebooks and clauses in the search box, for those who may see them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from guanxi.base.org.models import Grant
from tests.rulebooks.conftest import approve, call, form_of, rulebook_21

__all__ = ["approve", "call", "form_of", "rulebook_21"]
pytestmark = pytest.mark.django_db
Browse = Callable[[str], Client]


def answer(client: Client, text: str) -> str:
    return client.get("/search", {"q": text}, headers={"HX-Request": "true"}).content.decode()


@pytest.mark.parametrize("typed", ["邱远", "邱", "qiuyuan", "qiuy", "yuan", "qy", "qiu yuan"])
def test_a_colleague_is_found_by_characters_sound_and_initials(browse: Browse, typed: str) -> None:
    page = answer(browse("manager"), typed)
    assert "/settings/staff/" in page
    assert "成都销售部" in page


def test_who_may_not_see_staff_finds_none(browse: Browse) -> None:
    Grant.objects.filter(kind="staff", verb="read", role__key="satisfaction-representative").delete()
    assert "/settings/staff/" not in answer(browse("rep"), "qiuyuan")


def test_a_clause_is_found_by_its_words(browse: Browse, rulebook_21: Any) -> None:
    page = answer(browse("rep"), "购买顾客")
    assert "<mark>购买顾客</mark>" in page
    assert 'href="/rulebooks/huixiao-archive#buyer-callback"' in page
    assert "huixiao-archive" in answer(browse("rep"), "会销")
    Grant.objects.filter(kind="rulebook", verb="read").delete()
    assert "huixiao-archive" not in answer(browse("rep"), "购买顾客")

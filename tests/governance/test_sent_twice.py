"""A review begun or closed twice, and a signature sent twice, happen once and are answered alike."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.packs import pack_text
from guanxi.edge.ops.governance.models import AccessReview, Signature
from guanxi.edge.ops.governance.reviewing import begin_review

from .test_reviews import all_confirmed

pytestmark = [pytest.mark.req("SEC-05", "SEC-02"), pytest.mark.django_db]
Who = Callable[[str], Actor]


def sent_twice(login: str, address: str, **entries: str) -> list[str]:
    """Where each of the two answers leads."""
    client = Client()
    client.force_login(Account.objects.get(login=login), backend="guanxi.base.org.signin.Backend")
    answers = [client.post(address, entries | {"op_key": "the-same-key"}) for _time in (1, 2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    return [answer["Location"] for answer in answers]


def test_a_review_is_begun_once() -> None:
    first, second = sent_twice("admin", reverse("ops:review-begin"))
    assert first == second
    assert AccessReview.objects.count() == 1


def test_a_review_is_closed_once(actor: Who) -> None:
    review = begin_review(actor=actor("admin"))
    all_confirmed(review, actor)
    first, second = sent_twice("admin", reverse("ops:review-close", args=[review.pk]))
    assert first == second
    assert AccessReview.objects.filter(closed_at__isnull=False).count() == 1


def test_the_obligations_are_signed_once(actor: Who) -> None:
    draft = save_draft(pack_text("conduct"), actor=actor("gm"))
    version = approve_version(draft.pk, effective_on=clock.today(), actor=actor("gm"))
    first, second = sent_twice("rep", reverse("ops:obligations"), version=str(version.pk), name=actor("rep").label)
    assert first == second
    assert Signature.objects.count() == 1

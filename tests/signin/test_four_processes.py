"""Limits with four web processes: the limit is the limit, also when everything comes at once."""

from __future__ import annotations

import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account, Tally
from guanxi.base.org.tokens import give_token
from tests.conftest import PASSWORD

from .processes import PROCESSES, Web, serving

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.req("SEC-06")]
TRIES, CALLS = 40, 20
WRONG, BLOCKED = "登录名或密码不正确", "失败次数"


def kinds(answers: list[tuple[int, str]]) -> Counter[str]:
    return Counter(
        "wrong" if WRONG in page else "blocked" if status == 422 else str(status) for status, page in answers
    )


def test_of_forty_tries_at_once_five_are_let_through_and_a_token_has_one_budget(company: None, tmp_path: Path) -> None:
    token = give_token(Account.objects.get(login="gm"), name="x", actor=Actor.system("tests"))
    with serving(tmp_path, API_CALLS_A_MINUTE=str(CALLS)) as web:
        tried = web.at_once(TRIES, login="rep", password="not the password")
        assert kinds(tried) == {"wrong": 5, "blocked": TRIES - 5}
        assert kinds(web.at_once(4, login="rep", password=PASSWORD)) == {"blocked": 4}
        assert kinds(web.at_once(4, login="colleague", password=PASSWORD)) == {"302": 4}
        began = time.monotonic()
        answers = called(web, token)
        refilled = (time.monotonic() - began) * CALLS / 60
    assert len(Tally.objects.get(scope="both", key__startswith="rep|").tries) == 5
    assert CALLS <= answers[200] <= CALLS + refilled
    assert answers[200] + answers[429] == 3 * CALLS


def called(web: Web, token: str) -> Counter[int]:
    with ThreadPoolExecutor(16) as pool:
        lines = [pool.submit(web.ask, "GET", "/api/v1/me", Authorization=f"Bearer {token}") for _ in range(3 * CALLS)]
        return Counter(line.result()[0] for line in lines)


def test_counting_in_each_process_for_itself_is_found(company: None, tmp_path: Path) -> None:
    with serving(tmp_path, "tests.signin.per_process:application") as web:
        found = kinds(web.at_once(TRIES, login="rep", password="not the password"))
    assert 5 < found["wrong"] <= 5 * PROCESSES, found

"""Asking for an account without having one (ORG-05)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.base.org.actions import Applicant, ask_registration, decline_registration
from guanxi.base.org.models import Account, Post, RegistrationRequest, Role, Staff, Unit

pytestmark = [pytest.mark.django_db, pytest.mark.req("ORG-05")]
ENTRIES = {"name": "韦 娜", "phone": "138 1111 2222", "department": "成都", "remark": "新入职", "agreed": "on"}


def ask(client: Client | None = None, address: str = "10.0.0.1", **entries: str) -> HttpResponse:
    return (client or Client()).post("/register", ENTRIES | entries, REMOTE_ADDR=address)


def approval(**more: Any) -> dict[str, Any]:
    return {
        "name": "韦娜",
        "number": "0100",
        "phone": "13811112222",
        "joined_on": "2026-11-16",
        "login": "weina",
        "unit": Unit.objects.get(code="chengdu-sales").pk,
        "role": Role.objects.get(key="satisfaction-representative").pk,
        "superior": Post.objects.get(staff__account__login="supervisor").pk,
    } | more


def test_the_form_shows_the_notes_and_asks_to_confirm_them(client: Client) -> None:
    page = client.get("/register").content.decode()
    assert "注意事项" in page
    refused = ask(agreed="")
    assert refused.status_code == 422
    assert "请确认您已阅读注意事项" in refused.content.decode()
    assert not RegistrationRequest.objects.exists()


def test_a_request_is_stored_readable_and_opens_nothing(client: Client) -> None:
    assert "申请已收到" in ask(client).content.decode()
    asked = RegistrationRequest.objects.get()
    assert (asked.name, asked.phone, asked.state) == ("韦娜", "13811112222", "open")
    assert not Account.objects.filter(staff__name="韦娜").exists()


def test_wrong_entries_come_back_with_what_was_typed() -> None:
    response = ask(phone="138", name="")
    page = response.content.decode()
    assert response.status_code == 422
    assert "手机号" in page
    assert "新入职" in page


def test_asking_twice_or_with_the_phone_of_a_colleague_answers_the_same(staff: Callable[[str], Staff]) -> None:
    Staff.objects.filter(pk=staff("rep").pk).update(phone="13900000001")
    first, again, colleague = ask(), ask(), ask(phone="13900000001")
    assert first.status_code == again.status_code == colleague.status_code == 200
    assert RegistrationRequest.objects.filter(phone="13811112222").count() == 1


def test_an_address_may_ask_five_times_an_hour() -> None:
    for number in range(5):
        assert ask(phone=f"1381111222{number}").status_code == 200
    refused = ask(phone="13811112229")
    assert refused.status_code == 422
    assert "一小时后" in refused.content.decode()
    assert ask(address="10.0.0.2", phone="13811112229").status_code == 200
    clock.advance(hours=1)
    assert ask(phone="13811112228").status_code == 200


def test_approving_hires_appoints_and_opens_the_account_in_one_step(browse: Callable[[str], Client]) -> None:
    ask()
    asked = RegistrationRequest.objects.get()
    page = browse("admin").post(f"/settings/registrations/{asked.pk}", approval()).content.decode()
    password = page.split("一次性密码</dt><dd>")[1].split("<")[0]
    opened = Account.objects.get(login="weina")
    assert opened.check_password(password)
    assert opened.must_change_password
    assert opened.staff.posts.get().superior.staff.name == "方磊"
    asked.refresh_from_db()
    assert (asked.state, asked.decided_by.name, asked.staff.name) == ("approved", "管理员", "韦娜")


def test_a_refused_approval_leaves_nothing_behind(browse: Callable[[str], Client]) -> None:
    ask()
    asked = RegistrationRequest.objects.get()
    response = browse("admin").post(f"/settings/registrations/{asked.pk}", approval(login="rep"))
    assert response.status_code == 422
    assert "该登录名已被使用" in response.content.decode()
    assert not Staff.objects.filter(name="韦娜").exists()
    asked.refresh_from_db()
    assert asked.state == "open"


def test_declining_needs_a_reason_and_is_final(actor: Callable[[str], Actor]) -> None:
    ask_registration(Applicant("韦娜", "13811112222"), actor=Actor("", "web"))
    asked = RegistrationRequest.objects.get()
    with pytest.raises(Invalid):
        decline_registration(asked.pk, answer=" ", actor=actor("admin"))
    decline_registration(asked.pk, answer="不是本公司员工", actor=actor("admin"))
    with pytest.raises(Refused):
        decline_registration(asked.pk, answer="again", actor=actor("admin"))


def test_only_administrators_decide(actor: Callable[[str], Actor], browse: Callable[[str], Client]) -> None:
    ask()
    asked = RegistrationRequest.objects.get()
    assert browse("manager").get("/settings/registrations").status_code == 403
    with pytest.raises(NotAllowed):
        decline_registration(asked.pk, answer="no", actor=actor("manager"))

"""First-contact forms of the last days, in every state: draft, signed, handed over, allocated, sealed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from random import Random

from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff
from guanxi.domain.archive.actions.allocation import Decision, allocate_forms
from guanxi.domain.archive.actions.contactform import create_contact_form, sign_contact_form
from guanxi.domain.archive.actions.sealing import seal_forms
from guanxi.domain.archive.actions.transfer import receive_transfer, send_forms
from guanxi.domain.archive.allocating import candidates, propose
from guanxi.domain.archive.models import ContactForm, ContactState

from . import words
from .company import actor_of

People = Mapping[str, Staff]
COLLECTORS = ("qiuyuan", "huangna", "yinxuan", "zougui")
MANAGER, SERVICE = "linlan", "tangning"
PLACES = ("人民公园早市", "社区活动中心", "老年大学门口", "菜市场义诊点")
# Days ago: how many forms each collector fills in that evening.
COLLECTED = {9: 2, 6: 2, 3: 1, 1: 1, 0: 1}
ALLOCATED, SEALED = (8, 5, 2), (7, 4)


def of_the_day(days_ago: int, staff: People, dice: Random) -> None:
    if days_ago in ALLOCATED:
        _allocate(staff)
    if days_ago in SEALED:
        _seal(staff)
    for login in COLLECTORS:
        for _one in range(COLLECTED.get(days_ago, 0)):
            _fill_in(staff[login], dice, is_signed=days_ago > 0 or login != COLLECTORS[0])
    if days_ago:
        _hand_over(staff)


def _fill_in(collector: Staff, dice: Random, *, is_signed: bool) -> None:
    name, gender = words.name_and_gender(dice)
    values = {
        "name": name,
        "phone": words.phone(dice),
        "gender": gender,
        "birth_year": dice.randint(1940, 1962),
        "area": "锦江区",
        "address": words.address(dice, "KH-CD"),
        "health": words.one(dice, "health"),
        "medication": dice.choice(("无", "降压药", "钙片")),
        "concern": dice.choice(("睡眠", "关节", "血压", "想了解体检")),
        "filled_by": "representative",
        "has_consent": True,
        "collected_on": clock.today(),
        "place": dice.choice(PLACES),
    }
    form = create_contact_form(values, actor=actor_of(collector))
    if is_signed:
        sign_contact_form(form.pk, name=collector.name, actor=actor_of(collector))


def _hand_over(staff: People) -> None:
    for login in COLLECTORS:
        forms = _held(staff[login], ContactState.SIGNED)
        if forms:
            _pass(forms, staff[login], staff[MANAGER], "sales-manager")


def _allocate(staff: People) -> None:
    """As the five rules propose."""
    manager = actor_of(staff[MANAGER])
    forms = _held(staff[MANAGER], ContactState.RECEIVED)
    if forms:
        proposals = propose(forms, list(candidates(manager)))
        allocate_forms({one.form.pk: Decision(one.owner.id if one.owner else None) for one in proposals}, actor=manager)


def _seal(staff: People) -> None:
    forms = _held(staff[MANAGER], ContactState.ALLOCATED)
    if forms:
        _pass(forms, staff[MANAGER], staff[SERVICE], "service-manager")
        label = f"{clock.today():%m月%d日}首次接触表"
        seal_forms([form.pk for form in forms], label=label, actor=actor_of(staff[SERVICE]))


def _held(holder: Staff, state: object) -> list[ContactForm]:
    return list(ContactForm.objects.kept().filter(holder=holder, state=state).order_by("id"))


def _pass(forms: Sequence[ContactForm], giver: Staff, taker: Staff, role: str) -> None:
    transfer = send_forms(ContactForm.KIND, [form.pk for form in forms], taker, actor=actor_of(giver), role=role)
    receive_transfer(transfer.pk, actor=actor_of(taker))

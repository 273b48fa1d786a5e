"""Staff read the conduct text and sign its obligations (SEC-02, SEC-12)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Refused
from guanxi.base.org.models import Staff
from guanxi.core.messaging.models import Message
from guanxi.core.rulebooks.actions import approve_version, save_draft
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Duty, Reading, Rule, Version
from guanxi.core.rulebooks.packs import pack_text
from guanxi.edge.ops.governance.models import Signature
from guanxi.edge.ops.governance.obligations import is_genuine, not_signed, remind, sign, version_to_sign

pytestmark = [pytest.mark.req("SEC-02"), pytest.mark.django_db]
Who = Callable[[str], Actor]


@pytest.fixture
def version(actor: Who) -> Version:
    draft = save_draft(pack_text("conduct"), actor=actor("gm"))
    return approve_version(draft.pk, effective_on=clock.today(), actor=actor("gm"))


def signs(login: str, version: Version, actor: Who) -> Signature:
    who = actor(login)
    return sign(version.pk, name=who.label, actor=who)


@pytest.mark.req("SEC-12")
def test_the_conduct_text_says_what_is_for_people_to_judge_and_raises_nothing_for_it(version: Version):
    rules = {rule.clause.key: rule.read for rule in Rule.objects.filter(version=version).select_related("clause")}
    judged = {"no-disparaging", "no-bribery", "no-private-copies", "care-of-devices", "no-third-parties"}
    assert all(rules[key].waits_for for key in judged)
    run_rules()
    assert set(Duty.objects.values_list("clause__key", flat=True)) == {"confidentiality-signed"}


@pytest.mark.req("SEC-12")
def test_signing_confirms_having_read_it(version: Version, actor: Who, staff: Callable[[str], Staff]):
    assert not Reading.objects.filter(version=version, staff=staff("rep")).exists()
    signs("rep", version, actor)
    assert Reading.objects.filter(version=version, staff=staff("rep")).exists()


def test_only_the_own_name_signs_once_and_only_what_holds(version: Version, actor: Who):
    for name in ("", "彭海", "邱"):
        with pytest.raises(Invalid):
            sign(version.pk, name=name, actor=actor("rep"))
    made = sign(version.pk, name=" 邱 远 ", actor=actor("rep"))
    assert is_genuine(made)
    with pytest.raises(Refused, match="signed"):
        signs("rep", version, actor)
    with pytest.raises(Refused, match="version_replaced"):
        sign(version.pk + 1, name="黄娜", actor=actor("colleague"))


@pytest.mark.parametrize("change", ["name", "moment", "text"])
def test_a_signature_under_something_altered_is_found(version: Version, actor: Who, change: str):
    """The planted hole: somebody rewrites what was signed, in the database itself."""
    made = signs("rep", version, actor)
    if change == "name":
        Signature.objects.update(name="黄娜")
    elif change == "moment":
        Signature.objects.update(signed_at=clock.now().replace(year=2025))
    else:
        Version.objects.filter(id=version.pk).update(text=version.text + "\n# 追加\n")
    assert not is_genuine(Signature.objects.select_related("version").get(id=made.pk))


def test_who_has_not_signed_is_a_list_and_is_reminded_once_a_day(version: Version, actor: Who, browse):
    signs("rep", version, actor)
    names = list(not_signed(version).values_list("name", flat=True))
    assert len(names) == 9
    assert "邱远" not in names
    assert remind(actor=actor("gm")) == remind(actor=actor("gm")) == 9
    assert Message.objects.filter(kind="ops:obligations:to_sign").count() == 9
    clock.advance(days=1)
    remind(actor=actor("admin"))
    assert Message.objects.filter(kind="ops:obligations:to_sign").count() == 18
    page = browse("admin").get("/settings/security/obligations").content.decode()
    assert page.count("黄娜") == 1


def test_everybody_gets_the_duty_and_signing_settles_it(version: Version, actor: Who, staff: Callable[[str], Staff]):
    run_rules()
    duties = Duty.objects.filter(clause__key="confidentiality-signed")
    assert duties.count() == 10
    assert duties.get(assignee=staff("rep")).due_on == date(2026, 11, 19)
    signs("rep", version, actor)
    assert duties.get(assignee=staff("rep")).state == "done"
    assert duties.filter(state="open").count() == 9


def test_a_new_joiner_gets_it_from_the_first_day(version: Version, actor: Who, staff: Callable[[str], Staff]):
    from guanxi.base.org.models import Account, Post

    run_rules()
    clock.advance(days=30)
    account = Account.objects.create_user("newcomer", "x" * 12, created_at=clock.now())
    person = Staff.objects.create(account=account, name="新人", number="7777", joined_on=clock.today())
    like = Post.objects.get(staff=staff("rep"))
    Post.objects.create(staff=person, unit=like.unit, role=like.role, superior=like.superior, starts_on=clock.today())
    run_rules()
    duty = Duty.objects.get(assignee=person)
    assert (duty.clause.key, duty.due_on) == ("confidentiality-signed", date(2026, 12, 19))


def test_a_new_text_is_signed_anew(version: Version, actor: Who):
    signs("rep", version, actor)
    draft = save_draft(version.text.replace("第六条", "第六条（修订）"), actor=actor("gm"))
    clock.advance(days=1)
    second = approve_version(draft.pk, effective_on=clock.today(), actor=actor("gm"))
    assert version_to_sign() == second
    assert not_signed(second).filter(name="邱远").exists()
    assert signs("rep", second, actor).version == second


def test_reading_and_signing_on_the_screen_in_both_languages(version: Version, browse: Callable[[str], Client]):
    client = browse("doctor")
    page = client.get("/obligations").content.decode()
    assert "不行贿" in page
    client.cookies["guanxi_language"] = "en"
    assert "No bribes given or taken" in client.get("/obligations").content.decode()
    assert client.post("/obligations", {"version": version.pk, "name": "别人"}).status_code == 422
    assert client.post("/obligations", {"version": version.pk, "name": "沈洁"}).status_code == 302
    assert Signature.objects.get().staff.name == "沈洁"


def test_without_a_text_in_force_there_is_nothing_to_sign(browse: Callable[[str], Client]):
    assert "暂无需签署" in browse("rep").get("/obligations").content.decode()
    assert browse("rep").post("/obligations", {"version": "1", "name": "邱远"}).status_code == 422
    assert browse("admin").get("/settings/security/obligations").status_code == 200

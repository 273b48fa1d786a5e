"""The first-contact form is filled in by who may collect, signed by hand, and changes no more (FIL-02, FIL-03)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Refused
from guanxi.domain.archive.actions import (
    change_contact_form,
    create_contact_form,
    remove_contact_form,
    sign_contact_form,
    void_signature,
)
from guanxi.domain.archive.models import ContactForm

from .conftest import answers

pytestmark = pytest.mark.django_db
Acting = Callable[[str], Actor]


@pytest.mark.req("FIL-02")
@pytest.mark.parametrize("login", ["rep", "supervisor"])
def test_representatives_and_supervisors_collect(login: str, actor: Acting) -> None:
    form = create_contact_form(answers(), actor=actor(login))
    assert (form.collector_id, form.holder_id) == (actor(login).staff_id,) * 2
    assert form.state == "draft"


@pytest.mark.req("FIL-02")
@pytest.mark.parametrize("login", ["manager", "doctor", "service", "gm", "admin"])
def test_nobody_else_collects(login: str, actor: Acting) -> None:
    with pytest.raises(NotAllowed):
        create_contact_form(answers(), actor=actor(login))


@pytest.mark.req("FIL-02")
@pytest.mark.parametrize("field", ["phone", "gender", "birth_year", "area", "health", "medication", "place"])
def test_an_empty_answer_keeps_the_form_from_being_signed(field: str, actor: Acting) -> None:
    form = create_contact_form(answers(**{field: None if field == "birth_year" else ""}), actor=actor("rep"))
    with pytest.raises(Invalid) as refused:
        sign_contact_form(form.pk, name="邱远", actor=actor("rep"))
    assert field in refused.value.errors


@pytest.mark.req("FIL-13")
def test_without_consent_it_cannot_be_signed(actor: Acting) -> None:
    form = create_contact_form(answers(has_consent=False), actor=actor("rep"))
    with pytest.raises(Invalid) as refused:
        sign_contact_form(form.pk, name="邱远", actor=actor("rep"))
    assert "has_consent" in refused.value.errors


@pytest.mark.req("FIL-03")
def test_the_signature_keeps_who_when_and_what(actor: Acting, signed: Callable[..., ContactForm]) -> None:
    form = ContactForm.objects.get(id=signed().pk)
    assert (form.state, form.signed_by_id) == ("signed", actor("rep").staff_id)
    assert form.signed_at is not None
    assert form.is_as_signed
    ContactForm.objects.filter(id=form.pk).update(health="另一种")
    assert not ContactForm.objects.get(id=form.pk).is_as_signed


@pytest.mark.req("FIL-03")
@pytest.mark.parametrize("name", ["", "邱", "黄娜"])
def test_another_name_is_no_signature(name: str, actor: Acting) -> None:
    form = create_contact_form(answers(), actor=actor("rep"))
    with pytest.raises(Invalid) as refused:
        sign_contact_form(form.pk, name=name, actor=actor("rep"))
    assert "signature" in refused.value.errors


@pytest.mark.req("FIL-03")
@pytest.mark.parametrize("login", ["colleague", "supervisor", "manager", "gm"])
def test_nobody_signs_for_another(login: str, actor: Acting) -> None:
    form = create_contact_form(answers(), actor=actor("rep"))
    with pytest.raises((NotAllowed, Missing)):
        sign_contact_form(form.pk, name="邱远", actor=actor(login))


@pytest.mark.req("FIL-03")
def test_a_signed_form_changes_only_after_the_signature_is_taken_back(
    actor: Acting, signed: Callable[..., ContactForm]
) -> None:
    form = signed()
    with pytest.raises(Refused):
        change_contact_form(form.pk, {"area": "武侯区"}, version=form.version, actor=actor("rep"))
    with pytest.raises(Invalid):
        void_signature(form.pk, why=" ", actor=actor("rep"))
    open_again = void_signature(form.pk, why="区域写错", actor=actor("rep"))
    assert (open_again.state, open_again.signed_at, open_again.signature) == ("draft", None, "")
    change_contact_form(form.pk, {"area": "武侯区"}, version=open_again.version, actor=actor("rep"))
    again = sign_contact_form(form.pk, name="邱远", actor=actor("rep"))
    assert again.signature != form.signature
    assert again.is_as_signed


@pytest.mark.req("FIL-03")
def test_a_signed_form_is_never_removed(actor: Acting, signed: Callable[..., ContactForm]) -> None:
    with pytest.raises(Refused):
        remove_contact_form(signed().pk, why="不要了", actor=actor("rep"))
    draft = create_contact_form(answers(phone="13800020001"), actor=actor("rep"))
    remove_contact_form(draft.pk, why="重复", actor=actor("rep"))
    assert not ContactForm.objects.existing().filter(id=draft.pk).exists()


@pytest.mark.req("FIL-13")
def test_what_a_person_answered_is_not_in_the_trail(actor: Acting, signed: Callable[..., ContactForm]) -> None:
    form = signed(health="隐健康字样")
    void_signature(form.pk, why="更正", actor=actor("rep"))
    change_contact_form(form.pk, {"health": "隐健康二"}, version=form.version + 1, actor=actor("rep"))
    rows = Entry.objects.filter(kind=ContactForm.KIND).values_list("changes", "personal")
    assert rows
    assert "隐健康" not in str(list(rows))
    assert "崔桂兰" not in str(list(rows))


@pytest.mark.req("FIL-13")
def test_the_page_names_the_collector_the_company_the_purpose_and_the_consent(browse: Callable[[str], Client]) -> None:
    page = browse("rep").get("/contact-forms/new").content.decode()
    for words in ("邱远", "康和健康", "这不是政府、医院或公益机构的普查", "随时要求更正、删除"):
        assert words in page


def test_the_list_leads_to_a_new_form_for_who_may_fill_one_in(browse: Callable[[str], Client]) -> None:
    assert 'href="/contact-forms/new"' in browse("rep").get("/contact-forms").content.decode()
    assert 'href="/contact-forms/new"' not in browse("manager").get("/contact-forms").content.decode()


@pytest.mark.req("FIL-03")
def test_it_is_filled_in_and_signed_on_one_page(browse: Callable[[str], Client], actor: Acting) -> None:
    given = {k: str(v) for k, v in answers().items()} | {"has_consent": "on", "has_consent_shown": "1", "step": "sign"}
    client = browse("rep")
    refused = client.post("/contact-forms/new", given | {"signature": "黄娜"})
    assert refused.status_code == 422
    assert not ContactForm.objects.exists()
    answer = client.post("/contact-forms/new", given | {"signature": "邱远"})
    form = ContactForm.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/contact-forms/{form.pk}")
    assert form.state == "signed"
    card = client.get(f"/contact-forms/{form.pk}").content.decode()
    assert form.number in card
    assert "高血压" in card


@pytest.mark.req("FIL-13")
def test_health_is_masked_for_who_may_not_reveal(
    browse: Callable[[str], Client], signed: Callable[..., ContactForm]
) -> None:
    form = signed("rep")
    page = browse("supervisor").get(f"/contact-forms/{form.pk}").content.decode()
    assert "高血压" not in page
    assert form.phone not in page
    assert browse("colleague").get(f"/contact-forms/{form.pk}").status_code == 404

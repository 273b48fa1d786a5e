"""Controlled forms are registered with version and code; numbered sheets are issued, used once, and missed (FIL-01)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed
from guanxi.base.org.models import Staff
from guanxi.core.customers.models import Customer
from guanxi.domain.archive.actions import (
    create_contact_form,
    issue_sheets,
    issue_version,
    remove_contact_form,
    remove_note,
    settle_sheets,
    write_note,
)
from guanxi.domain.archive.controlled import FIRST_CONTACT_CODE, load_templates
from guanxi.domain.archive.models import ContactForm, FormTemplate, WorkingNote
from guanxi.domain.archive.templates_in_force import in_force, template_for

from .conftest import answers

pytestmark = pytest.mark.django_db
Acting = Callable[[str], Actor]
Person = Callable[[str], Staff]
Browse = Callable[[str], Client]
CODES = [
    "LC 16.06.302.01",
    "LC 16.06.302.02",
    *(f"KH-03-R0{number}" for number in range(1, 6)),
    "VKWY7.5.1-Z01-F1",
    "VKWY7.5.1-J04-07-F1",
    "VKWY7.5.1-J04-07-F2",
]


def first_contact() -> FormTemplate:
    return FormTemplate.objects.get(code=FIRST_CONTACT_CODE, version=1)


@pytest.mark.req("FIL-01", "FIL-15")
def test_the_register_has_the_codes_and_is_read_by_everybody(browse: Browse) -> None:
    load_templates()
    assert FormTemplate.objects.count() == len(CODES) + 2
    page = browse("rep").get("/form-templates").content.decode()
    for code in CODES:
        assert code in page


@pytest.mark.req("FIL-01", "FIL-13")
def test_a_new_version_holds_from_its_day_and_filled_in_forms_keep_theirs(actor: Acting) -> None:
    form = create_contact_form(answers(), actor=actor("rep"))
    old = first_contact()
    texts = {"title": "首次接触表", "purpose": "回访", "consent": "同意"}
    tomorrow = clock.today().replace(day=17)
    with pytest.raises(NotAllowed):
        issue_version(old.pk, texts | {"effective_on": tomorrow}, actor=actor("rep"))
    with pytest.raises(Invalid) as refused:
        issue_version(old.pk, texts | {"effective_on": tomorrow, "consent": ""}, actor=actor("service"))
    assert "consent" in refused.value.errors
    made = issue_version(old.pk, texts | {"effective_on": tomorrow}, actor=actor("service"))
    assert made.version == 2
    assert made.lines == old.lines
    assert template_for("first-contact").version == 1
    clock.advance(days=1)
    assert template_for("first-contact").version == 2
    assert in_force().filter(code=old.code).count() == 1
    form.refresh_from_db()
    assert form.template_id == old.pk


@pytest.mark.req("FIL-01")
def test_a_version_is_written_on_a_page_and_keeps_what_was_typed(browse: Browse) -> None:
    address = f"/form-templates/{first_contact().pk}/version"
    texts = {"title": "首次接触表", "purpose": "回访", "consent": "同意", "lines": "姓名 / Name\n电话 / Phone"}
    refused = browse("service").post(address, texts | {"effective_on": "", "consent": ""})
    assert refused.status_code == 422
    assert "回访" in refused.content.decode()
    answer = browse("service").post(address, texts | {"effective_on": "2026-12-01"})
    assert answer.status_code == 302
    made = FormTemplate.objects.get(code=FIRST_CONTACT_CODE, version=2)
    assert made.lines == [["姓名", "Name"], ["电话", "Phone"]]


@pytest.mark.req("FIL-01", "FIL-16")
def test_numbers_run_on_and_never_come_twice(actor: Acting, staff: Person) -> None:
    first = issue_sheets(first_contact().pk, staff("rep"), 3, actor=actor("service"))
    second = issue_sheets(first_contact().pk, staff("colleague"), 2, actor=actor("service"))
    assert [(first.first, first.last), (second.first, second.last)] == [(1, 3), (4, 5)]
    assert first.unit_id == staff("rep").posts.get().unit_id
    for count in (0, 201):
        with pytest.raises(Invalid):
            issue_sheets(first_contact().pk, staff("rep"), count, actor=actor("service"))
    with pytest.raises(NotAllowed):
        issue_sheets(first_contact().pk, staff("rep"), 1, actor=actor("rep"))


@pytest.mark.req("FIL-01", "FIL-16")
def test_a_sheet_is_used_once_and_by_whom_it_was_issued_to(actor: Acting, staff: Person) -> None:
    issue = issue_sheets(first_contact().pk, staff("rep"), 2, actor=actor("service"))
    with pytest.raises(Invalid):
        create_contact_form(answers(), sheet="1", actor=actor("colleague"))
    form = create_contact_form(answers(), sheet=f"{FIRST_CONTACT_CODE}-000001", actor=actor("rep"))
    assert str(form.sheet) == f"{FIRST_CONTACT_CODE}-000001"
    with pytest.raises(Invalid):
        create_contact_form(answers(phone="13800010002"), sheet="1", actor=actor("rep"))
    assert settle_sheets(issue.pk, [1, 2], "lost", note="搬家", actor=actor("service")) == 1
    remove_contact_form(form.pk, why="写坏了", actor=actor("rep"))
    assert list(issue.sheets.order_by("serial").values_list("state", flat=True)) == ["spoiled", "lost"]


@pytest.mark.req("FIL-01")
def test_missing_numbers_are_listed_and_others_sets_are_not_seen(actor: Acting, staff: Person, browse: Browse) -> None:
    issue = issue_sheets(first_contact().pk, staff("rep"), 2, actor=actor("service"))
    settle_sheets(issue.pk, [2], "lost", note="途中遗失", actor=actor("service"))
    page = browse("service").get("/form-templates").content.decode()
    assert f"{FIRST_CONTACT_CODE}-000002" in page
    assert "途中遗失" in page
    assert browse("rep").get(f"/form-issues/{issue.pk}").status_code == 200
    for login in ("colleague", "stranger", "hangzhou"):
        assert browse(login).get(f"/form-issues/{issue.pk}").status_code == 404
        assert "途中遗失" not in browse(login).get("/form-templates").content.decode()
    with pytest.raises(NotAllowed):
        settle_sheets(issue.pk, [1], "lost", actor=actor("rep"))


@pytest.mark.req("FIL-11", "FIL-13", "FIL-16")
def test_blank_sheets_carry_number_watermark_collector_purpose_and_consent(
    actor: Acting, staff: Person, browse: Browse
) -> None:
    issue = issue_sheets(first_contact().pk, staff("rep"), 2, actor=actor("service"))
    paper = browse("service").get(f"/form-issues/{issue.pk}/print").content.decode()
    for words in ("HX-DA-01-000001", "HX-DA-01-000002", "邱远", "康和健康", "这不是政府", "随时要求更正"):
        assert words in paper
    assert 'class="marks"' in paper
    assert browse("rep").get(f"/form-issues/{issue.pk}/print").status_code == 403
    assert Entry.objects.filter(name="archive:formissue:printed", subject_id=issue.pk).count() == 1


@pytest.mark.req("FIL-04")
def test_a_working_note_is_seen_by_its_writer_alone(
    actor: Acting, browse: Browse, customer_of: Callable[..., Customer]
) -> None:
    customer = customer_of("rep")
    note = write_note(customer.pk, "喜欢清晨散步，雀随记", actor=actor("rep"))
    assert "雀随记" in browse("rep").get(f"/customers/{customer.pk}").content.decode()
    for login in ("supervisor", "manager", "gm", "doctor", "service"):
        assert "雀随记" not in browse(login).get(f"/customers/{customer.pk}").content.decode()
        with pytest.raises(Missing):
            remove_note(note.pk, actor=actor(login))
    with pytest.raises(Missing):
        write_note(customer.pk, "别人的顾客", actor=actor("colleague"))
    assert "雀随记" not in str(list(Entry.objects.values_list("changes", "personal")))
    remove_note(note.pk, actor=actor("rep"))
    assert not WorkingNote.objects.exists()
    assert ContactForm.KIND

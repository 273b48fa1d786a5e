"""Printing, copying, exporting and showing file forms: nobody without consent, and all in one register (RB-21.17)."""

from __future__ import annotations

import pytest

from guanxi.base.kernel.errors import NeedsPermit
from guanxi.base.org import permits
from guanxi.base.records.asked import Asked
from guanxi.base.records.exports.actions import ask_export, fetch_export, permit_export
from guanxi.base.records.exports.asking import Wanted
from guanxi.base.records.exports.running import carry_out
from guanxi.domain.archive.actions.copies import copy_form, show_form
from guanxi.domain.archive.models import CopyEntry
from guanxi.domain.archive.screens.fileform import FILE_FORMS

pytestmark = pytest.mark.django_db
NO_COPIES = """
  - id: no-copies
    article: 二.13 未经公司同意不得复印、打印或出示给顾客
    topic: copies
    subject: file-form
    forbids: [print, copy, show, export]
    unless: {permit: {role: general-manager}}
"""
A_FILE = Wanted(format="csv", purpose="核对名单")


def register() -> list[tuple[str, str, int]]:
    return [(one.copied, one.subject_label, one.rows) for one in CopyEntry.objects.order_by("id")]


@pytest.mark.req("RB-21.17", "FIL-11")
def test_a_print_is_refused_with_the_clause_and_once_permitted_carries_a_number(clause, kept, browse, staff):
    clause(NO_COPIES)
    form = kept()
    refused = browse("doctor").get(f"/file-forms/{form.pk}/print")
    text = refused.content.decode()
    assert refused.status_code == 409
    assert "未经公司同意" in text
    assert f"/permits/new/fileform/print/{form.pk}" in text
    permits.give(staff("doctor").pk, "print", "fileform", form.pk, given_by=staff("gm").pk)
    page = browse("doctor").get(f"/file-forms/{form.pk}/print").content.decode()
    entry = CopyEntry.objects.get()
    assert (entry.copied, entry.subject_label, entry.staff) == ("print", form.number, staff("doctor"))
    assert entry.number in page
    assert browse("doctor").get(f"/file-forms/{form.pk}/print").status_code == 409


@pytest.mark.req("RB-21.17", "FIL-11", "FIL-12")
@pytest.mark.parametrize("what", ["copy", "show"])
def test_copying_and_showing_want_the_same_consent(what, clause, kept, browse, staff):
    clause(NO_COPIES)
    form = kept()
    values = {"purpose": "顾客家属要求", "copies": "2"}
    assert browse("rep").post(f"/file-forms/{form.pk}/{what}", values).status_code == 409
    assert not CopyEntry.objects.exists()
    permits.give(staff("rep").pk, what, "fileform", form.pk, given_by=staff("gm").pk)
    assert browse("rep").post(f"/file-forms/{form.pk}/{what}", values).status_code == 302
    assert CopyEntry.objects.get().copied == what


@pytest.mark.req("RB-21.17", "FIL-11")
def test_a_list_leaves_only_with_permission_however_short_it_is(clause, kept, actor):
    clause(NO_COPIES)
    kept()
    with pytest.raises(NeedsPermit) as refused:
        ask_export(FILE_FORMS, Asked(), A_FILE, actor=actor("manager"))
    assert refused.value.details["clause"].startswith("二.13")
    run = ask_export(FILE_FORMS, Asked(), A_FILE, with_permission=True, actor=actor("manager"))
    assert run.state == "asked"
    permit_export(run.pk, actor=actor("gm"))
    assert carry_out(run.pk).state == "done"
    assert fetch_export(run.pk, actor=actor("manager")).rows == 1
    assert register() == [("export", "", 1)]


@pytest.mark.req("RB-21.17")
def test_a_file_made_before_the_clause_came_is_not_fetched_after_it(clause, kept, actor):
    kept()
    run = carry_out(ask_export(FILE_FORMS, Asked(), A_FILE, actor=actor("manager")).pk)
    clause(NO_COPIES)
    with pytest.raises(NeedsPermit):
        fetch_export(run.pk, actor=actor("manager"))


def test_the_form_of_the_file_says_the_clause_and_asks_for_permission(clause, kept, browse):
    clause(NO_COPIES)
    kept()
    page = browse("manager").get("/file-forms/export").content.decode()
    assert "未经公司同意" in page
    assert 'name="permission"' in page


def test_without_a_clause_everything_is_free_and_still_registered(kept, actor, browse):
    form = kept()
    browse("rep").get(f"/file-forms/{form.pk}/print")
    browse("rep").get("/file-forms/print")
    copy_form(form.pk, copies=1, purpose="备份", actor=actor("rep"))
    show_form(form.pk, purpose="核对", actor=actor("rep"))
    assert register() == [
        ("print", form.number, 1),
        ("print", "", 1),
        ("copy", form.number, 1),
        ("show", form.number, 1),
    ]
    page = browse("manager").get("/file-registers?part=copies").content.decode()
    assert form.number in page
    assert form.number not in browse("colleague").get("/file-registers?part=copies").content.decode()


@pytest.mark.req("FIL-12")
def test_no_page_for_customers_shows_a_file_form():
    """There is no portal: every address of file forms wants somebody signed in with the right to read them."""
    from tests.access.routes import every_route

    pages = [route for route in every_route() if "file-forms" in route.path]
    assert pages
    assert [route.name for route in pages if route.access is None or route.access.who == "public"] == []

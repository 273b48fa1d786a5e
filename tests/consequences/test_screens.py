"""The pages about consequences and their statements."""

import io
from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from openpyxl import load_workbook

from guanxi.base.audit.models import Entry
from guanxi.base.org.models import Staff
from guanxi.core.rulebooks.actions.proposal import appeal_proposal, confirm_proposal
from guanxi.core.rulebooks.actions.statement import close_month
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Proposal

from .conftest import at, move_to

pytestmark = [pytest.mark.django_db, pytest.mark.req("POL-04")]


def read(answer) -> str:
    assert answer.status_code == 200, answer.content.decode()[:400]
    return answer.content.decode()


def test_what_waits_for_the_confirmer_stands_with_its_clause_and_evidence(late, browse):
    proposal = late()
    page = read(browse("manager").get("/proposals"))
    assert "邱远" in page
    assert "逾期三日扣20元" in page
    one = read(browse("manager").get(f"/proposals/{proposal.pk}"))
    assert "逾期三日扣20元" in one
    assert f"/duties/{proposal.duty_id}" in one
    assert f"/proposals/{proposal.pk}/confirm" in one


def test_the_person_concerned_sees_it_and_may_not_decide(late, browse):
    proposal = late()
    assert "¥20.00" in read(browse("rep").get("/proposals?part=mine"))
    page = read(browse("rep").get(f"/proposals/{proposal.pk}"))
    assert f"/proposals/{proposal.pk}/confirm" not in page
    assert browse("rep").get(f"/proposals/{proposal.pk}/forgive").status_code == 403
    assert browse("colleague").get(f"/proposals/{proposal.pk}").status_code == 404
    assert browse("stranger").get(f"/proposals/{proposal.pk}").status_code == 404


def test_confirming_sent_twice_is_done_once_and_says_what_is_wrong(late, browse):
    proposal = late(what="deduct: {field: amount, least: 50 CNY, most: 500 CNY}")
    client, address = browse("manager"), f"/proposals/{proposal.pk}/confirm"
    assert "50.00" in read(client.get(address))
    wrong = client.post(address, {"amount": "9999", "op_key": "a", "note": "核实过了"})
    assert wrong.status_code == 422
    assert "核实过了" in wrong.content.decode()
    assert client.post(address, {"amount": "一百", "op_key": "b"}).status_code == 422
    entries = {"amount": "120", "op_key": "c"}
    assert [client.post(address, entries).status_code for _time in range(2)] == [302, 302]
    proposal.refresh_from_db()
    assert str(proposal.amount) == "120.00"
    assert client.post(address, {"amount": "60", "op_key": "d"}).status_code == 409
    assert Entry.objects.filter(name="rulebooks:proposal:confirmed").count() == 1


def test_appeal_and_answer_by_their_forms(late, browse, actor):
    proposal = confirm_proposal(late().pk, actor=actor("manager"))
    here = f"/proposals/{proposal.pk}"
    assert browse("rep").post(f"{here}/appeal", {"text": ""}).status_code == 422
    assert browse("rep").post(f"{here}/appeal", {"text": "当天停电"}).status_code == 302
    assert "当天停电" in read(browse("gm").get(f"{here}/answer"))
    assert browse("gm").post(f"{here}/answer", {"why": "属实"}).status_code == 422
    assert browse("gm").post(f"{here}/answer", {"why": "属实", "upheld": "yes"}).status_code == 302
    proposal.refresh_from_db()
    assert (proposal.appeal, str(proposal.reversed_month)) == ("upheld", "2026-11-01")


def test_the_page_of_the_duty_shows_what_was_proposed(late, browse):
    proposal = late()
    assert f"/proposals/{proposal.pk}" in read(browse("rep").get(f"/duties/{proposal.duty_id}"))


def test_empty_pages_say_so(browse):
    for login in ("rep", "manager", "gm"):
        for address in ("/proposals", "/proposals?part=confirmed&person=99", "/statements", "/statements/2026-11"):
            read(browse(login).get(address))


@pytest.mark.parametrize("address", ["/statements/2026-13", "/statements/2027-01", "/statements/x", "/proposals/999"])
def test_what_is_not_there_is_not_found(browse, address):
    assert browse("gm").get(address).status_code == 404


@pytest.mark.parametrize("query", ["part=x", "person=x", "clause=99999999999999999999", "after=%00", "after=-1"])
def test_odd_addresses_are_no_failure(browse, query):
    assert browse("gm").get(f"/proposals?{query}").status_code == 200


@pytest.mark.req("KPI-19")
def test_the_statement_is_read_by_month_and_person_with_its_note(late, browse, actor, staff):
    confirm_proposal(late().pk, note="已核实", actor=actor("manager"))
    assert "2026-11" in read(browse("gm").get("/statements"))
    month = read(browse("gm").get("/statements/2026-11"))
    assert "20.00" in month
    assert "劳动法" in month
    own = f"/statements/2026-11/{staff('rep').pk}"
    assert "逾期三日扣20元" in read(browse("rep").get(own))
    assert browse("colleague").get(own).status_code == 404


@pytest.mark.req("KPI-10")
def test_the_statement_leaves_as_a_harmless_file_with_a_word_in_the_trail(late, browse, actor, staff):
    Staff.objects.filter(id=staff("rep").pk).update(name="=1+1")
    confirm_proposal(late().pk, note="=cmd()", actor=actor("manager"))
    csv = browse("gm").get("/statements/2026-11/file?form=csv").content.decode("utf-8-sig")
    assert "'=1+1" in csv
    assert "'=cmd()" in csv
    answer = browse("gm").get("/statements/2026-11/file?form=xlsx")
    sheet = load_workbook(io.BytesIO(answer.content)).worksheets[0]
    assert [cell.value for cell in sheet[2]][:5] == ["=1+1", staff("rep").number, "成都销售部", "扣款", 20]
    assert sheet["A2"].data_type == "s"
    assert browse("supervisor").get("/statements/2026-11/file?form=csv").status_code == 403
    assert Entry.objects.filter(name="rulebooks:statement:taken_out").count() == 2
    assert "=1+1" in read(browse("gm").get("/statements/2026-11/print"))
    assert "20.00" in read(browse("rep").get(f"/statements/2026-11/{staff('rep').pk}/print"))


def test_closing_by_the_page(late, browse, actor):
    confirm_proposal(late().pk, actor=actor("manager"))
    assert browse("gm").post("/statements/2026-11/close", {}).status_code == 409
    move_to(at(12, 1))
    assert "20.00" in read(browse("gm").get("/statements/2026-11/close"))
    assert browse("gm").post("/statements/2026-11/close", {"op_key": "k"}).status_code == 302
    assert browse("gm").post("/statements/2026-11/close", {"op_key": "k"}).status_code == 302
    assert browse("manager").get("/statements/2026-11/close").status_code == 403
    assert "/close" not in read(browse("gm").get("/statements/2026-11"))


def test_queries_do_not_grow_with_rows(in_force, form_of, browse, actor, staff):
    in_force()
    form_of("rep")
    move_to(at(11, 22))
    run_rules()
    first = Proposal.objects.get()
    confirm_proposal(first.pk, actor=actor("manager"))
    appeal_proposal(first.pk, text="有异议", actor=actor("rep"))
    addresses = {
        "/proposals?part=confirmed": 8,
        f"/proposals/{first.pk}": 9,
        "/statements": 6,
        "/statements/2026-11": 8,
        f"/statements/2026-11/{staff('rep').pk}": 8,
    }
    client = browse("gm")
    before = {address: queries(client, address) for address in addresses}
    for _more in range(5):
        form_of("rep", completed_on=date(2026, 11, 22))
    move_to(at(11, 29))
    run_rules()
    for proposal in Proposal.objects.filter(state="proposed"):
        confirm_proposal(proposal.pk, actor=actor("manager"))
    assert {address: queries(client, address) for address in addresses} == before
    over = {address: count for address, count in before.items() if count > addresses[address]}
    assert over == {}


def queries(client, address: str) -> int:
    client.get(address)
    with CaptureQueriesContext(connection) as found:
        read(client.get(address))
    return len(found)


def test_a_closed_month_is_shown_as_closed(late, browse, actor):
    confirm_proposal(late().pk, actor=actor("manager"))
    move_to(at(12, 1))
    close_month(date(2026, 11, 1), actor=actor("gm"))
    assert "已闭账" in read(browse("gm").get("/statements"))

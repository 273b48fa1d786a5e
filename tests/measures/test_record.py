"""A person's own record, which superiors open as well."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from guanxi.base.kernel import clock
from guanxi.core.rulebooks.jobs import run_rules
from guanxi.core.rulebooks.models import Proposal
from guanxi.core.rulebooks.screens.listing import PAGE
from tests.rulebooks.conftest import duties_of

from .test_compliance import figures_of, rows_behind

pytestmark = [pytest.mark.req("CAR-30"), pytest.mark.req("CAR-05")]


@pytest.fixture
def worked(rulebook_21: Any, form_of: Any, call: Any, customer_of: Any) -> Any:
    form = form_of("rep", customer_of("rep"))
    call("rep", form.customer)
    other = form_of("rep", customer_of("rep"))
    clock.advance(days=5)
    run_rules()
    return other


def test_one_reads_ones_own_and_each_figure_has_its_rows(worked: Any, browse: Any) -> None:
    client = browse("rep")
    html = client.get("/record?month=2026-11").content.decode()
    found = figures_of(html)
    assert sum(count for address, count in found if "state=late" in address) > 0
    for address, count in found:
        assert rows_behind(client, address) == min(count, PAGE), address


def test_superiors_open_the_record_of_their_people_and_others_do_not(worked: Any, browse: Any, staff: Any) -> None:
    address = f"/record/{staff('rep').pk}"
    for login in ("rep", "supervisor", "manager", "gm"):
        assert "邱远" in browse(login).get(address).content.decode() or login == "rep"
    for login in ("colleague", "stranger", "hangzhou", "doctor"):
        assert browse(login).get(address).status_code == 404
    assert browse("gm").get("/record/999999").status_code == 404


def test_consequences_stand_in_the_record(worked: Any, browse: Any, staff: Any) -> None:
    duty = duties_of(worked, clause="buyer-callback")[0]
    made = Proposal.objects.create(
        rule_id=duty.rule_id, clause_id=duty.clause_id, duty=duty, rung=1, kind="deduct", amount=20,
        subject_kind=duty.subject_kind, subject_id=duty.subject_id, staff=staff("rep"),
        proposed_at=clock.now(), due_at=clock.now(),
    )  # fmt: skip
    assert f"/proposals/{made.pk}" in browse("rep").get("/record").content.decode()
    assert f"/proposals/{made.pk}" in browse("manager").get(f"/record/{staff('rep').pk}").content.decode()


def test_its_queries_are_few(worked: Any, browse: Any) -> None:
    client = browse("rep")
    client.get("/record")
    with CaptureQueriesContext(connection) as queries:
        client.get("/record")
    assert len(queries) <= 10, [q["sql"][:90] for q in queries]

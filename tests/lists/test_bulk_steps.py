"""One step for many records: what was ticked is looked at first, changed in sets, and can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext

from guanxi.base.audit.models import Entry, Item
from guanxi.base.kernel import clock
from guanxi.base.org.models import Restriction, Staff
from guanxi.base.records.bulk import actions
from guanxi.base.records.bulk.models import BulkItem, BulkRun
from guanxi.base.records.bulk.running import carry_on
from guanxi.core.customers.actions import change_customer
from guanxi.core.customers.models import Customer, TeamMember, Validity
from guanxi.core.messaging.models import Message

pytestmark = [pytest.mark.django_db, pytest.mark.req("SHR-05")]
Browse = Callable[[str], Client]


def begin(client: Client, step: str, *ids: int, **more: Any) -> HttpResponse:
    return client.post("/bulk/start", {"kind": "customer", "step": f"customer-{step}", "pick": list(ids), **more})


def address_of(response: HttpResponse) -> str:
    assert response.status_code == 302, response.content.decode()[-800:]
    return response.headers["Location"]


def previewed(client: Client, step: str, ids: list[int], **entries: Any) -> str:
    """The address of a run that waits to be confirmed."""
    at = address_of(begin(client, step, *ids))
    address_of(client.post(f"{at}/preview", entries))
    return at


def confirmed(client: Client, at: str) -> HttpResponse:
    address_of(client.post(f"{at}/confirm", {"op_key": str(uuid4())}))
    return client.get(at)


def text_of(response: HttpResponse) -> str:
    return response.content.decode()


@pytest.fixture
def three(customer_of: Callable[..., Customer]) -> list[int]:
    return [customer_of("rep", name=name).pk for name in ("崔强", "黄娜娜", "夏梅")]


def test_a_manager_gives_several_customers_away_and_takes_it_back(
    three: list[int], browse: Browse, staff: Callable[[str], Staff]
) -> None:
    client = browse("manager")
    at = previewed(client, "transfer", three, to=staff("colleague").pk, why="休假")
    page = text_of(client.get(at))
    assert "新负责人：黄娜" in page
    assert Customer.objects.filter(owner=staff("colleague")).count() == 0
    confirmed(client, at)
    assert set(Customer.objects.filter(owner=staff("colleague")).values_list("id", flat=True)) == set(three)
    open_ones = Validity.objects.filter(customer_id__in=three, field="owner", to_at=None)
    assert set(open_ones.values_list("value", flat=True)) == {str(staff("colleague").pk)}
    head = Entry.objects.get(name="customers:several:transferred")
    assert Item.objects.filter(entry=head).count() == 3
    assert (
        Message.objects.filter(recipient=staff("colleague"), kind__startswith="customers:customer:given").count() == 1
    )
    address_of(client.post(f"{at}/undo", {"op_key": str(uuid4())}))
    assert set(Customer.objects.filter(owner=staff("rep")).values_list("id", flat=True)) == set(three)
    assert BulkRun.objects.get().undone_at is not None


def test_records_beyond_the_scope_are_refused_as_not_there(
    three: list[int], browse: Browse, staff: Callable[[str], Staff], customer_of: Callable[..., Customer]
) -> None:
    foreign = customer_of("stranger", name="蓝月明").pk
    client = browse("manager")
    at = previewed(client, "transfer", [*three, foreign, 999_999], to=staff("colleague").pk)
    assert "蓝月明" not in text_of(client.get(at))
    confirmed(client, at)
    assert Customer.objects.get(id=foreign).owner == staff("stranger")
    outcomes = dict(BulkItem.objects.values_list("record_id", "outcome"))
    assert [outcomes[one] for one in (foreign, 999_999)] == ["refused", "refused"]
    left_out = b"".join(client.get(f"{at}/left-out.csv").streaming_content).decode()
    assert "蓝月明" not in left_out
    assert left_out.count("/customers/") == 2


def test_what_was_changed_after_the_look_is_left_alone(
    three: list[int], browse: Browse, actor: Callable[[str], Any]
) -> None:
    client = browse("manager")
    at = previewed(client, "status", three, value="lost")
    change_customer(three[0], {"need": "睡眠"}, version=1, actor=actor("rep"))
    confirmed(client, at)
    assert Customer.objects.filter(status="lost").count() == 2
    assert BulkItem.objects.get(record_id=three[0]).outcome == "refused"


def test_undo_leaves_alone_what_changed_since_and_says_so(
    three: list[int], browse: Browse, actor: Callable[[str], Any]
) -> None:
    client = browse("manager")
    at = previewed(client, "grade", three, value="A")
    confirmed(client, at)
    change_customer(three[1], {"need": "睡眠"}, version=2, actor=actor("rep"))
    address_of(client.post(f"{at}/undo", {"op_key": str(uuid4())}))
    assert list(Customer.objects.order_by("id").values_list("grade", flat=True)) == ["", "A", ""]
    assert "黄娜娜" in text_of(client.get(at))


def test_a_value_is_taken_away_only_when_that_is_chosen(three: list[int], browse: Browse) -> None:
    Customer.objects.filter(id__in=three).update(grade="A")
    client = browse("manager")
    at = address_of(begin(client, "grade", *three))
    assert client.post(f"{at}/preview", {"value": ""}).status_code == 422
    address_of(client.post(f"{at}/preview", {"value": "-"}))
    confirmed(client, at)
    assert set(Customer.objects.values_list("grade", flat=True)) == {""}


def test_undo_ends_after_a_day(three: list[int], browse: Browse) -> None:
    client = browse("manager")
    at = previewed(client, "grade", three, value="B")
    confirmed(client, at)
    clock.advance(hours=25)
    client = browse("manager")
    assert f"{at}/undo" not in text_of(client.get(at))
    assert client.post(f"{at}/undo", {"op_key": str(uuid4())}).status_code == 409


def test_a_restricted_record_is_refused_with_its_reason(three: list[int], browse: Browse) -> None:
    Restriction.objects.create(kind="customer", subject_id=three[2], verb="update", reason="档案已封存")
    client = browse("manager")
    at = previewed(client, "status", three, value="active")
    assert "档案已封存" in text_of(client.get(at))
    confirmed(client, at)
    assert Customer.objects.filter(status="active").count() == 2


def test_confirming_twice_changes_once(three: list[int], browse: Browse) -> None:
    client = browse("manager")
    at = previewed(client, "status", three, value="active")
    for _ in range(2):
        client.post(f"{at}/confirm", {"op_key": "same"})
    confirmed(client, at)
    assert set(Customer.objects.values_list("version", flat=True)) == {2}
    assert Entry.objects.filter(name="customers:several:changed").count() == 1


def test_the_bin_takes_many_and_gives_them_back(three: list[int], browse: Browse) -> None:
    client = browse("manager")
    at = previewed(client, "remove", three, why="重复")
    confirmed(client, at)
    assert Customer.objects.kept().count() == 0
    address_of(client.post(f"{at}/undo", {"op_key": str(uuid4())}))
    assert Customer.objects.kept().count() == 3


def test_a_colleague_joins_and_leaves_many_teams(
    three: list[int], browse: Browse, staff: Callable[[str], Staff]
) -> None:
    client, doctor = browse("manager"), staff("doctor")
    entries = {"staff": doctor.pk, "role": "service-doctor"}
    confirmed(client, previewed(client, "team-join", three, **entries))
    assert TeamMember.objects.filter(staff=doctor, to_on=None).count() == 3
    at = previewed(client, "team-leave", three[:2], staff=doctor.pk)
    confirmed(client, at)
    assert TeamMember.objects.filter(staff=doctor, to_on=None).count() == 1
    address_of(client.post(f"{at}/undo", {"op_key": str(uuid4())}))
    assert TeamMember.objects.filter(staff=doctor, to_on=None).count() == 3


def test_all_that_match_are_frozen_when_they_are_chosen(
    three: list[int], browse: Browse, customer_of: Callable[..., Customer]
) -> None:
    client = browse("manager")
    at = address_of(begin(client, "status", all=1, asked="status=potential"))
    customer_of("rep", name="来得晚")
    address_of(client.post(f"{at}/preview", {"value": "active"}))
    confirmed(client, at)
    assert Customer.objects.filter(status="active").count() == 3


def test_many_are_changed_by_the_worker_and_a_stop_keeps_what_is_finished(
    three: list[int], browse: Browse, actor: Callable[[str], Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(actions, "AT_ONCE", 2)
    client = browse("manager")
    at = previewed(client, "status", three, value="active")
    page = confirmed(client, at)
    assert "progress" in text_of(page)
    run = BulkRun.objects.get()
    assert run.state == "queued"
    carry_on(run.pk)
    carry_on(run.pk)
    assert Customer.objects.filter(status="active", version=2).count() == 3
    assert BulkRun.objects.get().state == "done"


def test_entries_that_cannot_be_are_asked_again(
    three: list[int], browse: Browse, staff: Callable[[str], Staff]
) -> None:
    client = browse("manager")
    at = address_of(begin(client, "transfer", *three))
    assert client.post(f"{at}/preview", {"to": ""}).status_code == 422
    gone = staff("stranger")
    Staff.objects.filter(id=gone.pk).update(left_on=clock.today())
    assert client.post(f"{at}/preview", {"to": gone.pk}).status_code == 422


def test_the_way_back_to_a_run_leads_through_the_list_of_ones_own(three: list[int], browse: Browse) -> None:
    client = browse("manager")
    at = previewed(client, "status", three, value="active")
    assert at not in text_of(client.get("/bulk"))
    confirmed(client, at)
    assert at in text_of(client.get("/bulk"))
    assert at not in text_of(browse("gm").get("/bulk"))
    assert 'href="/bulk"' in text_of(client.get("/customers"))


def test_nothing_ticked_goes_back_to_the_list(browse: Browse) -> None:
    response = begin(browse("manager"), "status", asked="status=active")
    assert address_of(response) == "/customers?status=active"


@pytest.mark.req("SEC-01")
def test_who_lacks_the_right_has_neither_ticks_nor_the_step(three: list[int], browse: Browse) -> None:
    assert 'value="customer-transfer"' not in text_of(browse("rep").get("/customers"))
    assert begin(browse("rep"), "transfer", *three).status_code == 404


def test_a_run_is_its_makers_alone(three: list[int], browse: Browse) -> None:
    at = previewed(browse("manager"), "status", three, value="active")
    for verb in ("", "/left-out.csv"):
        assert browse("gm").get(at + verb).status_code == 404
    for verb in ("/preview", "/confirm", "/stop", "/undo"):
        assert browse("gm").post(at + verb).status_code == 404


def test_the_number_of_queries_does_not_grow_with_the_records(
    browse: Browse, customer_of: Callable[..., Customer]
) -> None:
    client = browse("manager")

    def cost(count: int) -> int:
        ids = [customer_of("rep", name=f"客户{count}{n}").pk for n in range(count)]
        at = previewed(client, "status", ids, value="active")
        with CaptureQueriesContext(connection) as queries:
            confirmed(client, at)
        return len(queries)

    assert cost(2) == cost(30)

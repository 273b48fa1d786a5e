"""Sealed is sealed: found by its index alone, opened for one person with a permit, each opening on record (FIL-05)."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NeedsPermit, NotAllowed, Refused
from guanxi.base.org import permits
from guanxi.base.org.models import Account, Permit, Post, Restriction, Staff
from guanxi.domain.archive.actions import (
    allocate_forms,
    open_sealed,
    receive_transfer,
    reseal,
    seal_forms,
    send_forms,
)
from guanxi.domain.archive.actions.allocation import Decision
from guanxi.domain.archive.models import ContactForm, Opening

pytestmark = [pytest.mark.django_db, pytest.mark.req("FIL-05", "RB-21.4")]
Acting = Callable[[str], Actor]
Person = Callable[[str], Staff]
Browse = Callable[[str], Client]
CANARIES = {"address": "雀舌巷九十九号", "health": "雀健康九九", "medication": "雀用药九九", "concern": "雀关注九九"}


@pytest.fixture
def with_service(received: Callable[..., ContactForm], actor: Acting, staff: Person) -> Callable[..., ContactForm]:
    """Allocated, and received by the customer service manager."""

    def make(**more: object) -> ContactForm:
        form = received("rep", **(CANARIES | more))
        allocate_forms({form.pk: Decision(staff("rep").pk)}, actor=actor("manager"))
        transfer = send_forms(ContactForm.KIND, [form.pk], staff("service"), actor=actor("manager"))
        receive_transfer(transfer.pk, actor=actor("service"))
        form.refresh_from_db()
        return form

    return make


@pytest.fixture
def sealed(with_service: Callable[..., ContactForm], actor: Acting) -> Callable[..., ContactForm]:
    def make(**more: object) -> ContactForm:
        form = with_service(**more)
        seal_forms([form.pk], label="一号柜", actor=actor("service"))
        form.refresh_from_db()
        return form

    return make


def allow(form: ContactForm, staff_id: int, by: int) -> None:
    permits.give(staff_id, "open-sealed", ContactForm.KIND, form.pk, given_by=by)


def test_the_customer_service_manager_seals_in_numbered_boxes(
    with_service: Callable[..., ContactForm], actor: Acting, staff: Person
) -> None:
    first, second = with_service(name="甲一"), with_service(name="乙二")
    assert first.state == "at_service"
    for login in ("manager", "rep", "gm"):
        with pytest.raises(NotAllowed):
            seal_forms([first.pk], actor=actor(login))
    box = seal_forms([first.pk], label="一号柜", actor=actor("service"))
    again = seal_forms([second.pk], box_id=box.pk, actor=actor("service"))
    assert again.pk == box.pk
    assert box.number.startswith("B")
    first.refresh_from_db()
    assert (first.state, first.sealed_by_id, first.holder_id) == ("sealed", staff("service").pk, staff("service").pk)
    with pytest.raises(Invalid):
        seal_forms([first.pk], actor=actor("service"))


@pytest.mark.parametrize("login", ["rep", "supervisor", "manager", "service", "doctor", "gm", "admin"])
def test_no_page_list_search_file_or_history_shows_its_content(
    login: str, sealed: Callable[..., ContactForm], browse: Browse
) -> None:
    form = sealed(name="崔隐雀")
    client = browse(login)
    pages = [
        "/contact-forms",
        "/contact-forms?q=崔隐雀",
        f"/contact-forms/{form.pk}",
        f"/contact-forms/{form.pk}/glance",
        f"/contact-forms/{form.pk}/print",
        f"/contact-forms/{form.pk}/edit",
        "/contact-forms/print",
        "/contact-forms/export",
        f"/search?q={form.phone}",
        "/search?q=崔隐雀",
        f"/search?q={form.number}",
        "/sealed",
        "/sealed?q=崔隐雀",
        f"/sealed?q={form.number}",
        f"/sealed/{form.pk}",
        f"/sealed/{form.pk}/content",
        "/transfers",
        "/allocations",
        "/settings/trail",
        "/duties",
        "/",
        "/api/v1/contact-forms",
        f"/api/v1/contact-forms/{form.pk}",
    ]
    for address in pages:
        answer = client.get(address, follow=True)
        text = b"".join(answer.streaming_content).decode() if answer.streaming else answer.content.decode()
        for canary in CANARIES.values():
            assert answer.status_code != 500, address
            assert canary not in text, (address, canary)


def test_the_index_is_found_by_number_initials_collector_and_day(
    sealed: Callable[..., ContactForm], browse: Browse, staff: Person
) -> None:
    form = sealed(name="崔隐雀")
    client = browse("service")
    day = form.collected_on.isoformat()
    for query in (f"q={form.number}", "q=cyq", f"collector={staff('rep').pk}", f"from={day}&until={day}"):
        assert form.number in client.get(f"/sealed?{query}").content.decode(), query
    for query in (
        "q=崔隐雀",
        f"q={form.phone}",
        "q=雀健康九九",
        f"collector={staff('colleague').pk}",
        "from=2027-01-01",
    ):
        assert form.number not in client.get(f"/sealed?{query}").content.decode(), query
    for login in ("rep", "doctor", "stranger"):
        assert browse(login).get("/sealed").status_code == 403
    assert form.number not in browse("hangzhou").get("/sealed").content.decode()


@pytest.mark.parametrize("clause", ["", "一.11 开启须经总经理批准"])
def test_opening_needs_a_permit_with_and_without_a_rulebook(
    clause: str, sealed: Callable[..., ContactForm], actor: Acting, staff: Person
) -> None:
    form = sealed()
    if clause:
        Restriction.objects.create(
            kind=ContactForm.KIND,
            verb="open-sealed",
            reason="制度",
            clause=clause,
            needs_permit=True,
            permit_role="general-manager",
        )
    for login in ("service", "manager"):
        with pytest.raises(NeedsPermit):
            open_sealed(form.pk, purpose="核对", actor=actor(login))
    allow(form, staff("service").pk, staff("gm").pk)
    opening = open_sealed(form.pk, purpose="核对身份", actor=actor("service"))
    assert (opening.staff_id, opening.allowed_by_id, opening.purpose) == (
        staff("service").pk,
        staff("gm").pk,
        "核对身份",
    )
    assert Permit.objects.get().uses_left == 0
    reseal(opening.pk, actor=actor("service"))
    with pytest.raises(NeedsPermit):
        open_sealed(form.pk, purpose="再看一次", actor=actor("service"))


def test_only_who_opened_it_reads_it_until_resealed_and_at_most_until_the_day_ends(
    sealed: Callable[..., ContactForm], actor: Acting, staff: Person, browse: Browse
) -> None:
    form = sealed()
    allow(form, staff("service").pk, staff("gm").pk)
    opening = open_sealed(form.pk, purpose="核对", actor=actor("service"))
    address = f"/sealed/{form.pk}/content"
    assert "雀健康九九" in browse("service").get(address).content.decode()
    for login in ("gm", "manager", "hangzhou"):
        assert browse(login).get(address).status_code == 404
    assert browse("rep").get(address).status_code == 403
    with pytest.raises(Refused):
        open_sealed(form.pk, purpose="也看", actor=actor("manager"))
    with pytest.raises(NotAllowed):
        reseal(opening.pk, actor=actor("gm"))
    clock.advance(days=1)
    assert browse("service").get(address).status_code == 404
    allow(form, staff("manager").pk, staff("gm").pk)
    later = open_sealed(form.pk, purpose="投诉核实", actor=actor("manager"))
    reseal(later.pk, actor=actor("service"))
    assert browse("manager").get(address).status_code == 404
    shown = browse("service").get(f"/sealed/{form.pk}").content.decode()
    assert "核对" in shown
    assert "投诉核实" in shown
    assert Opening.objects.filter(form=form).count() == 2


def test_the_only_general_manager_opens_by_own_signed_reason(sealed: Callable[..., ContactForm], actor: Acting) -> None:
    form = sealed()
    for purpose, signature in (("", "何远山"), ("查投诉", ""), ("查投诉", "林岚")):
        with pytest.raises(Invalid):
            open_sealed(form.pk, purpose=purpose, signature=signature, actor=actor("gm"))
    opening = open_sealed(form.pk, purpose="查投诉", signature="何远山", actor=actor("gm"))
    assert opening.allowed_by_id is None


def test_one_of_two_general_managers_needs_the_other(
    sealed: Callable[..., ContactForm], actor: Acting, staff: Person
) -> None:
    form = sealed()
    account = Account.objects.create_user("second", "correct horse battery", created_at=clock.now())
    other = Staff.objects.create(account=account, name="副总", number="7001", joined_on=clock.today())
    post = Post.objects.get(staff=staff("gm"))
    Post.objects.create(staff=other, unit=post.unit, role=post.role, starts_on=clock.today())
    with pytest.raises(NeedsPermit):
        open_sealed(form.pk, purpose="查投诉", signature="何远山", actor=actor("gm"))
    allow(form, staff("gm").pk, other.pk)
    assert open_sealed(form.pk, purpose="查投诉", actor=actor("gm")).allowed_by_id == other.pk


def test_a_permit_for_another_form_or_person_opens_nothing(
    sealed: Callable[..., ContactForm], actor: Acting, staff: Person
) -> None:
    mine, other = sealed(name="甲一"), sealed(name="乙二")
    allow(other, staff("service").pk, staff("gm").pk)
    allow(mine, staff("manager").pk, staff("gm").pk)
    with pytest.raises(NeedsPermit):
        open_sealed(mine.pk, purpose="核对", actor=actor("service"))
    with pytest.raises(Missing):
        open_sealed(987654, purpose="核对", actor=actor("service"))


def test_the_register_of_a_box_goes_on_paper_without_content(
    sealed: Callable[..., ContactForm], browse: Browse
) -> None:
    form = sealed(name="崔隐雀")
    paper = browse("service").get(f"/sealed/boxes/{form.box_id}/print").content.decode()
    assert form.number in paper
    assert "崔隐雀" not in paper
    assert "雀健康九九" not in paper

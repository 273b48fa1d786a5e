"""Segments (客群): criteria with a name and a purpose, usable in other criteria, never in a circle."""

import pytest

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused, Stale
from guanxi.base.records.asked import Asked
from guanxi.base.records.conditions import understood
from guanxi.base.records.criteria import CriteriaError
from guanxi.base.records.listing import list_page
from guanxi.base.records.views.actions import change_segment, create_segment, delete_segment
from guanxi.base.records.views.models import Segment
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = pytest.mark.django_db


@pytest.fixture
def segment(actor):
    def make(name, criteria, purpose="节前问候"):
        return create_segment(CUSTOMERS, name=name, purpose=purpose, criteria=criteria, actor=actor("manager"))

    return make


def change(segment, criteria, actor, version=None):
    entries = {"type_": CUSTOMERS, "name": segment.name, "purpose": segment.purpose, "criteria": criteria}
    return change_segment(segment.pk, **entries, version=version or segment.version, actor=actor)


def found(text, who):
    return {row[0] for row in list_page(CUSTOMERS, Asked(where=text), who).rows}


@pytest.mark.req("CUS-27")
def test_a_segment_is_used_in_criteria_by_number_or_name(segment, customer_of, actor):
    best, plain = customer_of("rep", grade="A"), customer_of("rep", name="普通", grade="B")
    valued = segment("高价值", "grade = A")
    assert found(f"segment({valued.pk})", actor("rep")) == {best.pk}
    assert found("segment(高价值)", actor("rep")) == {best.pk}
    assert found('not segment("高价值") and owner = me', actor("rep")) == {plain.pk}
    assert Entry.objects.filter(name="records:segment:created", subject_id=valued.pk).exists()


def test_it_is_kept_with_numbers_so_that_names_may_change(segment, staff):
    segment("高价值", "grade = A")
    mixed = segment("我的高价值", "segment(高价值) and owner = 邱远")
    assert mixed.criteria == f"segment({Segment.objects.get(name='高价值').pk}) and owner = #{staff('rep').pk}"


def test_what_is_changed_in_a_segment_holds_where_it_is_used(segment, customer_of, actor):
    best = customer_of("rep", grade="A")
    base = segment("高价值", "grade = B")
    outer = segment("要问候", f"segment({base.pk})")
    assert found(f"segment({outer.pk})", actor("rep")) == set()
    change(base, "grade = A", actor("gm"))
    assert found(f"segment({outer.pk})", actor("rep")) == {best.pk}


def test_segments_never_form_a_circle(segment, actor):
    first = segment("甲", "grade = A")
    second = segment("乙", f"segment({first.pk})")
    third = segment("丙", f"segment({second.pk})")
    for criteria in (f"segment({first.pk})", f"grade = B or not segment({third.pk})", "segment(乙)"):
        with pytest.raises(Invalid) as refused:
            change(first, criteria, actor("gm"))
        assert "where" in refused.value.errors


def test_a_circle_made_behind_our_back_is_told_and_not_followed(segment, actor):
    first = segment("甲", "grade = A")
    Segment.objects.filter(pk=first.pk).update(criteria=f"segment({first.pk})")
    with pytest.raises(CriteriaError) as refused:
        understood(CUSTOMERS, f"segment({first.pk})", actor("rep"))
    assert refused.value.problem.code == "segment_unreadable"


def test_a_chain_that_doubles_at_each_link_is_refused(segment):
    def chain():
        last = segment("0", "grade = A or grade = B")
        for number in range(1, 12):
            last = segment(str(number), f"segment({last.pk}) or not segment({last.pk})")

    with pytest.raises(Invalid):
        chain()


def test_one_that_others_stand_on_is_not_deleted(segment, actor):
    base = segment("高价值", "grade = A")
    outer = segment("要问候", f"segment({base.pk})")
    with pytest.raises(Refused) as refused:
        delete_segment(base.pk, actor=actor("manager"))
    assert "要问候" in str(refused.value.message)
    delete_segment(outer.pk, actor=actor("manager"))
    delete_segment(base.pk, actor=actor("manager"))
    assert not Segment.objects.exists()


@pytest.mark.parametrize(
    ("name", "criteria", "where"),
    [("", "grade = A", "name"), ("甲", "", "where"), ("甲", "phone = 138", "where"), ("甲", "exists(", "where")],
)
def test_what_cannot_be_kept_is_told_at_its_place(segment, name, criteria, where):
    with pytest.raises(Invalid) as refused:
        segment(name, criteria)
    assert list(refused.value.errors) == [where]


def test_making_one_needs_the_right_to_share_and_changing_it_the_latest_version(segment, actor):
    with pytest.raises(NotAllowed):
        create_segment(CUSTOMERS, name="甲", purpose="", criteria="grade = A", actor=actor("rep"))
    one = segment("甲", "grade = A")
    change(one, "grade = B", actor("gm"))
    with pytest.raises(Stale):
        change(one, "grade = C", actor("gm"), version=1)


def test_the_page_says_who_belongs_to_each_in_words_and_counts_apart(segment, browse, customer_of):
    customer_of("rep", grade="A")
    one = segment("高价值", "grade = A and not exists(activity where happened_at within 30 days)")
    page = browse("rep").get("/segments").content.decode()
    assert "等级为A，且没有跟进记录（时间在最近30天内）" in page
    assert "新建客群" not in page
    assert browse("rep").get(f"/segments/{one.pk}/count").content.decode().strip() == "1"
    assert browse("stranger").get(f"/segments/{one.pk}/count").content.decode().strip() == "0"
    assert browse("admin").get(f"/segments/{one.pk}/count").status_code == 404


def test_it_is_made_and_changed_on_screen(browse):
    browser = browse("manager")
    form = {"kind": "customer", "name": "高价值", "purpose": "节前问候", "where": "grade = A"}
    assert browser.post("/segments/new", form).status_code == 302
    one = Segment.objects.get()
    wrong = browser.post(f"/segments/{one.pk}", form | {"where": "grade = Z", "version": "1"})
    assert wrong.status_code == 422
    assert "A, B, C" in wrong.content.decode()
    assert browser.post(f"/segments/{one.pk}", form | {"where": "grade = B", "version": "1"}).status_code == 302
    assert browser.post(f"/segments/{one.pk}", form | {"where": "grade = C", "version": "1"}).status_code == 409
    assert browse("rep").get(f"/segments/{one.pk}").status_code == 403
    assert browser.post(f"/segments/{one.pk}/delete").status_code == 302


def test_a_card_names_the_segments_its_record_is_in(segment, browse, customer_of):
    customer = customer_of("rep", grade="A")
    segment("高价值", "grade = A")
    segment("沉睡客", "latest(activity.happened_at) < now - 90 days")
    page = browse("rep").get(f"/customers/{customer.pk}").content.decode()
    assert "高价值" in page
    assert "沉睡客" not in page

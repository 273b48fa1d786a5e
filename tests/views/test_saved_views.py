"""A list is saved as a view, shared, opened by default, and survives what it names being taken away."""

import pytest

from guanxi.base.audit.models import Entry
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed, Stale
from guanxi.base.records.asked import Asked
from guanxi.base.records.views.access import seen_views
from guanxi.base.records.views.actions import change_view, create_view, delete_view, make_default
from guanxi.base.records.views.models import SavedView
from guanxi.base.records.views.opening import open_list
from guanxi.core.customers.screens.customer import CUSTOMERS

pytestmark = pytest.mark.django_db


def saved(who, name="A级", **words):
    return create_view(CUSTOMERS, name, words or {"grade": "A"}, actor=who)


@pytest.mark.req("CUS-03", "CUS-27")
def test_a_view_is_saved_from_the_list_and_opens_with_what_it_says(browse, actor, customer_of):
    customer_of("rep", name="甲级客户", grade="A")
    customer_of("rep", name="乙级客户", grade="B")
    browser = browse("rep")
    form = {"kind": "customer", "name": "甲级", "words": "grade=A&sort=name", "sharing": "nobody"}
    answer = browser.post("/views/new", form)
    view = SavedView.objects.get()
    assert answer["Location"] == f"/customers?view={view.pk}"
    assert view.words == {"grade": "A", "sort": "name"}
    page = browser.get(answer["Location"]).content.decode()
    assert "甲级客户" in page
    assert "乙级客户" not in page
    assert f'href="/customers?view={view.pk}" aria-current="page"' in page
    everybody = browser.get(f"/customers?view={view.pk}&grade=").content.decode()
    assert "乙级客户" in everybody
    assert Entry.objects.filter(name="records:view:created", subject_id=view.pk).exists()


def test_sent_twice_it_is_saved_once(browse):
    form = {"kind": "customer", "name": "甲级", "words": "grade=A", "sharing": "nobody", "op_key": "k1"}
    browser = browse("rep")
    assert browser.post("/views/new", form)["Location"] == browser.post("/views/new", form)["Location"]
    assert SavedView.objects.count() == 1


@pytest.mark.parametrize(
    ("name", "words", "where"),
    [
        ("", {}, "name"),
        ("x" * 61, {}, "name"),
        ("坏条件", {"where": "colour = red"}, "where"),
        ("名字", {"where": "owner = 查无此人"}, "where"),
    ],
)
def test_what_cannot_be_saved_is_told_at_its_place(actor, name, words, where):
    with pytest.raises(Invalid) as refused:
        create_view(CUSTOMERS, name, words, actor=actor("rep"))
    assert list(refused.value.errors) == [where]


def test_two_views_of_one_person_have_two_names(actor):
    saved(actor("rep"))
    with pytest.raises(Invalid):
        saved(actor("rep"))
    saved(actor("colleague"))


def test_sharing_needs_the_right_and_reaches_the_unit_and_below(actor):
    with pytest.raises(NotAllowed):
        create_view(CUSTOMERS, "给大家", {}, sharing="everybody", actor=actor("rep"))
    create_view(CUSTOMERS, "成都的", {}, sharing="unit", actor=actor("service"))
    create_view(CUSTOMERS, "给大家", {}, sharing="everybody", actor=actor("manager"))
    seen = {login: {view.name for view in seen_views(actor(login), "customer")} for login in ("rep", "stranger", "gm")}
    assert seen == {"rep": {"成都的", "给大家"}, "stranger": {"给大家"}, "gm": {"给大家"}}


def test_a_view_of_another_is_missing_and_a_shared_one_only_read(actor):
    view = saved(actor("rep"))
    entries = {"name": "改名", "sharing": "nobody", "version": 1, "type_": CUSTOMERS}
    with pytest.raises(Missing):
        change_view(view.pk, **entries, actor=actor("colleague"))
    shared = create_view(CUSTOMERS, "给大家", {}, sharing="everybody", actor=actor("manager"))
    with pytest.raises(Missing):
        delete_view(shared.pk, actor=actor("rep"))
    delete_view(shared.pk, actor=actor("gm"))
    assert not SavedView.objects.filter(id=shared.pk).exists()


def test_the_second_of_two_changes_is_asked_again(actor, browse):
    view = saved(actor("rep"))
    entries = {"sharing": "nobody", "type_": CUSTOMERS, "actor": actor("rep")}
    change_view(view.pk, name="先", version=1, **entries)
    with pytest.raises(Stale):
        change_view(view.pk, name="后", version=1, **entries)
    answer = browse("rep").post(f"/views/{view.pk}", {"name": "后", "sharing": "nobody", "version": "1"})
    assert answer.status_code == 409
    assert 'name="version" value="2"' in answer.content.decode()


def test_a_list_opens_with_the_default_view_until_it_is_taken_back(actor, browse, customer_of):
    customer_of("rep", name="乙级客户", grade="B")
    view = saved(actor("rep"))
    make_default(CUSTOMERS, view.pk, actor=actor("rep"))
    browser = browse("rep")
    assert "乙级客户" not in browser.get("/customers").content.decode()
    assert "乙级客户" in browser.get("/customers?view=all").content.decode()
    assert "乙级客户" in browse("supervisor").get("/customers").content.decode()
    browser.post(f"/views/{view.pk}/default", {"wanted": "no"})
    assert "乙级客户" in browser.get("/customers").content.decode()


def test_what_the_list_shows_now_goes_into_the_view(actor, browse):
    view = saved(actor("rep"))
    browse("rep").post(f"/views/{view.pk}/keep", {"version": "1", "words": f"view={view.pk}&status=active&grade="})
    view.refresh_from_db()
    assert view.words == {"status": "active"}


def broken(actor, words, query=None):
    view = SavedView.objects.get(pk=saved(actor).pk)
    SavedView.objects.filter(pk=view.pk).update(words=words)
    return open_list(CUSTOMERS, {"view": str(view.pk)} | (query or {}), actor)


def test_columns_and_orders_that_are_gone_are_left_out_and_named(actor):
    opened = broken(actor("rep"), {"cols": "name,gone,phone", "sort": "vanished", "grade": "A"})
    assert opened.asked.columns == ("name", "phone")
    assert len(opened.left_out) == 2
    assert not opened.broken


@pytest.mark.parametrize(
    "words",
    [
        {"vanished": "x"},
        {"grade": "Z"},
        {"where": "removed_field = 1"},
        {"where": "grade = A and segment(999)"},
        {"where": "grade = ("},
        {"owner": "999999"},
    ],
)
def test_a_view_is_never_silently_wider(actor, browse, customer_of, words):
    customer_of("rep", name="不该出现")
    opened = broken(actor("rep"), words)
    assert opened.broken
    page = browse("rep").get(f"/customers?view={opened.view.pk}")
    assert page.status_code == 200
    assert "不该出现" not in page.content.decode()
    assert "/customers/criteria" in page.content.decode()


def test_a_filter_that_is_gone_does_not_matter_once_the_address_sets_it_anew(actor):
    assert not broken(actor("rep"), {"grade": "Z"}, {"grade": ""}).broken


def test_a_view_that_was_deleted_shows_nothing_and_says_so(browse, customer_of):
    customer_of("rep", name="不该出现")
    page = browse("rep").get("/customers?view=424242").content.decode()
    assert "不该出现" not in page
    assert "view=all" in page


def test_links_of_a_list_keep_what_was_taken_off_a_view():
    asked = Asked.of(CUSTOMERS, {"view": "7", "grade": ""}, saved={"grade": "A", "sort": "name"})
    assert asked.said() == {"view": "7", "grade": "", "sort": "name"} or asked.filters == {}
    assert "grade=&" in asked.address(CUSTOMERS) + "&"


def test_nothing_of_a_view_reaches_the_trail_in_the_clear(actor):
    view = create_view(CUSTOMERS, "张三丰", {"q": "13800000000"}, actor=actor("rep"))
    entry = Entry.objects.get(name="records:view:created", subject_id=view.pk)
    assert "张三丰" not in str(entry.changes)
    assert "13800000000" not in str(entry.changes)


@pytest.mark.parametrize("text", ["%", "\x00", "view=\ud800"[:5], "a=1;b=2", "&&&", "x" * 30_000])
def test_hostile_words_are_kept_out_without_an_error(browse, text):
    answer = browse("rep").post("/views/new", {"kind": "customer", "name": "试", "words": text})
    assert answer.status_code in (302, 422)

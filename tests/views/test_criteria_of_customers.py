"""What may be asked of customers, of what belongs to them, and by whom."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.utils import translation

from guanxi.base.kernel import clock
from guanxi.base.org.models import Grant, Role, Staff
from guanxi.base.records.asked import Asked
from guanxi.base.records.conditions import criteria_fields, understood
from guanxi.base.records.criteria import CriteriaError, show
from guanxi.base.records.listing import list_page
from guanxi.base.records.own_fields.actions import Entry, create_own_field
from guanxi.base.records.selection import Selection
from guanxi.base.records.views.patience import TooSlow, within_seconds
from guanxi.base.records.views.preview import preview
from guanxi.base.records.views.sentences import sentence
from guanxi.core.activities.actions import log_activity
from guanxi.core.activities.actions.activity import NewActivity
from guanxi.core.customers.screens.customer import CUSTOMERS
from guanxi.core.rulebooks.actions import create_task
from guanxi.domain.archive.actions import complete_file_form
from guanxi.domain.archive.screens.fileform import FILE_FORMS

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(customer_of, actor):
    """Three customers of the representative: called today, called 40 days ago and bought, never spoken to."""
    rep = actor("rep")
    fresh, old, never = (customer_of("rep", name=name) for name in ("新近", "久违", "从未"))
    call = {"kind": "call", "result": "reached", "note": "问候近况"}
    log_activity(fresh.pk, NewActivity(**call, happened_at=clock.now()), actor=rep)
    log_activity(old.pk, NewActivity(**call, happened_at=clock.now() - timedelta(days=40)), actor=rep)
    form = {
        "event_name": "讲座",
        "completed_on": clock.today(),
        "purchased": True,
        "product": "蛋白粉",
        "amount": Decimal(12000),
    }
    complete_file_form(old.pk, form, actor=rep)
    return {"fresh": fresh, "old": old, "never": never}


def found(text, who):
    return {row[0] for row in list_page(CUSTOMERS, Asked(where=text), who).rows}


@pytest.mark.req("CUS-03", "CUS-27")
@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("exists(activity where kind = call and happened_at >= now - 30 days)", "fresh"),
        ("not exists(activity where happened_at within 30 days)", "old never"),
        ("count(activity where kind in (call, visit), happened_at within 90 days) = 1", "fresh old"),
        ("count(activity) = 0", "never"),
        ("sum(fileform.amount where completed_on >= today - 12 months) >= 10000", "old"),
        ("sum(fileform.amount) = 0", "fresh never"),
        ("latest(activity.happened_at) < now - 30 days", "old"),
        ("latest(activity.happened_at) is empty", "never"),
        ("earliest(activity.happened_at) >= today", "fresh"),
        ("latest(activity.happened_at) = today", "fresh"),
        ("owner = me and count(fileform where purchased = yes) >= 1", "old"),
        ("owner = 邱远 and exists(activity where staff = me)", "fresh old"),
        ("unit = my unit", "fresh old never"),
        ("exists(duty where state = open and assignee = me)", "old"),
        ("not (exists(fileform) or exists(activity))", "never"),
        ("exists(contact) or exists(team where staff = me)", ""),
        ("last_contact_at within 2 days", "fresh"),
    ],
)
def test_customers_are_found_by_what_belongs_to_them(people, actor, an_open_duty, text, names):
    assert found(text, actor("rep")) == {people[name].pk for name in names.split()}


@pytest.fixture
def an_open_duty(actor, people):
    """A duty of the representative about the customer who bought."""
    create_task(people["old"].pk, purpose="回访", due_on=clock.today(), actor=actor("rep"))


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("phone = 13800000000", "unknown_field", 1),
        ("birth_on < 1960-01-01", "unknown_field", 1),
        ('remark contains "病"', "unknown_field", 1),
        ('exists(fileform where health contains "高血压")', "unknown_field", 23),
        ('exists(activity where note contains "王")', "unknown_field", 23),
        ("exists(invoices)", "unknown_relation", 1),
        ("name > 2026-01-01", "operator_misfit", 1),
        ("status = active and created_at = 张三", "value_misfit", 21),
        ("last_contact_at < 12", "value_misfit", 1),
        ("grade = Z", "value_misfit", 1),
        ("owner = 查无此人", "unknown_name", 1),
        ("owner = my unit", "value_misfit", 1),
        ("count(activity) = 1.5", "count_misfit", 1),
        ("count(activity) = 99999", "count_misfit", 1),
        ("sum(activity) > 1", "relation_field", 1),
        ("sum(activity.happened_at) > 1", "relation_field", 1),
        ("latest(activity.kind) = call", "relation_field", 1),
        ("exists(activity.kind)", "relation_field", 1),
        ("exists(activity where exists(duty))", "unknown_relation", 23),
        ("segment(12)", "unknown_segment", 1),
        ("exists(activity where segment(3))", "unknown_segment", 23),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(actor, text, code, column):
    with pytest.raises(CriteriaError) as refused:
        understood(CUSTOMERS, text, actor("gm"))
    assert (refused.value.problem.code, refused.value.problem.column) == (code, column)


def test_a_name_becomes_a_number_so_that_the_text_outlives_a_change_of_name(actor, staff):
    asked = understood(CUSTOMERS, 'owner in ("邱远", me) and unit != "成都销售部"', actor("rep")).asked
    rep = staff("rep")
    assert show(asked).startswith(f"owner in (#{rep.pk}, me) and unit != #")


def test_two_of_the_same_name_are_told_apart_by_number(actor):
    twin = Staff.objects.create(name="邱远", number="0777", joined_on=clock.today())
    with pytest.raises(CriteriaError) as refused:
        understood(CUSTOMERS, "owner = 邱远", actor("rep"))
    assert f"#{twin.pk}" in str(refused.value.problem)


def test_me_is_whoever_reads(customer_of, actor):
    mine, hers = customer_of("rep"), customer_of("colleague", name="别人")
    everybody = {"rep": {mine.pk}, "colleague": {hers.pk}, "supervisor": set()}
    for login, ids in everybody.items():
        assert found("owner = me", actor(login)) == ids
    assert found("owner = my people", actor("supervisor")) == {mine.pk, hers.pk}


def test_children_of_a_kind_that_the_role_may_not_read_do_not_exist(actor):
    role = Role.objects.get(key="satisfaction-representative")
    Grant.objects.filter(role=role, kind="fileform", verb="read").delete()
    fields = criteria_fields(CUSTOMERS, actor("rep"))
    assert fields.relation("fileform") is None
    assert fields.relation("activity") is not None


def test_children_outside_the_readers_scope_do_not_count(people, actor, customer_of):
    """The form is the representative's; the doctor reads the customer, and forms of the branch; a stranger neither."""
    lent = people["old"]
    text = "exists(fileform where purchased = yes)"
    assert found(text, actor("doctor")) == {lent.pk}
    # The form passes to another branch's representative: the owner of the customer no longer learns of it.
    stranger = Staff.objects.get(account__login="stranger")
    lent.file_forms.update(representative=stranger, unit=stranger.posts.get().unit)
    assert found(text, actor("rep")) == set()


def test_only_the_own_scope_is_found_and_counted(people, actor):
    assert preview(CUSTOMERS, "exists(activity)", actor("stranger")).count == 0
    assert preview(CUSTOMERS, "exists(activity)", actor("rep")).count == 2
    assert Selection.of(CUSTOMERS, Asked(where="exists(activity)"), actor("gm")).count(most=10) == 2


def test_file_forms_are_found_by_their_customer(people, actor):
    listed = list_page(FILE_FORMS, Asked(where="exists(customer where status = potential)"), actor("rep"))
    assert listed.count == len(listed.rows)
    nobody = list_page(FILE_FORMS, Asked(where="exists(customer where status = lost)"), actor("rep"))
    assert nobody.count == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "全部"),
        ("status = active and last_contact_at < now - 30 days", "状态为合作中，且最近联系早于30天前"),
        ("not exists(activity where happened_at within 30 days)", "没有跟进记录（时间在最近30天内）"),
        ("count(activity where kind in (call, visit)) < 2", "跟进记录（类别为电话、拜访之一）的次数小于2"),
        ("owner = me or grade is empty", "负责人为本人，或等级为空"),
    ],
)
def test_criteria_are_told_as_a_sentence(actor, text, said):
    found = understood(CUSTOMERS, text, actor("rep"))
    with translation.override("zh-hans"):
        assert sentence(found.asked, found.fields) == said


@pytest.mark.parametrize(
    ("kind", "value", "holds", "fails"),
    [
        ("text", "金卡", '= "金卡"', 'contains "银"'),
        ("number", 12, ">= 12", "< 12"),
        ("money", 99.5, "= 99.5", "> 99.5"),
        ("date", "2026-11-10", "within 10 days", "< today - 10 days"),
        ("yesno", True, "= yes", "= no"),
    ],
)
def test_fields_of_the_companys_own_are_asked_by_their_key(customer_of, actor, kind, value, holds, fails):
    own = create_own_field("customer", kind, Entry(label="会员卡"), actor=actor("admin"))
    filled, empty = customer_of("rep"), customer_of("rep", name="没有")
    type(filled).objects.filter(pk=filled.pk).update(own={own.key: value})
    rep = actor("rep")
    assert found(f"{own.key} {holds}", rep) == {filled.pk}
    assert found(f"{own.key} {fails}", rep) == set()
    assert found(f"not {own.key} {holds}", rep) == {empty.pk}
    assert found(f"{own.key} is empty", rep) == {empty.pk}


def test_own_fields_that_are_personal_cannot_be_asked_about(actor):
    own = create_own_field("customer", "text", Entry(label="病史", is_personal=True), actor=actor("admin"))
    with pytest.raises(CriteriaError):
        understood(CUSTOMERS, f'{own.key} contains "糖"', actor("gm"))


def test_a_question_that_takes_too_long_is_ended_with_advice():
    with pytest.raises(TooSlow), within_seconds(0.05), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM generate_series(1, 1000000000)")
    with connection.cursor() as cursor:
        cursor.execute("SHOW statement_timeout")
        assert cursor.fetchone()[0] == "0"

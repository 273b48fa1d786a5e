"""The customer: list, card and form in one declaration."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.colleagues import working_here
from guanxi.base.org.scopes import may, scope_of
from guanxi.base.records.types import Button, Field, Filter, ListColumn, Options, RecordType, Section, Sort

from ..access import access_customer
from ..actions import change_customer, create_customer
from ..models import Customer
from ..models.customer import Gender, Grade, Kind, Source, Status

STATUS_TONES = {"potential": "plain", "active": "open", "dormant": "plain", "lost": "plain"}
MOST_OWNERS = 200


def owners_seen(actor: Actor) -> Options:
    """Owners to filter by: those whose customers the reader's scope names; nobody when that is only themselves."""
    scope = scope_of(actor, Customer.KIND)
    if scope.everything:
        return list(working_here(most=MOST_OWNERS))
    return list(working_here(scope.staff_ids, most=MOST_OWNERS)) if len(scope.staff_ids) > 1 else []


def badges(customer: Customer) -> list[tuple[Any, str]]:
    found: list[tuple[Any, str]] = [(customer.get_status_display(), STATUS_TONES.get(customer.status, "plain"))]
    if customer.grade:
        found.append((customer.grade, "plain"))
    if customer.deceased_on:
        found.append((_("Deceased"), "plain"))
    if customer.is_do_not_disturb:
        found.append((_("Do not disturb"), "plain"))
    return found


def subtitle(customer: Customer) -> str:
    owner = customer.owner.name if customer.owner else "–"
    return f"{customer.number} · {owner}"


FIELDS = (
    Field(
        "kind",
        _("Kind"),
        "choice",
        choices=list(Kind.choices),
        required=True,
        synonyms=("客户类型", "类型", "客户性质"),
    ),
    Field(
        "name",
        _("Name"),
        required=True,
        max_length=120,
        synonyms=("客户名称", "客户姓名", "顾客姓名", "名称", "customer", "full name"),
    ),
    Field(
        "phone",
        _("Phone"),
        "phone",
        required=True,
        is_personal=True,
        max_length=30,
        synonyms=("手机", "手机号", "手机号码", "电话", "电话号码", "联系电话", "联系方式", "mobile", "telephone"),
    ),
    Field("gender", _("Gender"), "choice", choices=list(Gender.choices), synonyms=("sex",)),
    Field(
        "birth_on",
        _("Date of birth"),
        "date",
        is_personal=True,
        may_be_future=False,
        synonyms=("生日", "出生年月", "birthday", "born on"),
    ),
    Field(
        "birth_is_lunar",
        _("Birthday in the lunar calendar"),
        "yesno",
        synonyms=("农历", "是否农历", "农历生日", "lunar birthday"),
    ),
    Field("address", _("Address"), is_personal=True, synonyms=("住址", "家庭住址", "联系地址", "公司地址")),
    Field("company_name", _("Company"), max_length=120, synonyms=("公司", "公司名称", "工作单位", "company name")),
    Field("industry", _("Industry"), max_length=60, synonyms=("所属行业",)),
    Field(
        "status",
        _("Status"),
        "choice",
        choices=list(Status.choices),
        required=True,
        is_indexed=True,
        synonyms=("客户状态",),
    ),
    Field(
        "grade",
        _("Grade"),
        "choice",
        choices=list(Grade.choices),
        is_indexed=True,
        synonyms=("客户等级", "级别", "客户级别"),
    ),
    Field("source", _("Source"), "choice", choices=list(Source.choices), synonyms=("客户来源", "来源渠道")),
    Field("route", _("How the customer came to know us"), max_length=60),
    Field("need", _("Need")),
    Field("remark", _("Remark"), "longtext", max_length=2000, is_personal=True, synonyms=("说明", "note", "notes")),
    Field("owner", _("Owner"), "staff", is_fixed=True, is_indexed=True),
    Field("unit", _("Unit"), "unit", is_fixed=True, is_indexed=True),
    Field("collected_by", _("Collected by"), "staff", is_fixed=True),
    Field("last_contact_at", _("Last contact"), "moment", is_fixed=True, is_indexed=True),
    Field("created_at", _("Created"), "moment", is_fixed=True, is_indexed=True),
)

CUSTOMERS = RecordType(
    key=Customer.KIND,
    label=_("Customer"),
    plural=_("Customers"),
    new_label=_("New customer"),
    path="customers",
    model=Customer,
    fields=FIELDS,
    sections=(
        Section("basics", _("Basics"), ("kind", "name", "phone", "gender", "birth_on", "birth_is_lunar", "address")),
        Section("business", _("Business"), ("company_name", "industry", "need", "source", "route")),
        Section("standing", _("Standing"), ("status", "grade", "owner", "unit", "collected_by", "last_contact_at")),
        Section("more", _("More"), ("remark", "created_at")),
    ),
    columns=(
        ListColumn("name", _("Name"), "t.name", sort="name", is_title=True),
        ListColumn("phone", _("Phone"), "t.phone", "phone"),
        ListColumn("status", _("Status"), "t.status", choices=dict(Status.choices), tones=STATUS_TONES),
        ListColumn("grade", _("Grade"), "t.grade", choices=dict(Grade.choices)),
        ListColumn("owner", _("Owner"), "s.name"),
        ListColumn("unit", _("Unit"), "u.name", is_minor=True),
        ListColumn("contact", _("Last contact"), "t.last_contact_at", "moment", sort="contact"),
        ListColumn("created", _("Created"), "t.created_at", "date", sort="new", is_minor=True),
    ),
    joins="LEFT JOIN org_staff s ON s.id = t.owner_id LEFT JOIN org_unit u ON u.id = t.unit_id",
    sorts=(
        Sort("new", _("Newest"), "created_at"),
        Sort("name", _("Name"), "pinyin", descending=False),
        Sort("contact", _("Last contact"), "last_contact_at", nullable=True),
    ),
    filters=(
        Filter("status", _("Status"), "t.status = %s", lambda actor: list(Status.choices), is_indexed=True),
        Filter("grade", _("Grade"), "t.grade = %s", lambda actor: list(Grade.choices), is_indexed=True),
        Filter("owner", _("Owner"), "t.owner_id = %s::bigint", owners_seen, is_indexed=True),
    ),
    access=access_customer,
    title=lambda customer: customer.name,
    subtitle=subtitle,
    badges=badges,
    buttons=(
        Button(
            "transfer",
            _("Transfer"),
            lambda c: f"/customers/{c.pk}/transfer",
            lambda actor, c: may(actor, "customer", "transfer"),
        ),
        Button(
            "rest",
            _("May be contacted?"),
            lambda c: f"/customers/{c.pk}/rest",
            lambda actor, c: may(actor, "customer", "update"),
        ),
        Button(
            "remove",
            _("Remove"),
            lambda c: f"/customers/{c.pk}/remove",
            lambda actor, c: may(actor, "customer", "delete"),
        ),
    ),
    create=create_customer,
    change=change_customer,
    boards=("status", "grade", "source"),
    searchable=True,
    look_up="/search/duplicates",
    found_by=("name", "company_name"),
    number="number",
    lent="customers_customer_lent",
    empty_hint=_("Add the first customer, or import a spreadsheet of people."),
    icon="people",
)

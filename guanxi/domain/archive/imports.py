"""The import of file forms: a row is a person and a form from one event.

Same phone and name are one person; the same phone with another name is a couple, both kept. Person, event and day are
one form; another event is a second form with a series of its own. People and forms known already are recognised.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import events
from guanxi.base.audit.events import Event
from guanxi.base.kernel import clock, pinyin
from guanxi.base.records.defaults import column_defaults
from guanxi.base.records.imports import readers
from guanxi.base.records.imports.intakes import INTAKES, Intake
from guanxi.base.records.imports.judging import KEEPERS, Keeper
from guanxi.base.records.imports.kinds import (
    KINDS,
    STAGING,
    Batch,
    Choice,
    Column,
    Derive,
    Figure,
    ImportKind,
    Option,
    Outcome,
)
from guanxi.base.records.imports.staging import array_text
from guanxi.core.customers import events as customer_events
from guanxi.core.customers.access import KIND as CUSTOMER
from guanxi.core.customers.intake import take_in_people

from .access import KIND
from .events import CHANGED, COMPLETED, REMOVED
from .models import FileForm

# Names, phones and dates come first: a row is counted under the first of them that is wrong.
COLUMNS = (
    Column(
        "name", _("Name"), ("姓名", "顾客姓名", "客户姓名", "客户名称", "customer", "full name"), readers.name,
        is_required=True, is_text=True, refused="refused_no_name",
    ),
    Column(
        "phone", _("Phone"), ("手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "mobile", "telephone"),
        readers.a_phone, is_required=True, refused="refused_bad_phone",
    ),
    Column(
        "completed_on", _("Completed on"), ("建档日期", "填表日期", "登记日期", "日期", "date"), readers.past_day,
        sql_type="date", is_required=True, refused="refused_bad_date",
    ),
    Column(
        "event_name", _("Event"), ("活动名称", "活动", "会议名称", "event name"), readers.text(80),
        is_required=True, is_text=True,
    ),
    Column("gender", _("Gender"), ("性别", "sex"), readers.gender),
    Column("birth_on", _("Born on"), ("出生日期", "生日", "出生年月", "birthday"), readers.past_day, "date"),
    Column("birth_is_lunar", _("Lunar birthday"), ("农历生日", "农历", "是否农历"), readers.yes_no, "boolean"),
    Column("address", _("Address"), ("家庭住址", "住址", "地址", "联系地址"), readers.text(200), is_text=True),
    Column("health", _("Health"), ("健康状况", "健康情况", "身体状况", "病史"), readers.text(200), is_text=True),
    Column("purchased", _("Purchased"), ("是否购买", "购买", "是否成交", "bought"), readers.yes_no, "boolean"),
    Column("product", _("Product"), ("购买产品", "产品", "产品名称"), readers.text(80), is_text=True),
    Column("amount", _("Amount"), ("购买金额", "金额", "成交金额"), readers.amount, "numeric(14,2)"),
    Column(
        "representative_id", _("Representative"), ("满意代表", "代表", "负责人", "业务员"), readers.staff_key,
        is_staff=True, asks_if_empty=True,
    ),
    Column("remark", _("Remark"), ("备注", "说明", "note", "notes"), readers.text(2000), is_text=True),
)  # fmt: skip
FIGURES = (
    Figure("rows", _("Rows read"), is_headline=True),
    Figure("known", _("Rows that came in before")),
    Figure("people", _("People")),
    Figure("people_new", _("New customers"), "done", is_headline=True),
    Figure("people_known", _("Customers known already")),
    Figure("forms", _("File forms")),
    Figure("forms_new", _("New file forms"), "done", is_headline=True),
    Figure("forms_known", _("File forms known already")),
    Figure("forms_repeated", _("Rows that repeat a form of this file")),
    Figure("buyers", _("Buyers")),
    Figure("buyer_forms", _("File forms of buyers")),
    Figure("shared_phone_other_name", _("Couples who share a phone, both kept")),
    Figure("formula_text_cells", _("Cells that look like formulas, kept as text")),
    Figure("refused", _("Rows refused"), "late", is_headline=True),
    Figure("refused_no_name", _("Refused: no name"), "late"),
    Figure("refused_bad_phone", _("Refused: no valid phone"), "late"),
    Figure("refused_bad_date", _("Refused: no valid date"), "late"),
    Figure("refused_other", _("Refused: other reasons"), "late"),
)
PAST = Choice(
    "past",
    _("Duties whose day has passed already"),
    (
        Option("fold", _("Raise them as caught up"), _("They can be done, carry no blame and are folded away.")),
        Option("skip", _("Do not raise them"), _("Only duties from today on are raised.")),
    ),
)
DERIVED = (("pinyin", "text"), ("initials", "text"), ("tokens", "text[]"))

# The unit of a representative is the one of the main post held today.
POSTS = """
CREATE TEMP TABLE import_post ON COMMIT DROP AS
SELECT DISTINCT ON (staff_id) staff_id, unit_id FROM org_post
WHERE starts_on <= %(today)s AND (ends_on IS NULL OR ends_on >= %(today)s) ORDER BY staff_id, is_main DESC, id
"""
# Rows that came in before, under whatever corrections were made since: they never bring anything again.
KNOWN = f"""
CREATE TEMP TABLE import_known ON COMMIT DROP AS
SELECT r.line FROM {STAGING} r WHERE EXISTS (SELECT FROM records_importmark m WHERE m.mark = r.mark)
"""  # noqa: S608 (constants only)
PEOPLE = f"""
CREATE TEMP TABLE import_person ON COMMIT DROP AS
SELECT DISTINCT ON (r.phone, r.name) r.line, r.phone, r.name, NULL::bigint AS customer_id, FALSE AS is_new,
  r.representative_id AS owner_id, r.representative_id AS collected_by_id,
  p.unit_id, r.pinyin, r.initials, array_to_tsvector(r.tokens) AS search,
  r.gender, r.birth_on, r.birth_is_lunar, r.address
FROM {STAGING} r LEFT JOIN import_post p ON p.staff_id = r.representative_id
WHERE NOT EXISTS (SELECT FROM import_known k WHERE k.line = r.line) OR EXISTS (
  SELECT FROM customers_customer c WHERE c.phone = r.phone AND c.name = r.name AND c.kind = 'person'
  AND c.removed_at IS NULL)
ORDER BY r.phone, r.name, r.line
"""  # noqa: S608 (constants only)
FORMS = f"""
CREATE TEMP TABLE import_form ON COMMIT DROP AS
SELECT DISTINCT ON (i.customer_id, r.event_name, r.completed_on) r.line, i.customer_id, r.event_name, r.completed_on,
  COALESCE(r.purchased, FALSE) AS purchased, r.product, r.amount, r.health, r.representative_id, p.unit_id, r.remark,
  EXISTS (SELECT FROM import_known k WHERE k.line = r.line) AS is_known
FROM {STAGING} r JOIN import_person i ON i.phone = r.phone AND i.name = r.name
LEFT JOIN import_post p ON p.staff_id = r.representative_id
ORDER BY i.customer_id, r.event_name, r.completed_on, r.line
"""  # noqa: S608 (constants only)
# Column of the form to its value in import_form.
COPIED = {
    column: column
    for column in ("customer_id", "event_name", "completed_on", "purchased", "amount", "representative_id", "unit_id")
} | {column: f"COALESCE({column}, '')" for column in ("product", "health", "remark")}
INSERT_FORMS = """
INSERT INTO archive_fileform ({columns}) SELECT {values} FROM import_form i
WHERE NOT i.is_known AND NOT EXISTS (
  SELECT FROM archive_fileform f WHERE f.customer_id = i.customer_id AND f.event_name = i.event_name
  AND f.completed_on = i.completed_on AND f.removed_at IS NULL
)
ORDER BY line ON CONFLICT DO NOTHING RETURNING id
"""
# Forms are judged before their customers: those that go keep nobody.
FORMS_STAY = """EXISTS (SELECT FROM archive_fileform f WHERE f.customer_id = t.id AND f.removed_at IS NULL
  AND NOT EXISTS (SELECT FROM import_judged j WHERE j.kind = 'fileform' AND j.id = f.id AND j.verdict = 'goes'))"""
COUNT = f"""
SELECT (SELECT count(*) FROM {STAGING}), count(*), count(*) FILTER (WHERE purchased),
  count(DISTINCT customer_id) FILTER (WHERE purchased),
  (SELECT count(*) FROM import_person), (SELECT count(*) - count(DISTINCT phone) FROM import_person),
  (SELECT count(*) FROM import_known)
FROM import_form
"""  # noqa: S608 (constants only)


def take_in_forms(batch: Batch) -> Outcome:
    """New customers belong to the representative their row names; customers known already keep their owner."""
    cursor = batch.cursor
    cursor.execute("DROP TABLE IF EXISTS import_post, import_known, import_person, import_form")
    cursor.execute(POSTS, {"today": clock.today()})
    cursor.execute(KNOWN)
    cursor.execute("ANALYZE import_known")
    cursor.execute(PEOPLE)
    cursor.execute("ANALYZE import_person (phone, name)")
    people = take_in_people(cursor, "import_person", batch_id=batch.run_id, now=batch.now)
    batch.step()
    cursor.execute(FORMS)
    cursor.execute("ANALYZE import_form (customer_id)")
    forms = insert_forms(batch)
    counts = count(batch, new_people=len(people), new_forms=len(forms))
    batch.step()
    events.publish(Event(customer_events.CREATED, CUSTOMER, people), actor=batch.actor)
    events.publish(Event(COMPLETED, KIND, forms, hints={"catch_up": batch.choices["past"]}), actor=batch.actor)
    return Outcome(counts, items=[(CUSTOMER, people), (KIND, forms)])


def insert_forms(batch: Batch) -> list[int]:
    fixed = {"batch_id": batch.run_id, "created_at": batch.now, "updated_at": batch.now}
    fixed |= column_defaults(FileForm, given={*fixed, *COPIED})
    values = [*COPIED.values(), *(f"%({column})s" for column in fixed)]
    sql = INSERT_FORMS.format(columns=", ".join([*COPIED, *fixed]), values=", ".join(values))
    batch.cursor.execute(sql, fixed)
    return sorted(row[0] for row in batch.cursor.fetchall())


def count(batch: Batch, *, new_people: int, new_forms: int) -> dict[str, int]:
    batch.cursor.execute(COUNT)
    rows, forms, buyer_forms, buyers, people, sharing, known = batch.cursor.fetchone()
    return {
        "known": known,
        "people": people,
        "people_new": new_people,
        "people_known": people - new_people,
        "forms": forms,
        "forms_new": new_forms,
        "forms_known": forms - new_forms,
        "forms_repeated": rows - forms,
        "buyers": buyers,
        "buyer_forms": buyer_forms,
        "shared_phone_other_name": sharing,
    }


def sounds_of_people() -> Derive:
    """How each person sounds, worked out once per person of the file: of 100,000 rows the dearest step."""
    seen: set[tuple[str, str]] = set()

    def derive(values: Mapping[str, Any]) -> Sequence[Any]:
        name, phone = values["name"], values["phone"]
        if (phone, name) in seen:
            return (None, None, None)
        seen.add((phone, name))
        words = pinyin.words_of_person(name, phone)
        return (words.sort_key[:300], words.initials[:120], array_text(words.tokens))

    return derive


def register() -> None:
    KINDS.add(
        ImportKind(
            key="file-forms",
            label=_("Customers and file forms"),
            access_kind=KIND,
            columns=COLUMNS,
            apply=take_in_forms,
            figures=FIGURES,
            choices=(PAST,),
            derived=DERIVED,
            derive=sounds_of_people,
            leads_to=(("/customers", _("Customers")), ("/file-forms", _("File forms"))),
            explain=_("Each row is a person and the form from one event. Those known already are recognised."),
        )
    )
    INTAKES.add(Intake(key=KIND, created=COMPLETED, changed=CHANGED, removed=REMOVED, keys=()))
    KEEPERS.add(Keeper("file-forms", CUSTOMER, _("File forms"), FORMS_STAY))

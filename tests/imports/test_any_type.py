"""What a declaration alone brings about: records come in from a file, are recognised, filled in, overwritten."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from guanxi.base.audit.models import Entry, EventRow
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid
from guanxi.base.org.models import Grant, Restriction
from guanxi.base.records.imports.command import run_import_file
from guanxi.base.records.imports.kinds import KINDS
from guanxi.base.records.imports.models import ImportMark, ImportRow
from guanxi.base.records.own_fields.actions import Choice, create_own_field
from guanxi.base.records.own_fields.actions import Entry as FieldEntry
from guanxi.core.customers.models import Customer, Validity

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
HEADER = ["姓名", "手机", "性别", "公司", "客户状态", "生日", "负责人"]
Import = Callable[..., dict[str, Any]]


@pytest.fixture
def bring(actor: Callable[[str], Actor], tmp_path: Path) -> Import:
    """`bring(rows, found="fill")`: a file of customers, taken in as the sales manager."""

    def run(
        *rows: list[str],
        header: list[str] = HEADER,
        who: str = "manager",
        answers: dict[str, str] | None = None,
        **choices: str,
    ) -> dict[str, Any]:
        text = io.StringIO()
        csv.writer(text).writerows([header, *rows])
        path = tmp_path / "customers.csv"
        path.write_bytes(text.getvalue().encode())
        return run_import_file(path, "customers", actor=actor(who), choices=choices, answers=answers)

    return run


def row(name: str = "崔强", phone: str = "13894821993", **cells: str) -> list[str]:
    known = {"姓名": name, "手机": phone} | cells
    return [known.get(heading, "") for heading in HEADER]


def reasons(result: dict[str, Any]) -> list[str]:
    return [
        r["code"]
        for refused in ImportRow.objects.filter(run_id=result["run"]).order_by("line")
        for r in refused.reasons
    ]


def test_customers_come_in_with_owner_unit_words_and_history(bring: Import, staff: Callable[..., Any]) -> None:
    result = bring(
        row(性别="先生", 公司="长虹", 客户状态="合作中", 生日="1960/3/5", 负责人="邱远"), row("王霞", "13894821994")
    )
    assert (result["state"], result["counts"]["created"], reasons(result)) == ("done", 2, [])
    customer = Customer.objects.get(name="崔强")
    assert (customer.owner, customer.unit.code) == (staff("rep"), "chengdu-sales")
    assert (customer.gender, customer.status, customer.birth_on.isoformat()) == ("male", "active", "1960-03-05")
    assert customer.number.startswith("K")
    assert "cui" in customer.pinyin
    assert customer.batch_id == result["run"]
    assert Customer.objects.get(name="王霞").owner == staff("manager")
    history = Validity.objects.filter(customer=customer).values_list("field", flat=True)
    assert sorted(history) == ["owner", "status", "unit"]
    assert EventRow.objects.filter(name="customers:customer:created").latest("id").ids == sorted(
        Customer.objects.values_list("id", flat=True)
    )


def test_an_imported_customer_is_found_like_one_typed_in(bring: Import, customer_of: Callable[..., Customer]) -> None:
    bring(row("曾国藩", "13894821993", 公司="湘军"))
    typed = customer_of("rep", name="曾国藩", phone="13894821994", company_name="湘军")
    new = Customer.objects.get(phone="13894821993")
    assert (new.pinyin, new.initials) == (typed.pinyin, typed.initials)
    words = set(Customer.objects.get(id=typed.pk).search.split())
    assert {w for w in set(new.search.split()) ^ words if not w.startswith("'#")} == set()


def test_the_same_file_again_creates_nothing(bring: Import) -> None:
    bring(row(), row("王霞", "13894821994"), match="none")
    again = bring(row("王霞", "13894821994"), row(), row("新人", "13894821995"), match="none")
    assert (again["counts"]["known"], again["counts"]["created"]) == (2, 1)
    assert ImportMark.objects.count() == 3


def test_a_row_known_from_before_is_not_created_again_when_the_record_was_corrected(bring: Import) -> None:
    bring(row("崔墙"))
    Customer.objects.filter(name="崔墙").update(name="崔强")
    again = bring(row("崔墙"))
    assert (again["counts"]["created"], again["counts"]["known"]) == (0, 1)


@pytest.mark.parametrize(
    ("found", "address", "changed"), [("leave", "", 0), ("fill", "解放路1号", 1), ("overwrite", "解放路1号", 1)]
)
def test_a_known_record_is_left_filled_or_overwritten(
    bring: Import, customer_of: Callable[..., Customer], found: str, address: str, changed: int
) -> None:
    known = customer_of("rep", phone="13894821993", company_name="长虹", status="active")
    header = ["姓名", "手机", "地址", "公司", "状态"]
    result = bring(["崔强", "13894821993", "解放路1号", "海信", "流失"], header=header, found=found, match="person")
    known.refresh_from_db()
    assert (result["counts"]["created"], result["counts"]["changed"]) == (0, changed)
    assert known.address == address
    assert (known.company_name, known.status) == (("海信", "lost") if found == "overwrite" else ("长虹", "active"))
    assert known.version == 1 + changed
    if found == "overwrite":
        assert list(known.validity.filter(field="status", to_at=None).values_list("value", flat=True)) == ["lost"]
        assert known.validity.filter(field="status").count() == 2
        assert "'海信'" in Customer.objects.get(id=known.pk).search


def test_empty_cells_erase_only_when_that_is_wanted(bring: Import, customer_of: Callable[..., Customer]) -> None:
    known = customer_of("rep", phone="13894821993", company_name="长虹")
    bring(row(), found="overwrite")
    known.refresh_from_db()
    assert known.company_name == "长虹"
    result = bring(row(性别="男"), found="overwrite", empty="erase")
    known.refresh_from_db()
    assert (known.company_name, known.name, known.gender) == ("", "崔强", "male"), result


def test_records_are_named_by_number(bring: Import, customer_of: Callable[..., Customer]) -> None:
    known = customer_of("rep")
    rows = [[known.number, "新地址"], ["K99999999", "x"], ["", "y"]]
    result = bring(*rows, header=["编号", "地址"], match="number", found="overwrite")
    known.refresh_from_db()
    assert known.address == "新地址"
    assert result["counts"]["refused"] == 2
    assert reasons(result) == ["row_missing", "row_needs", "row_needs"] or reasons(result) == [
        "row_missing",
        "row_needs",
    ]


def test_a_file_without_names_needs_a_number(bring: Import) -> None:
    with pytest.raises(Invalid):
        bring(["解放路"], header=["地址"])


def test_records_of_others_are_refused_without_more(bring: Import, customer_of: Callable[..., Customer]) -> None:
    theirs = customer_of("stranger", phone="13894821993")
    result = bring(row(客户状态="流失"), found="overwrite", match="phone")
    theirs.refresh_from_db()
    assert (theirs.status, theirs.version) == ("potential", 1)
    assert reasons(result) == ["row_elsewhere"]


def test_a_namesake_beyond_reach_is_somebody_else(bring: Import, customer_of: Callable[..., Customer]) -> None:
    customer_of("stranger", name="崔强")
    result = bring(row(), match="name", found="overwrite")
    assert (result["counts"]["created"], result["counts"]["refused"]) == (1, 0)


def test_several_records_that_fit_are_not_guessed_between(bring: Import, customer_of: Callable[..., Customer]) -> None:
    for name in ("崔强", "王霞"):
        customer_of("rep", name=name, phone="13894821993")
    result = bring(row(客户状态="流失"), match="phone", found="overwrite")
    assert reasons(result) == ["row_several"]


def test_what_may_not_exist_twice_is_refused(bring: Import, customer_of: Callable[..., Customer]) -> None:
    customer_of("rep", phone="13894821993")
    assert reasons(bring(row(), found="create")) == ["row_taken"]
    other = customer_of("rep", name="王霞", phone="13894821994")
    result = bring(
        [other.number, "崔强", "13894821993"], header=["编号", "姓名", "手机"], match="number", found="overwrite"
    )
    assert reasons(result) == ["row_taken"]
    other.refresh_from_db()
    assert other.name == "王霞"


@pytest.mark.parametrize(
    ("twins", "created", "company"), [("first", 1, "长虹"), ("merge", 1, "海信"), ("create", 1, "长虹")]
)
def test_rows_that_mean_one_record(bring: Import, twins: str, created: int, company: str) -> None:
    result = bring(row(公司="长虹", 性别="男"), row(公司="海信"), twins=twins, match="person")
    assert result["counts"]["created"] == created
    assert result["counts"]["repeated"] + result["counts"]["refused"] == 1
    customer = Customer.objects.get()
    assert (customer.company_name, customer.gender) == (company, "male")
    assert f"'{company}'" in customer.search


def test_who_sees_an_entry_masked_does_not_overwrite_it(bring: Import, customer_of: Callable[..., Customer]) -> None:
    known = customer_of("rep", phone="13894821993", address="旧地址")
    Grant.objects.filter(kind="customer", verb="reveal").delete()
    header = ["姓名", "手机", "地址", "公司"]
    result = bring(["崔强", "13894821993", "新地址", "长虹"], header=header, found="overwrite", match="name")
    known.refresh_from_db()
    assert (known.address, known.company_name) == ("旧地址", "长虹")
    assert result["counts"]["masked"] == 1


def test_only_colleagues_within_the_importers_reach_become_owners(bring: Import, staff: Callable[..., Any]) -> None:
    with pytest.raises(Invalid):
        bring(row(负责人="彭海"))
    with pytest.raises(Invalid):
        bring(row(负责人="彭海"), answers={"彭海": str(staff("stranger").pk)})
    assert bring(row(负责人="彭海"), answers={"彭海": str(staff("rep").pk)})["counts"]["created"] == 1
    assert bring(row("王霞", 负责人="彭海"), who="gm")["counts"]["created"] == 1
    assert Customer.objects.get(name="王霞").owner == staff("stranger")


def test_a_staff_number_names_a_colleague(bring: Import, staff: Callable[..., Any]) -> None:
    bring(row(负责人=staff("rep").number))
    assert Customer.objects.get().owner == staff("rep")


def test_choices_are_read_by_value_and_label_in_both_languages(bring: Import) -> None:
    rows = [row("甲", "13894821990", 客户状态="active"), row("乙", "13894821991", 客户状态="Active")]
    result = bring(*rows, row("丙", "13894821992", 客户状态="合作中"), row("丁", "13894821993", 客户状态="好"))
    assert Customer.objects.filter(status="active").count() == 3
    assert reasons(result) == ["choice"]


def test_all_or_nothing_keeps_the_reasons_and_takes_nothing_in(bring: Import) -> None:
    result = bring(row(), row("王霞", "12"), rows="whole")
    assert (result["state"], Customer.objects.count()) == ("failed", 0)
    assert result["problem"]
    assert reasons(result) == ["phone_length"]
    assert not ImportMark.objects.exists()


def test_the_trail_names_every_record(bring: Import, customer_of: Callable[..., Customer]) -> None:
    known = customer_of("rep", phone="13894821993")
    bring(row(性别="男"), row("王霞", "13894821994"), found="fill")
    entry = Entry.objects.get(name="records:import:finished")
    assert set(entry.item_set.values_list("kind", "subject_id")) == {
        ("customer", known.pk), ("customer", Customer.objects.get(name="王霞").pk),
    }  # fmt: skip


def test_every_type_that_may_be_created_can_be_imported() -> None:
    assert "customers" in KINDS


def test_a_restricted_record_is_not_changed_by_a_file_either(
    bring: Import, customer_of: Callable[..., Customer]
) -> None:
    known = customer_of("rep", phone="13894821993")
    Restriction.objects.create(kind="customer", subject_id=known.pk, verb="update", reason="审计中")
    assert reasons(bring(row(性别="男"), found="overwrite")) == ["row_restricted"]


@pytest.mark.req("FLD-02")
def test_own_fields_come_in_like_others(
    bring: Import, actor: Callable[[str], Actor], customer_of: Callable[..., Customer]
) -> None:
    labels = {"number": "子女数", "date": "纪念日", "yesno": "会员", "choice": "茶"}
    made = {}
    for kind, label in labels.items():
        entry = FieldEntry(label=label, choices=[Choice("绿茶")] if kind == "choice" else [])
        made[kind] = create_own_field("customer", kind, entry, actor=actor("admin")).key
    known = customer_of("rep", name="王霞", phone="13894821994")
    Customer.objects.filter(id=known.pk).update(own={made["number"]: 1})
    header = ["姓名", "手机", "子女数", "纪念日", "会员", "茶"]
    rows = [["崔强", "13894821993", "2", "2026/1/5", "是", "绿茶"], ["王霞", "13894821994", "3", "2026-02-01", "", ""]]
    assert bring(*rows, header=header, found="fill")["counts"]["refused"] == 0
    own = Customer.objects.get(name="崔强").own
    assert (own[made["number"]], own[made["date"]], own[made["yesno"]]) == (2, "2026-01-05", True)
    assert Customer.objects.get(id=known.pk).own == {made["number"]: 1, made["date"]: "2026-02-01"}
    bring(["王霞", "13894821994", "", "2026-02-02", "", ""], header=header, found="overwrite", empty="erase")
    assert Customer.objects.get(id=known.pk).own == {made["date"]: "2026-02-02"}

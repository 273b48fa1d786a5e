"""A file on its way through the pages: upload, columns, questions, start, result."""

import csv
import io
from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.org.models import Staff
from guanxi.base.records.imports.models import ImportPart, ImportRun
from guanxi.base.records.imports.running import carry_out
from guanxi.base.records.imports.shown import _excerpt
from guanxi.core.customers.models import Customer
from guanxi.domain.archive.models import FileForm

from .files import csv_bytes, row

pytestmark = [pytest.mark.django_db, pytest.mark.req("DAT-01")]
Browse = Callable[[str], Client]


def upload(client: Client, content: bytes, name: str = "forms.csv", **more: str) -> HttpResponse:
    return client.post("/imports", {"kind": "file-forms", "file": SimpleUploadedFile(name, content), **more})


def uploaded(client: Client, content: bytes) -> ImportRun:
    response = upload(client, content)
    assert response.status_code == 302, response.content.decode()
    return ImportRun.objects.get(id=int(response["Location"].rsplit("/", 1)[1]))


def choose(client: Client, run: ImportRun, **changes: str) -> HttpResponse:
    fields = {f"map-{key}": str(index) for key, index in run.mapping.items()} | changes
    return client.post(f"/imports/{run.id}/columns", {"encoding": run.encoding, **fields})


def imported(client: Client, content: bytes, **answers: str) -> ImportRun:
    run = uploaded(client, content)
    assert choose(client, run).status_code == 302
    assert client.post(f"/imports/{run.id}/start", {"past": "fold", **answers}).status_code == 302
    return carry_out(run.id)


def test_a_file_goes_from_upload_to_result(browse: Browse) -> None:
    client = browse("manager")
    run = imported(client, csv_bytes(row(), row(姓名="王霞")))
    assert run.state == "done", run.problem
    assert Customer.objects.filter(phone="13894821993").count() == 2
    page = client.get(f"/imports/{run.id}").content.decode()
    assert "forms.csv" in page
    assert not ImportPart.objects.exists()


def test_every_step_shows_its_page(browse: Browse) -> None:
    client = browse("manager")
    assert client.get("/imports").status_code == 200
    run = uploaded(client, csv_bytes(row(满意代表="韦娜")))
    assert "13894821993" in client.get(f"/imports/{run.id}").content.decode()
    choose(client, run)
    assert "韦娜" in client.get(f"/imports/{run.id}").content.decode()
    assert client.get(f"/imports/{run.id}?step=columns").status_code == 200


def test_the_other_encoding_can_be_looked_at_and_is_seen_to_be_wrong(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row(), encoding="gb18030"))
    right = client.get(f"/imports/{run.id}?step=columns").content.decode()
    wrong = client.get(f"/imports/{run.id}?step=columns&as=utf-8").content.decode()
    assert "崔强" in right
    assert "map-phone" in right
    assert "崔强" not in wrong
    assert "\ufffd" in wrong
    assert "map-phone" not in wrong


def test_a_file_is_not_taken_in_with_an_encoding_that_does_not_fit(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row(), encoding="gb18030"))
    assert choose(client, run, encoding="utf-8").status_code == 422
    assert ImportRun.objects.get(id=run.id).encoding == "gb18030"


def test_columns_are_proposed_from_the_header(browse: Browse) -> None:
    header = ["顾客姓名*", "联系电话（必填）", "活动", "登记日期", "业务员", "别的"]
    run = uploaded(
        browse("manager"), csv_bytes(["崔强", "13894821993", "讲座", "2026-11-02", "邱远", "x"], header=header)
    )
    assert run.mapping == {"name": 0, "phone": 1, "completed_on": 3, "event_name": 2, "representative_id": 4}


def test_a_required_column_without_a_place_is_asked_for(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row()))
    response = choose(client, run, **{"map-phone": ""})
    assert response.status_code == 422
    assert 'href="#f-map-phone"' in response.content.decode()


def test_a_column_is_not_used_twice(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row()))
    assert choose(client, run, **{"map-address": str(run.mapping["name"])}).status_code == 422


def test_the_header_may_stand_below_a_title(browse: Browse) -> None:
    title = "会销客户登记表,,\r\n\r\n".encode()
    run = uploaded(browse("manager"), title + csv_bytes(row()))
    assert (run.header_row, run.total) == (3, 1)


def test_unknown_colleagues_are_asked_for_and_their_rows_follow_the_answer(
    browse: Browse, staff: Callable[[str], Staff]
) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row(满意代表="韦娜"), row(姓名="王霞", 满意代表="邱远")))
    choose(client, run)
    unanswered = client.post(f"/imports/{run.id}/start", {"past": "fold"})
    assert unanswered.status_code == 422
    assert ImportRun.objects.get(id=run.id).state == "mapped"
    client.post(f"/imports/{run.id}/start", {"past": "fold", "answer-0": str(staff("colleague").id)})
    carry_out(run.id)
    assert Customer.objects.get(name="崔强").owner == staff("colleague")
    assert Customer.objects.get(name="王霞").owner == staff("rep")


def test_rows_of_an_unknown_colleague_can_be_refused(browse: Browse) -> None:
    run = imported(browse("manager"), csv_bytes(row(满意代表="韦娜"), row(姓名="王霞")), **{"answer-0": "refuse"})
    assert (run.counts["people"], run.counts["refused"], run.counts["refused_other"]) == (1, 1, 1)


def test_rows_without_a_colleague_are_asked_for_too(browse: Browse, staff: Callable[[str], Staff]) -> None:
    run = imported(browse("manager"), csv_bytes(row(满意代表="")), **{"answer-0": str(staff("rep").id)})
    assert run.state == "done"
    assert Customer.objects.get(name="崔强").owner == staff("rep")


def test_a_file_without_the_column_of_colleagues_is_asked_about_once(
    browse: Browse, staff: Callable[[str], Staff]
) -> None:
    cells, header = ["崔强", "13894821993", "讲座", "2026-11-02"], ["姓名", "手机", "活动名称", "建档日期"]
    answer = str(staff("rep").id)
    run = imported(browse("manager"), csv_bytes(cells, header=header), **{"answer-0": answer})
    assert (run.counts["people_new"], run.counts["refused"]) == (1, 0)
    assert Customer.objects.get(name="崔强").owner == staff("rep")


def test_a_discarded_file_is_forgotten(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row()))
    client.post(f"/imports/{run.id}/stop")
    assert ImportRun.objects.get(id=run.id).state == "cancelled"
    assert not ImportPart.objects.exists()


def test_a_file_nobody_goes_on_with_is_forgotten_after_a_week(browse: Browse) -> None:
    old = uploaded(browse("manager"), csv_bytes(row()))
    clock.advance(days=8)
    new = uploaded(browse("manager"), csv_bytes(row()))
    assert set(ImportPart.objects.values_list("run_id", flat=True)) == {new.id}
    assert ImportRun.objects.get(id=old.id).state == "cancelled"


def test_two_colleagues_of_one_name_are_asked_about(browse: Browse, staff: Callable[[str], Staff]) -> None:
    Staff.objects.filter(id=staff("colleague").id).update(name="邱远")
    run = uploaded(browse("manager"), csv_bytes(row()))
    client = browse("manager")
    choose(client, run)
    question = ImportRun.objects.get(id=run.id).questions[0]
    assert sorted(question["candidates"]) == sorted([staff("rep").id, staff("colleague").id])


def test_the_unit_comes_from_the_main_post(browse: Browse) -> None:
    imported(browse("manager"), csv_bytes(row()))
    customer = Customer.objects.get(name="崔强")
    assert customer.unit is not None
    assert customer.unit.code == "chengdu-sales"
    assert FileForm.objects.get(customer=customer).unit == customer.unit


def test_a_known_customer_keeps_owner_and_values(browse: Browse, customer_of: Callable[..., Customer]) -> None:
    known = customer_of("colleague", name="崔强", phone="13894821993", address="旧地址")
    imported(browse("manager"), csv_bytes(row(家庭住址="新地址")))
    known.refresh_from_db()
    assert (known.owner.name, known.address, known.version) == ("黄娜", "旧地址", 1)
    assert FileForm.objects.get(customer=known).representative.name == "邱远"


def test_health_goes_to_the_form(browse: Browse) -> None:
    imported(browse("manager"), csv_bytes(row(健康状况="高血压")))
    assert FileForm.objects.get().health == "高血压"


def test_an_imported_customer_is_found_like_any_other(browse: Browse, customer_of: Callable[..., Customer]) -> None:
    imported(browse("manager"), csv_bytes(row(姓名="曾国藩")))
    by_hand = customer_of("rep", name="曾国藩", phone="13894821994")
    new = Customer.objects.get(phone="13894821993")
    assert (new.pinyin, new.initials, new.type, new.status) == (
        by_hand.pinyin, by_hand.initials, by_hand.type, by_hand.status,
    )  # fmt: skip
    assert set(new.search.split()) ^ set(Customer.objects.get(id=by_hand.id).search.split()) == {
        "'#39912849831'", "'#49912849831'",
    }  # fmt: skip
    assert list(new.validity.values_list("field", "value").order_by("field")) == [
        ("owner", str(new.owner_id)), ("status", "potential"), ("unit", str(new.unit_id)),
    ]  # fmt: skip


def test_refused_rows_come_back_with_their_reasons(browse: Browse) -> None:
    client = browse("manager")
    bad = row(姓名="", 手机="12345", 建档日期="2026-02-30", 备注="=HYPERLINK(1)")
    run = imported(client, csv_bytes(row(), bad))
    assert (run.counts["refused"], run.counts["refused_no_name"], run.counts["refused_bad_phone"]) == (1, 1, 0)
    response = client.get(f"/imports/{run.id}/refused.csv", headers={"accept-language": "en"})
    content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a streaming response
    assert content.startswith(b"\xef\xbb\xbf")
    lines = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert len(lines) == 2
    assert lines[1][4] == "12345"
    assert lines[1][13] == "'=HYPERLINK(1)"
    assert lines[1][14] == "3"
    assert all(label in lines[1][15] for label in ("姓名", "手机", "建档日期")) or lines[1][15].count(":") >= 3


def test_formula_cells_are_kept_as_text_and_counted(browse: Browse) -> None:
    run = imported(
        browse("manager"), csv_bytes(row(备注='=HYPERLINK("http://x","点我")'), row(姓名="王霞", 备注="＋1"))
    )
    assert run.counts["formula_text_cells"] == 2
    assert FileForm.objects.get(customer__name="崔强").remark == '=HYPERLINK("http://x","点我")'


def test_starting_twice_is_starting_once(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row()))
    choose(client, run)
    for _press in range(2):
        assert client.post(f"/imports/{run.id}/start", {"past": "fold"}).status_code == 302
    carry_out(run.id)
    carry_out(run.id)
    assert Customer.objects.filter(name="崔强").count() == 1
    assert Entry.objects.filter(name="records:import:started").count() == 1


def test_uploading_twice_with_one_key_is_one_upload(browse: Browse) -> None:
    client = browse("manager")
    places = {upload(client, csv_bytes(row()), op_key="k1")["Location"] for _press in range(2)}
    assert len(places) == 1
    assert ImportRun.objects.count() == 1


def test_columns_cannot_be_changed_after_the_start(browse: Browse) -> None:
    client = browse("manager")
    run = imported(client, csv_bytes(row()))
    assert choose(client, run).status_code == 409


def test_a_stopped_import_takes_nothing_in(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row()))
    choose(client, run)
    client.post(f"/imports/{run.id}/start", {"past": "fold"})
    client.post(f"/imports/{run.id}/stop")
    assert carry_out(run.id).state == "cancelled"
    assert not Customer.objects.exists()


def test_the_whole_import_is_one_line_in_the_trail_with_its_records(browse: Browse) -> None:
    run = imported(browse("manager"), csv_bytes(row(), row(姓名="王霞")))
    entry = Entry.objects.get(name="records:import:finished")
    assert (entry.who, entry.subject_id, entry.changes["count"]) == ("林岚", run.id, 2)
    kinds = sorted(entry.item_set.values_list("kind", flat=True))
    assert kinds == ["customer", "customer", "fileform", "fileform"]


@pytest.mark.parametrize("login", ["rep", "supervisor", "doctor", "admin"])
def test_whoever_may_not_import_sees_no_import(browse: Browse, login: str) -> None:
    run = uploaded(browse("manager"), csv_bytes(row()))
    client = browse(login)
    assert client.get("/imports").status_code == 403
    assert upload(client, csv_bytes(row())).status_code == 403
    assert client.get(f"/imports/{run.id}").status_code == 404


@pytest.mark.parametrize("step", ["columns", "start", "stop"])
def test_the_file_of_another_is_not_there(browse: Browse, step: str) -> None:
    run = uploaded(browse("manager"), csv_bytes(row()))
    assert browse("hangzhou").post(f"/imports/{run.id}/{step}").status_code == 404
    assert browse("hangzhou").get(f"/imports/{run.id}/refused.csv").status_code == 404
    assert ImportRun.objects.get(id=run.id).state == "uploaded"


def test_a_watching_page_is_sent_on_when_the_run_has_ended(browse: Browse) -> None:
    client = browse("manager")
    run = imported(client, csv_bytes(row()))
    response = client.get(f"/imports/{run.id}", headers={"hx-request": "true"})
    assert response["HX-Redirect"] == f"/imports/{run.id}"


def test_a_long_refused_row_is_shortened_visibly() -> None:
    assert _excerpt(["崔强", "", "成都"]) == "崔强 · 成都"
    shortened = _excerpt(["长" * 57, "短", "短"])
    assert shortened == "长" * 57 + "…"
    assert len(_excerpt(["长" * 99])) == 60


def test_a_file_without_representatives_asks_for_one_plainly(browse: Browse) -> None:
    client = browse("manager")
    run = uploaded(client, csv_bytes(row(满意代表="")))
    choose(client, run)
    page = client.get(f"/imports/{run.id}").content.decode()
    assert "文件中没有填写姓名" in page
    assert "员工中没有这个名字" not in page

"""The page says whether we are safe, in words; and what it offers fits what can be done."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from django.test import Client

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock
from guanxi.base.org.models import Grant
from guanxi.edge.ops.backups import planned, reach, registration, reports, verifying
from guanxi.edge.ops.backups.models import (
    DONE,
    FAILED,
    RUNNING,
    BackupPlace,
    BackupPlan,
    BackupRun,
    KeptSet,
    RestorePlan,
)
from guanxi.edge.ops.backups.servers import Failed
from guanxi.edge.ops.backups.staging import Until
from guanxi.edge.ops.backups.store import Place, open_store
from guanxi.edge.ops.command import main
from guanxi.edge.ops.metrics import text

from .test_retention import a_set as stored_set

pytestmark = [pytest.mark.django_db, pytest.mark.req("OPS-11", "OPS-12", "OPS-13")]
Browse = Callable[[str], Client]
HERE = "/settings/backups"


@pytest.fixture
def admin(browse: Browse) -> Client:
    return browse("admin")


@pytest.fixture
def data(settings: object, tmp_path: Path) -> Path:
    settings.DATA_DIR = tmp_path  # type: ignore[attr-defined]  # the fixture of pytest-django
    return tmp_path


def shown(client: Client, path: str = HERE, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def place(**values: object) -> BackupPlace:
    usual = {"label": "/mnt/backups", "is_same_disk": False, "method": "physical", "server": "PostgreSQL 18"}
    return BackupPlace.objects.create(id=1, looked_at=clock.now(), **(usual | values))


def a_set(name: str = "s1", **values: object) -> KeptSet:
    usual = {"kind": "full", "method": "physical", "finished_at": clock.now(), "own_size": 5_000_000}
    return KeptSet.objects.create(set_id=name, **(usual | values))


def test_a_fresh_installation(admin: Client) -> None:
    text = shown(admin)
    for word in ("还没有备份", "尚未查看", "明天 02:30", "至今不需要恢复任何数据"):
        assert word in text
    assert BackupPlan.objects.count() == 0


def test_all_is_well(admin: Client) -> None:
    place()
    BackupPlan.objects.create(id=1, since=clock.now() - timedelta(days=9))
    a_set(is_good=True, verified_at=clock.now())
    text = shown(admin)
    assert "已验证" in text
    assert "/mnt/backups" in text
    assert "超过 25 小时" not in text
    assert "同一块磁盘" not in text


def test_nothing_verified_for_too_long_is_said_first(admin: Client) -> None:
    place(is_same_disk=True)
    BackupPlan.objects.create(id=1, since=clock.now() - timedelta(hours=26))
    a_set(is_good=False, verdict="objects/ab is missing from the store.", verified_at=clock.now())
    text = shown(admin)
    for word in ("超过 25 小时没有任何备份通过验证", "26 小时以来没有任何备份通过验证", "不能完整恢复", "同一块磁盘"):
        assert word in text


def test_whether_the_log_arrives_is_said(admin: Client, data: Path) -> None:
    place()
    assert "没有保存日志" in shown(admin)
    ago = [(clock.now() - timedelta(minutes=minutes)).isoformat() for minutes in (90, 60, 1)]
    reach.write(reach.Shipping(ago[0], ago[2], reach.Reach(ago[2])), data=data)
    text = shown(admin)
    assert "最近到达的日志" in text
    assert "日志没有到达" not in text
    reach.write(reach.Shipping(ago[0], ago[2], reach.Reach(ago[1], [[ago[0], ago[1]]])), data=data)
    text = shown(admin)
    assert "日志没有到达" in text
    assert "之后的第一次备份之间，任何时刻都无法恢复" in text
    reach.write(reach.Shipping(ago[0], ago[2], reach.Reach(ago[2]), ago[1]), data=data)
    assert "没有空间" in shown(admin)


def test_a_place_that_does_not_answer(admin: Client) -> None:
    place(trouble="unreachable", detail="s3://crm (s3.example.com) refused: AccessDenied.")
    text = shown(admin)
    assert "备份位置没有响应、空间已满或拒绝访问" in text
    assert "AccessDenied" in text


def test_servers_without_chains_offer_full_ones_and_say_why(admin: Client) -> None:
    place(method="logical", server="PostgreSQL 15")
    answer = admin.get(HERE).content.decode()
    assert answer.count('value="full"') == 1
    assert 'value="incremental"' not in answer
    assert "需要 PostgreSQL 17 或更新版本；当前为 PostgreSQL 15" in answer
    refused = admin.post(f"{HERE}/start", {"kind": "incremental"})
    assert refused.status_code == 422
    assert BackupRun.objects.count() == 0


def test_one_at_a_time(admin: Client) -> None:
    place()
    assert admin.post(f"{HERE}/start", {"kind": "full", "op_key": "a"}).status_code == 302
    assert admin.post(f"{HERE}/start", {"kind": "full", "op_key": "a"}).status_code == 302
    assert admin.post(f"{HERE}/start", {"kind": "full", "op_key": "b"}).status_code == 409
    assert BackupRun.objects.count() == 1
    answer = admin.get(HERE).content.decode()
    assert 'id="backup-run"' in answer
    assert 'action="/settings/backups/start"' not in answer


@pytest.mark.parametrize(("done", "total"), [(0, None), (5_000_000, 9_000_000), (9_000_000, 5_000_000)])
def test_the_bar_asks_for_itself_and_ends_in_the_page(admin: Client, done: int, total: int | None) -> None:
    run = BackupRun.objects.create(
        what="full", is_by_hand=True, asked_at=clock.now(), state=RUNNING, done_bytes=done, total_bytes=total
    )
    assert f'hx-get="{HERE}/runs/{run.pk}"' in admin.get(f"{HERE}/runs/{run.pk}").content.decode()
    BackupRun.objects.update(state=DONE)
    over = admin.get(f"{HERE}/runs/{run.pk}", headers={"HX-Request": "true"})
    assert (over.status_code, over["HX-Refresh"]) == (204, "true")
    assert admin.get(f"{HERE}/runs/999999").status_code == 404


def test_who_may_only_look_is_told_so(browse: Browse) -> None:
    place()
    text = shown(browse("gm"))
    assert "您的角色可以查看备份，但不能开始备份" in text
    assert browse("rep").get(HERE).status_code == 403


def test_who_may_only_look_is_offered_no_start_in_buttons_or_words(browse: Browse, admin: Client) -> None:
    place()
    looks, starts = (client.get(HERE).content.decode() for client in (browse("gm"), admin))
    assert "也可以现在就开始" not in looks
    assert 'value="full"' not in looks
    assert "也可以现在就开始" in starts
    assert 'value="full"' in starts


def test_without_sets_the_form_of_restores_leads_on(admin: Client) -> None:
    way, form = f'href="{HERE}#now"', f"{HERE}/restores/new"
    text = admin.get(form).content.decode()
    assert way in text
    assert "立即备份" in text
    Grant.objects.filter(role__key="administrator", kind="backup", verb="create").delete()
    text = admin.get(form).content.decode()
    assert way in text
    assert "立即备份" not in text


def test_failures_stand_with_their_reason_in_both_languages(admin: Client) -> None:
    long = "The folder /mnt/" + "very-long-name-" * 30 + " cannot be used: No space left on device."
    BackupRun.objects.create(
        what="verify", is_by_hand=False, asked_at=clock.now(), state=FAILED, trouble="unreachable", detail=long
    )
    assert "No space left on device" in shown(admin)
    admin.post("/language", {"language": "en"})
    assert "does not answer, is full, or does not let us in" in shown(admin)


def test_the_plan_is_changed_and_two_at_once_do_not_overwrite_each_other(admin: Client) -> None:
    entries = {"is_on": "on", "daily_at": "03:15", "full_on": "5", "every_minutes": "120", "version": "1"}
    assert admin.post(f"{HERE}/plan", entries).status_code == 302
    plan = BackupPlan.objects.get()
    assert (f"{plan.daily_at:%H:%M}", plan.full_on, plan.every_minutes, plan.verifies) == ("03:15", 5, 120, False)
    late = admin.post(f"{HERE}/plan", entries | {"daily_at": "04:00"})
    assert late.status_code == 422
    assert "其他人刚刚修改了计划" in late.content.decode()
    assert Entry.objects.get(name="ops:backup:planned").changes["daily_at"] == ["02:30:00", "03:15:00"]


@pytest.mark.parametrize(
    ("field", "value"),
    [("daily_at", "25:00"), ("daily_at", ""), ("full_on", "7"), ("full_on", "x"), ("every_minutes", "5"),
     ("every_minutes", "-1"), ("every_minutes", "9" * 40), ("version", "")],
)  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused_with_what_was_typed(admin: Client, field: str, value: str) -> None:
    entries = {"daily_at": "03:15", "full_on": "5", "every_minutes": "120", "version": "1"} | {field: value}
    assert admin.post(f"{HERE}/plan", entries).status_code == 422
    assert BackupPlan.objects.filter(version__gt=1).count() == 0


def asked_for(client: Client, **entries: str) -> RestorePlan:
    answer = client.post(f"{HERE}/restores/new", {"set": "s1", "reason": "误删了一批客户"} | entries)
    assert answer.status_code == 302, answer.content.decode()
    return RestorePlan.objects.latest("id")


def until(plan: RestorePlan) -> Until:
    return Until(at=plan.moment)


def test_a_restore_needs_a_second_person(
    admin: Client, browse: Browse, data: Path, django_capture_on_commit_callbacks
) -> None:
    a_set()
    plan = asked_for(admin, moment="2026-11-15T08:00")
    assert plan.moment == datetime(2026, 11, 15, 8, 0, tzinfo=clock.ZONE)
    own = admin.post(f"{HERE}/restores/{plan.pk}/answer", {"act": "approve"})
    assert own.status_code == 409
    with pytest.raises(Failed, match="No restore was approved"):
        reports.approved(plan.code, "s1", until=until(plan), data=data)
    with django_capture_on_commit_callbacks(execute=True):
        assert browse("gm").post(f"{HERE}/restores/{plan.pk}/answer", {"act": "approve"}).status_code == 302
    assert reports.approved(plan.code, "s1", until=until(plan), data=data)["answered_by"] == "何远山"
    with pytest.raises(Failed, match="approved for s1, not for s2"):
        reports.approved(plan.code, "s2", until=until(plan), data=data)
    for other in (Until(), Until(is_latest=True), Until(at=clock.now())):
        with pytest.raises(Failed, match="approved to the moment 2026-11-15"):
            reports.approved(plan.code, "s1", until=other, data=data)
    assert f"guanxi restore s1 --approval {plan.code} --at 2026-11-15T08:00:00+08:00" in shown(
        admin, f"{HERE}/restores/{plan.pk}"
    )


@pytest.mark.parametrize(
    "entries",
    [{"set": "other"}, {"reason": " "}, {"reason": "x" * 501}, {"moment": "2999-01-01T00:00"}, {"moment": "soon"}],
)
def test_a_restore_that_makes_no_sense_is_refused(admin: Client, entries: dict[str, str]) -> None:
    a_set()
    answer = admin.post(f"{HERE}/restores/new", {"set": "s1", "reason": "误删"} | entries)
    assert answer.status_code == 422
    assert RestorePlan.objects.count() == 0


def test_a_moment_with_a_zone_of_its_own_is_that_moment(admin: Client) -> None:
    a_set()
    plan = asked_for(admin, moment="2026-11-15T08:00:00.5+00:00")
    assert plan.moment == datetime(2026, 11, 15, 16, 0, tzinfo=clock.ZONE)


def test_what_was_decided_outlives_the_restore(
    admin: Client, browse: Browse, data: Path, django_capture_on_commit_callbacks
) -> None:
    """The rows are of before; the files beside the database bring the plan back, with its report."""
    a_set()
    plan = asked_for(admin)
    with django_capture_on_commit_callbacks(execute=True):
        browse("gm").post(f"{HERE}/restores/{plan.pk}/answer", {"act": "approve"})
    report = {"moment": "2026-11-15T08:00:00+00:00", "tables": 90, "rows": 5000, "files": 7, "files_written": 2,
              "lost_seconds": 3600, "seconds": 12.5, "former": "postgres.before-x"}  # fmt: skip
    with pytest.raises(Failed, match="as of the set itself"):
        reports.approved(plan.code, "s1", until=Until(is_latest=True), data=data)
    reports.close(reports.approved(plan.code, "s1", until=until(plan), data=data), report, data=data)
    reports.close(reports.unapproved("火灾", "s1"), report, data=data)
    with pytest.raises(Failed, match="carried out already"):
        reports.approved(plan.code, "s1", until=until(plan), data=data)
    RestorePlan.objects.all().delete()
    run = BackupRun.objects.create(what="full", is_by_hand=True, asked_at=clock.now(), state=RUNNING)
    place()
    for _ in range(2):
        registration.settle(registration.Restored("s1", "", ""))
    run.refresh_from_db()
    assert (run.state, run.trouble) == (FAILED, "restored")
    assert not BackupPlace.objects.exists()
    assert RestorePlan.objects.count() == 2
    kept = RestorePlan.objects.get(code=plan.code)
    assert (kept.reason, kept.answered_by) == ("误删了一批客户", "何远山")
    told = shown(admin, f"{HERE}/restores/{kept.pk}")
    assert "恢复报告" in told
    assert "postgres.before-x" in told
    burnt = RestorePlan.objects.exclude(code=plan.code).get()
    assert "无人批准：未经批准即执行" in shown(admin, f"{HERE}/restores/{burnt.pk}")


def test_a_declined_restore_is_not_carried_out(admin: Client, browse: Browse, data: Path) -> None:
    a_set()
    plan = asked_for(admin)
    browse("gm").post(f"{HERE}/restores/{plan.pk}/answer", {"act": "decline"})
    plan.refresh_from_db()
    planned.write_down(plan)
    with pytest.raises(Failed, match="declined"):
        reports.approved(plan.code, "s1", until=until(plan), data=data)
    assert browse("gm").post(f"{HERE}/restores/{plan.pk}/answer", {"act": "approve"}).status_code == 409


def test_nobody_restores_without_an_approval_or_a_reason(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The way around the second person leaves a word for ever, so it must not be empty."""
    monkeypatch.setenv("DATA_DIR", str(data))
    for words in (["--yes"], ["--yes", "--reason", " "]):
        assert main(["restore", "s1", "--json", *words]) == 1
        assert json.loads(capsys.readouterr().out)["error"] == "no_reason"


def test_the_list_tells_a_bad_set_from_one_nobody_looked_at(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(data))
    for number, findings in ((1, ["a table is missing"]), (2, []), (3, None)):
        made = stored_set(open_store(Place(data)), number, parent=None, files=[], days_ago=3 - number)
        if findings is not None:
            at = "2026-11-22T10:30:15.268813+00:00"
            verifying.write(open_store(Place(data)), verifying.Verification(made.id, at, 1, [], findings))
    assert main(["backup", "list"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert ["BAD" in lines[0], "verified 2026-11-22 18:30:15" in lines[1], "not verified yet" in lines[2]] == [True] * 3


def test_a_key_that_is_none_is_said_in_one_sentence(
    data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATA_DIR", str(data))
    monkeypatch.setenv("BACKUP_KEY", "not-a-key")
    assert main(["backup", "list", "--json"]) == 1
    found = json.loads(capsys.readouterr().out)
    assert found["error"] == "bad_key"
    assert "not-a-key" not in found["message"]


def test_a_set_whose_place_is_gone_is_shown_with_a_word(admin: Client, data: Path) -> None:
    kept = a_set(parent="s0")
    text = shown(admin, f"{HERE}/sets/{kept.pk}")
    assert "清单无法显示" in text
    assert "guanxi restore s1 --check" in text
    assert admin.get(f"{HERE}/sets/{kept.pk}?from=x").status_code == 200
    assert admin.get(f"{HERE}/sets/999999").status_code == 404


def test_the_age_of_the_last_verified_one_is_measured() -> None:
    BackupPlan.objects.create(id=1, since=clock.now() - timedelta(hours=30))
    before = clock.now() - timedelta(hours=5)
    a_set(finished_at=before, verified_at=clock.now(), is_good=True)
    found = dict(line.split(" ") for line in text().splitlines() if line.startswith("guanxi_backup"))
    ages = {name: float(value) for name, value in found.items()}
    assert set(ages) == {"guanxi_backup_verified_age_seconds", "guanxi_backup_age_seconds"}

"""What the product checks about rights by itself. Each check is seen to find a planted fault (SEC-05)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account, ApiToken, Grant, Post, Role, Staff
from guanxi.base.org.tokens import give_token
from guanxi.edge.ops.governance.checks import BY_KEY, CHECKS, FINE, FOUND, UNKNOWN, examine
from guanxi.edge.ops.governance.models import ComplianceReport
from guanxi.edge.ops.governance.obligations import sign, version_to_sign

pytestmark = [pytest.mark.req("SEC-05"), pytest.mark.django_db]
Who = Callable[[str], Actor]


def found(key: str) -> list[str]:
    """Who or what this check names now."""
    finding = examine([BY_KEY[key]])[0]
    assert finding.state in (FINE, FOUND) or (key, finding.state) == ("unsigned", UNKNOWN)
    return [who for who, _detail, _url in finding.evidence]


def give(role: str, kind: str, verb: str, scope: str = "all") -> None:
    Grant.objects.create(role=Role.objects.get(key=role), kind=kind, verb=verb, scope=scope)


def test_all_checks_run_and_each_has_a_planted_fault_here():
    assert len(CHECKS) == len(PLANTED)
    assert {one.check.key for one in examine()} == set(PLANTED)


def an_administrator_who_reads_customers() -> str:
    give("administrator", "customer", "read")
    return "管理员"


def rights_and_erasing_in_one_hand() -> str:
    give("sales-manager", "role", "update")
    give("sales-manager", "customer", "erase")
    return "邵平"


def an_account_nobody_uses() -> str:
    Account.objects.filter(login="rep").update(last_login=clock.now() - timedelta(days=91))
    return "邱远"


def somebody_without_a_post() -> str:
    Post.objects.filter(staff__account__login="colleague").update(ends_on=date(2026, 11, 1))
    return "黄娜"


def a_token_without_end() -> str:
    account = Account.objects.get(login="doctor")
    ApiToken.objects.create(account=account, name="无期限", digest="x", created_at=clock.now())
    return "沈洁"


def a_role_that_exports_everything() -> str:
    give("satisfaction-representative", "customer", "export")
    return "满意代表"


def a_privileged_person_without_second_factor() -> str:
    give("satisfaction-representative", "account", "update")
    return "彭海"


def a_reader_who_has_not_signed() -> str:
    from guanxi.core.rulebooks.actions import approve_version, save_draft
    from guanxi.core.rulebooks.packs import pack_text

    boss = Staff.objects.get(account__login="gm")
    gm = Actor(boss.name, "web", account_id=boss.account_id, staff_id=boss.pk)
    approve_version(save_draft(pack_text("conduct"), actor=gm).pk, effective_on=clock.today(), actor=gm)
    return "邱远"


def a_review_long_ago() -> str:
    Account.objects.update(created_at=clock.now() - timedelta(days=400))
    return str(date(2026, 4, 12))


PLANTED = {
    "apart": an_administrator_who_reads_customers,
    "duties": rights_and_erasing_in_one_hand,
    "dormant": an_account_nobody_uses,
    "homeless": somebody_without_a_post,
    "tokens": a_token_without_end,
    "wide": a_role_that_exports_everything,
    "factor": a_privileged_person_without_second_factor,
    "unsigned": a_reader_who_has_not_signed,
    "review": a_review_long_ago,
}


@pytest.mark.parametrize("key", sorted(PLANTED))
def test_a_planted_fault_is_found(key: str):
    before = found(key)
    who = PLANTED[key]()
    assert who not in before
    assert who in found(key)


def test_the_shipped_roles_separate_the_duties():
    """Read by the administrator as by the auditor, changed by nobody: the trail is in no one's hand (SEC-03)."""
    assert found("duties") == []


@pytest.mark.parametrize("right", [("privacy", "update"), ("audit", "update")])
def test_whoever_changes_permissions_neither_erases_nor_holds_the_trail(right: tuple[str, str]):
    give("administrator", *right)
    assert found("duties") == ["管理员"]


def test_somebody_who_changes_no_permissions_reads_the_trail():
    Grant.objects.filter(kind="audit").exclude(role__key="administrator").delete()
    assert found("duties") == ["管理员"]
    give("satisfaction-representative", "audit", "read")
    assert found("duties") == []


def test_who_signed_a_text_that_no_longer_holds_has_not_signed(actor: Who):
    a_reader_who_has_not_signed()
    old = version_to_sign()
    assert old is not None
    sign(old.pk, name=actor("rep").label, actor=actor("rep"))
    assert "邱远" not in found("unsigned")
    clock.advance(days=1)
    a_reader_who_has_not_signed()
    assert version_to_sign() != old
    assert "邱远" in found("unsigned")


def test_without_a_conduct_text_the_check_of_signatures_passes_nobody(browse: Callable[[str], Client]):
    state = {one.check.key: one.state for one in examine()}
    assert state["unsigned"] == UNKNOWN
    page = browse("gm").get("/settings/security/checks").content.decode()
    assert "没有生效的行为准则" in page
    overview = browse("gm").get("/settings/security").content.decode()
    assert "1项无法检查" in overview
    lists = browse("gm").get("/settings/security/obligations").content.decode()
    assert "全员已签署" not in lists
    a_reader_who_has_not_signed()
    assert examine([BY_KEY["unsigned"]])[0].state == FOUND
    assert "没有生效的行为准则" not in browse("gm").get("/settings/security/checks").content.decode()


def test_rights_that_reach_too_far_are_told_in_words_and_not_in_vermilion(browse: Callable[[str], Client]):
    a_role_that_exports_everything()
    page = browse("gm").get("/settings/security/checks").content.decode()
    assert "客户：导出" in page
    assert "customer export" not in page
    assert "badge is-late" not in page


def test_an_account_used_yesterday_and_a_token_with_an_end_are_in_order(actor: Who):
    give_token(Account.objects.get(login="rep"), name="有期限", days=30, actor=actor("rep"))
    Account.objects.update(last_login=clock.now() - timedelta(days=1))
    assert (found("dormant"), found("tokens"), found("homeless")) == ([], [], [])


def test_a_report_keeps_what_was_found_then_and_can_be_printed_and_taken_out(browse: Callable[[str], Client]):
    an_administrator_who_reads_customers()
    client = browse("gm")
    assert client.post("/settings/security/checks/report").status_code == 302
    report = ComplianceReport.objects.get()
    Grant.objects.filter(role__key="administrator", kind="customer").delete()
    assert found("apart") == []
    for path in ("", "/print"):
        assert "管理员" in client.get(f"/settings/security/checks/{report.pk}{path}").content.decode()
    text = client.get(f"/settings/security/checks/{report.pk}/file").content.decode("utf-8-sig")
    assert "管理员" in text
    assert len({line.split(",")[0] for line in text.splitlines()[1:]}) == len(CHECKS)

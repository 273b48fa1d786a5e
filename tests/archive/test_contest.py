"""The file-quality contest of a quarter (FIL-14)."""

from __future__ import annotations

from datetime import date

import pytest

from guanxi.base.kernel.errors import Invalid, NotAllowed, Refused
from guanxi.domain.archive.actions.contest import Terms, draw_sample, record_check, set_contest
from guanxi.domain.archive.contest import standings

pytestmark = [pytest.mark.django_db, pytest.mark.req("FIL-14")]
THIS = date(2026, 10, 1)


def test_most_forms_registered(filed, actor):
    filed(), filed(), filed("stranger")
    contest = set_contest(THIS, Terms("registered"), actor=actor("gm"))
    assert [(one.unit, one.count) for one in standings(contest)] == [("成都销售部", 2), ("杭州销售部", 1)]


def test_the_most_complete_stands_first(filed, actor):
    filed()
    filed("stranger", amount=100, health="高血压", remark="现场反馈很好")
    contest = set_contest(THIS, Terms("completeness"), actor=actor("gm"))
    assert [one.unit for one in standings(contest)] == ["杭州销售部", "成都销售部"]
    assert standings(contest)[0].share == 1


def test_forms_of_another_quarter_do_not_count(filed, actor):
    filed(completed_on=date(2026, 9, 30))
    assert standings(set_contest(THIS, Terms("registered"), actor=actor("gm"))) == []


def test_a_spot_check_draws_once_and_the_truest_stands_first(filed, actor):
    filed(), filed(), filed(), filed("stranger")
    contest = set_contest(THIS, Terms("truthfulness", sample=2), actor=actor("gm"))
    assert draw_sample(contest.pk, actor=actor("gm")) == 3
    with pytest.raises(Refused):
        draw_sample(contest.pk, actor=actor("gm"))
    for check in contest.checks.all():
        is_true = check.unit.code == "hangzhou-sales"
        record_check(check.pk, is_true, "" if is_true else "电话不符", actor=actor("gm"))
    assert [(one.unit, one.count, one.share) for one in standings(contest)] == [
        ("杭州销售部", 1, 1.0),
        ("成都销售部", 2, 0.0),
    ]
    with pytest.raises(Refused):
        set_contest(THIS, Terms("registered"), actor=actor("gm"))


def test_what_is_not_true_is_said(filed, actor):
    filed()
    contest = set_contest(THIS, Terms("truthfulness"), actor=actor("gm"))
    draw_sample(contest.pk, actor=actor("gm"))
    with pytest.raises(Invalid):
        record_check(contest.checks.get().pk, False, " ", actor=actor("gm"))


def test_only_who_may_sets_a_contest_and_everybody_reads_it(filed, actor, browse):
    with pytest.raises(NotAllowed):
        set_contest(THIS, Terms("registered"), actor=actor("rep"))
    filed()
    set_contest(THIS, Terms("registered"), actor=actor("gm"))
    page = browse("rep").get("/file-contest?quarter=2026-4").content.decode()
    assert "成都销售部" in page


@pytest.mark.parametrize("odd", ["2026-5", "x", "26-1", "2026-1-1"])
def test_an_odd_quarter_is_not_there(odd, browse):
    assert browse("gm").get(f"/file-contest?quarter={odd}").status_code == 404

"""Security at a glance, and who is told of what is overdue (SEC-04, SEC-05, SEC-06, SEC-07)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import translation

from guanxi.base.audit.sealing import seal_waiting
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Account
from guanxi.core.messaging.models import Message
from guanxi.edge.ops.alarms import report_faults
from guanxi.edge.ops.backups import schedule
from guanxi.edge.ops.governance.checklists import Note, checklists, note_item
from guanxi.edge.ops.governance.daily import overdue, tell_what_is_overdue
from guanxi.edge.ops.governance.glance import SIGNS, progress, signs
from guanxi.edge.ops.governance.screens.incidents import DATA_INCIDENTS
from guanxi.edge.ops.governance.screens.risks import RISKS

pytestmark = pytest.mark.django_db
Who = Callable[[str], Actor]

# Done by the queue when it ran the nightly check.
CHECKED = """
WITH job AS (INSERT INTO procrastinate_jobs (queue_name, task_name, status)
             VALUES ('upkeep', 'ops:trail', 'succeeded') RETURNING id)
INSERT INTO procrastinate_events (job_id, type, at) SELECT id, 'succeeded', %s FROM job
"""


def tone(number: int) -> str:
    return signs()[number].tone


@pytest.mark.req("SEC-05", "SEC-04", "SEC-06", "SEC-07")
def test_nothing_is_told_while_nothing_is_overdue_and_each_matter_when_it_is(actor: Who):
    Account.objects.update(created_at=clock.now())
    assert list(overdue()) == []
    note_item("network.vpn", Note("done", next_check_on=clock.today()), actor=actor("admin"))
    assert DATA_INCIDENTS.create
    assert RISKS.create
    incident = {"title": "x", "what": "loss", "severity": "low", "description": "手机丢失"}
    DATA_INCIDENTS.create(incident, actor=actor("rep"))
    risk = {"title": "x", "field": "data", "likelihood": "1", "impact": "1", "strategy": "data", "state": "open"}
    RISKS.create(risk | {"review_on": clock.today()}, actor=actor("gm"))
    clock.advance(days=200)
    assert [key for key, _params in overdue()] == [
        "ops:review:due",
        "ops:checklist:overdue",
        "ops:dataincident:late",
        "ops:risk:due",
    ]
    system = Actor.system("upkeep")
    assert tell_what_is_overdue(actor=system) == tell_what_is_overdue(actor=system) == 4
    told = Message.objects.filter(kind__startswith="ops:").values_list("recipient__account__login", "kind")
    assert len(told) == 8
    assert {login for login, _kind in told} == {"gm", "admin"}


@pytest.mark.req("SEC-06")
def test_each_sign_leads_on_and_turns_red_when_it_should(actor: Who, browse: Callable[[str], Client]):
    client = browse("gm")
    assert len(signs()) == len(SIGNS) == 9
    assert [client.get(sign.url).status_code for sign in signs() if sign.url != "/settings/backups"] == [200] * 8
    names = [sign.title for sign in signs()]
    trail, review = names.index("审计记录") if "审计记录" in names else 3, 4
    assert tone(0) == "open", "a young installation waits for its first backup"
    assert tone(trail) != "late"
    report_faults(3, actor=Actor.system("upkeep"))
    assert tone(trail) == "late"
    Account.objects.update(created_at=clock.now() - timedelta(days=1))
    assert tone(review) == "done"
    schedule.the_plan()
    clock.advance(days=200)
    assert tone(review) == tone(0) == "late"


@pytest.mark.req("SEC-08")
def test_progress_counts_the_items_of_every_list(actor: Who):
    before = {one.key: (done, of) for one, done, of in progress()}
    assert set(before) == {one.key for one in checklists()}
    note_item("network.vpn", Note("done"), actor=actor("admin"))
    after = {one.key: (done, of) for one, done, of in progress()}
    assert after["network"] == (before["network"][0] + 1, before["network"][1])


@pytest.mark.req("SEC-06")
@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_shows_every_sign_in_both_languages(browse: Callable[[str], Client], language: str):
    client = browse("admin")
    client.cookies["guanxi_language"] = language
    page = client.get("/settings/security").content.decode()
    assert page.count('class="strong" href=') == 9
    assert ("Security and compliance" in page) == (language == "en")


@pytest.mark.req("SEC-03")
def test_a_check_of_the_trail_that_did_not_run_found_nothing_and_says_so(actor: Who):
    """That nobody found a fault says something only when somebody looked."""

    def told() -> str:
        with translation.override("zh-hans"):
            return str(signs()[3].text)

    assert DATA_INCIDENTS.create
    DATA_INCIDENTS.create({"title": "x", "what": "loss", "severity": "low", "description": "x"}, actor=actor("rep"))
    clock.advance(minutes=9)
    assert tone(3) != "late"
    clock.advance(minutes=2)
    assert (tone(3), "等待封存" in told()) == ("late", True)
    seal_waiting()
    assert (tone(3), "夜间核验未运行" in told()) == ("open", True)
    with connection.cursor() as cursor:
        cursor.execute(CHECKED, [clock.now()])
    assert (tone(3), "未发现改动" in told()) == ("done", True)
    clock.advance(days=3)
    assert tone(3) == "open"

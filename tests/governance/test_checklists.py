"""Checklists of administrators and the register of risks (SEC-06, SEC-07, SEC-08, SEC-09)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, Missing, NotAllowed
from guanxi.edge.ops.governance.checklists import LIVE, Note, checklists, item_of, note_item, standings
from guanxi.edge.ops.governance.models import ItemState, Risk
from guanxi.edge.ops.governance.screens.risks import RISKS

pytestmark = pytest.mark.django_db
Who = Callable[[str], Actor]
WORDS = {
    "SEC-06": ("policy.access", "network.firewall-rules", "patches.system", "encryption.tls", "encryption.disks"),
    "SEC-08": ("network.firewall-type", "network.detection", "network.prevention", "network.vpn", "network.deployment"),
    "SEC-09": ("malware.uploads", "malware.devices", "malware.clearing", "malware.repair", "malware.server"),
}


@pytest.mark.parametrize(
    "key", [pytest.param(key, marks=pytest.mark.req(req)) for req, keys in WORDS.items() for key in keys]
)
def test_what_the_requirements_ask_is_an_item(key: str):
    assert item_of(key).text_en


@pytest.mark.req("SEC-06")
def test_each_item_has_words_in_both_languages_and_each_key_is_there_once():
    items = [item for one in checklists() for item in one.items]
    assert len({item.key for item in items}) == len(items) >= 30
    assert all(item.text_zh and item.text_en and item.text_zh != item.text_en for item in items)
    assert {item.live for item in items if item.live} == set(LIVE)


def standing_of(key: str):
    return next(one for _list, items in standings() for one in items if one.item.key == key)


@pytest.mark.req("SEC-06", "SEC-09")
def test_what_the_product_sees_by_itself_follows_the_settings(settings):
    """Each light is seen in both states."""
    settings.BEHIND_TLS, settings.VIRUS_SCANNER = False, ""
    assert [standing_of(key).live.is_fine for key in ("encryption.tls", "malware.uploads")] == [False, False]
    settings.BEHIND_TLS, settings.VIRUS_SCANNER = True, "localhost:3310"
    assert [standing_of(key).live.is_fine for key in ("encryption.tls", "malware.uploads")] == [True, True]
    assert not standing_of("recovery.verified").live.is_fine
    assert standing_of("patches.product").live.is_fine


@pytest.mark.req("SEC-08")
def test_an_item_is_noted_with_evidence_and_becomes_overdue(actor: Who):
    day = clock.today() + timedelta(days=30)
    note_item("network.vpn", Note("done", evidence="WireGuard，每人一证", next_check_on=day), actor=actor("admin"))
    assert standing_of("network.vpn").is_settled
    clock.advance(days=31)
    assert standing_of("network.vpn").is_overdue
    assert not standing_of("network.vpn").is_settled


@pytest.mark.req("SEC-08")
def test_what_does_not_apply_says_why(actor: Who):
    with pytest.raises(Invalid):
        note_item("network.vpn", Note("not-applicable"), actor=actor("admin"))
    note_item("network.vpn", Note("not-applicable", why="无远程维护"), actor=actor("admin"))
    assert standing_of("network.vpn").is_settled
    with pytest.raises(Invalid):
        note_item("network.vpn", Note("perhaps"), actor=actor("admin"))
    with pytest.raises(Missing):
        note_item("network.nothing", Note("done"), actor=actor("admin"))
    with pytest.raises(NotAllowed):
        note_item("network.vpn", Note("done"), actor=actor("rep"))


@pytest.mark.req("SEC-08")
def test_going_through_a_checklist_on_the_screen(browse: Callable[[str], Client]):
    client = browse("admin")
    page = client.get("/settings/security/checklists").content.decode()
    assert page.count("待完成") >= 30
    address = "/settings/security/checklists/malware/devices"
    assert client.get(address).status_code == 200
    assert client.post(address, {"state": "done", "next_check_on": "32.13."}).status_code == 422
    given = {"state": "done", "evidence": "抽查20台", "next_check_on": "2027-01-31"}
    assert client.post(address, given).status_code == 302
    assert ItemState.objects.get().next_check_on == date(2027, 1, 31)
    assert "抽查20台" in client.get("/settings/security/checklists").content.decode()
    assert client.get("/settings/security/checklists/malware/none").status_code == 404


@pytest.mark.req("SEC-07")
def test_risks_stand_in_the_matrix_where_likelihood_and_impact_meet(browse: Callable[[str], Client], actor: Who):
    assert RISKS.create
    values = {"title": "机房停电", "field": "hardware", "strategy": "recovery", "state": "open"}
    RISKS.create(values | {"likelihood": "4", "impact": "5"}, actor=actor("admin"))
    RISKS.create(
        values | {"title": "设备被盗", "likelihood": "5", "impact": "5", "state": "accepted"}, actor=actor("gm")
    )
    page = browse("gm").get("/risks/matrix").content.decode()
    row = page.split("4 经常")[1].split("</tr>")[0]
    assert "机房停电" in row.split("<td")[5]
    assert "is-grave" in row.split("<td")[5]
    assert "设备被盗" not in page
    assert Risk.objects.get(title="机房停电").weight == 20


@pytest.mark.req("SEC-07")
def test_a_risk_names_field_strategy_and_level_of_the_lists(actor: Who):
    assert RISKS.create
    good = {"title": "x", "field": "human", "likelihood": "1", "impact": "1", "strategy": "audit", "state": "open"}
    for wrong in ({"field": "weather"}, {"likelihood": "6"}, {"impact": "0"}, {"strategy": "hope"}, {"title": ""}):
        with pytest.raises(Invalid):
            RISKS.create(good | wrong, actor=actor("admin"))
    assert {choice for choice, _label in RISKS.field("field").options()} == {
        "hardware",
        "software",
        "network",
        "data",
        "human",
    }

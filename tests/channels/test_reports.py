"""The morning's digest and the alerts of a channel: once each, of its units, without a customer's name."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.models import Unit
from guanxi.core.customers.models import Customer
from guanxi.core.messaging.channels import outbox, reporting
from guanxi.core.messaging.channels.actions import ChannelEntry, change_channel
from guanxi.core.messaging.channels.models import SENT, SKIPPED
from guanxi.core.messaging.models import Alerted, Channel, Delivery
from guanxi.core.rulebooks.actions import create_task
from guanxi.core.rulebooks.jobs import run_rules

from .receiver import Receiver

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAR-30")]
ActorOf = Callable[[str], Actor]


def move_to(day: int, hour: int, minute: int = 0) -> None:
    moment = datetime(2026, 11, day, hour, minute, tzinfo=clock.ZONE)
    clock.advance(seconds=(moment - clock.now()).total_seconds())


@pytest.fixture
def lateness(rulebook_21: Any, customer_of: Callable[..., Customer], form_of: Callable[..., Any]) -> list[Customer]:
    """Two buyers of 邱远, one of 黄娜 and one in Hangzhou: called back by nobody."""
    customers = [customer_of("rep", name="隐金雀"), customer_of("rep", name="隐白鹭")]
    customers += [customer_of("colleague", name="隐翠鸟"), customer_of("stranger", name="隐红雀")]
    for login, customer in zip(("rep", "rep", "colleague", "stranger"), customers, strict=True):
        form_of(login, customer)
    return customers


def content(receiver: Receiver) -> str:
    return str(receiver.got[-1].body["markdown"]["content"])


def send_digests() -> None:
    reporting.put_digests_in()
    outbox.deliver_all()


def test_the_digest_tells_what_is_late_due_and_done(
    lateness: list[Customer],
    channel_to: Callable[..., Channel],
    receiver: Receiver,
    actor: ActorOf,
    call: Callable[..., Any],
):
    channel_to("wecom")
    move_to(19, 15)
    call("colleague", lateness[2])
    create_task(lateness[0].pk, purpose="给隐金雀送样品", due_on=date(2026, 11, 19), actor=actor("rep"))
    move_to(20, 8, 31)
    run_rules()
    send_digests()
    said = content(receiver)
    assert "2026-11-20" in said
    assert "逾期：4" in said
    assert "邱远 2、彭海 1" in said
    assert "任务：邱远 1" in said
    assert "昨日完成：1" in said
    assert "黄娜 1" in said
    assert "隐" not in said
    assert "送样品" not in said


def test_a_channel_speaks_for_its_units_alone(
    lateness: list[Customer], channel_to: Callable[..., Channel], receiver: Receiver
):
    channel_to("wecom", unit_ids=(Unit.objects.get(code="hangzhou").pk,))
    move_to(20, 8, 30)
    send_digests()
    assert "逾期：1" in content(receiver)
    assert "邱远" not in content(receiver)


def test_it_comes_once_a_day_at_its_time(channel_to: Callable[..., Channel], receiver: Receiver):
    channel_to("wecom")
    for day, hour, minute in ((20, 8, 29), (20, 8, 30), (20, 8, 35), (20, 17, 0), (21, 8, 30), (21, 9, 0)):
        move_to(day, hour, minute)
        send_digests()
    assert [one.body["markdown"]["content"].split("：")[0] for one in receiver.got] == [
        "**关系 2026-11-20",
        "**关系 2026-11-21",
    ]


@pytest.mark.parametrize(
    ("digest_at", "on_at", "state"),
    [("08:30", (11, 59), SENT), ("08:30", (12, 1), SKIPPED), ("17:00", (18, 59), SENT), ("17:00", (19, 1), SKIPPED)],
)
def test_a_machine_that_was_off_makes_up_for_it_or_says_so(
    digest_at: str, on_at: tuple[int, int], state: str, channel_to: Callable[..., Channel], receiver: Receiver
):
    channel_to("wecom", digest_at=time.fromisoformat(digest_at))
    move_to(20, *on_at)
    send_digests()
    send_digests()
    found = Delivery.objects.get()
    assert (found.state, len(receiver.got)) == (state, int(state == SENT))


def test_alerts_come_as_the_ladder_climbs_and_each_rung_once(
    lateness: list[Customer], channel_to: Callable[..., Channel], receiver: Receiver
):
    channel_to("wecom", digest_at=None, late_alerts=True)

    def pass_by() -> int:
        run_rules()
        reporting.put_alerts_in()
        outbox.deliver_all()
        return len(receiver.got)

    assert pass_by() == 0
    move_to(18, 9)  # The ladder reminds: nothing is late.
    assert pass_by() == 0
    move_to(20, 0, 12)  # It tells the superior.
    assert (pass_by(), pass_by()) == (1, 1)
    said = content(receiver)
    assert "邱远" in said
    assert "彭海" in said
    assert "隐" not in said
    move_to(22, 0, 12)  # It tells the sales manager.
    assert (pass_by(), pass_by()) == (2, 2)
    assert Alerted.objects.count() == 8


def test_what_was_late_before_the_channel_began_stays_quiet(
    lateness: list[Customer], channel_to: Callable[..., Channel], receiver: Receiver, actor: ActorOf
):
    move_to(20, 9)
    run_rules()
    channel = channel_to("wecom", digest_at=None, late_alerts=True)
    for _again in range(2):
        reporting.put_alerts_in()
    outbox.deliver_all()
    assert receiver.got == []
    # Switched off for a while and on again: what climbed meanwhile is old news too.
    change_channel(channel.pk, ChannelEntry("wecom", "群", late_alerts=True, is_active=False), actor=actor("admin"))
    move_to(22, 9)
    run_rules()
    reporting.put_alerts_in()
    change_channel(channel.pk, ChannelEntry("wecom", "群", late_alerts=True), actor=actor("admin"))
    for _again in range(2):
        reporting.put_alerts_in()
    outbox.deliver_all()
    assert receiver.got == []


def test_the_figures_take_the_same_queries_however_many_there_are(
    lateness: list[Customer], channel_to: Callable[..., Channel], django_assert_max_num_queries: Any
):
    channel_to("wecom")
    move_to(20, 9)
    with django_assert_max_num_queries(20):
        reporting.put_digests_in()


def test_a_fresh_installation_sends_nothing_outside(
    lateness: list[Customer], receiver: Receiver, settings: Any, monkeypatch: pytest.MonkeyPatch
):
    """Every connection of this process is counted, whoever opens it (CN-04)."""
    import socket

    opened: list[Any] = []
    plain = socket.socket.connect

    def connect(self: socket.socket, address: Any) -> Any:
        if self.family != socket.AF_UNIX:
            opened.append(address)
        return plain(self, address)

    monkeypatch.setattr(socket.socket, "connect", connect)
    move_to(20, 9)
    run_rules()
    reporting.put_digests_in()
    reporting.put_alerts_in()
    assert outbox.deliver_all() == 0
    assert (opened, receiver.got) == ([], [])
    assert (settings.EMAIL_HOST, Channel.objects.count()) == ("", 0)


def test_the_page_shows_the_last_result_and_never_the_secret(
    channel_to: Callable[..., Channel], receiver: Receiver, browse: Callable[[str], Client]
):
    channel = channel_to("dingtalk", secret="wrong-secret-of-the-robot")
    page = browse("admin")
    assert page.post(f"/channels/{channel.pk}/test").status_code == 302
    outbox.deliver_all()
    shown = page.get(f"/channels/{channel.pk}").content.decode()
    assert "310000" in shown
    for text in ("wrong-secret-of-the-robot", "key-of-the-group", "access_token"):
        assert text not in shown
        assert text not in page.get("/channels").content.decode()


def test_wrong_entries_are_named_and_the_rest_is_kept(browse: Callable[[str], Client]):
    sent = {"provider": "dingtalk", "name": "晨会群", "address": "http://10.0.0.1/x", "digest_at": "25:00"}
    answer = browse("admin").post("/channels/new", sent)
    assert answer.status_code == 422
    assert "08:30" in answer.content.decode()
    answer = browse("admin").post("/channels/new", sent | {"digest_at": "8:30", "language": "en"})
    assert answer.status_code == 422
    answer = browse("admin").post("/channels/new", sent | {"digest_at": "08:30", "language": "zh-hans"})
    shown = answer.content.decode()
    assert answer.status_code == 422
    assert "晨会群" in shown
    assert "Webhook" in shown
    assert "10.0.0.1" not in shown


@pytest.mark.django_db(transaction=True)
def test_two_schedulers_write_one_digest(company: None, channel_to: Callable[..., Channel], receiver: Receiver):
    channel_to("wecom")
    started = threading.Barrier(2)

    def work() -> None:
        started.wait()
        reporting.put_digests_in()
        connection.close()

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    outbox.deliver_all()
    assert (Delivery.objects.count(), len(receiver.got)) == (1, 1)

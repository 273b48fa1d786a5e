"""Messages to group robots: signed as the provider wants, once, and honest about what is not known."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction

from guanxi.base.audit.models import Entry
from guanxi.base.kernel import clock, outgoing
from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Invalid, NotAllowed
from guanxi.core.messaging.channels import outbox
from guanxi.core.messaging.channels.actions import (
    ChannelEntry,
    change_channel,
    create_channel,
    remove_channel,
    send_test,
)
from guanxi.core.messaging.channels.models import DIGEST, FAILED, SENT, SKIPPED, UNKNOWN, WAITING
from guanxi.core.messaging.channels.papers import Paper, Section, within_bytes
from guanxi.core.messaging.models import Channel, Delivery, Message

from .receiver import KEY, SECRET, Receiver

pytestmark = [pytest.mark.django_db, pytest.mark.req("CAR-30")]
PAPER = Paper("今日", (Section("逾期：3", ("二.7 三日内回访：邱远 2，黄娜 1",)),), "/duties")
ROBOTS = ["wecom", "dingtalk", "feishu"]


def put(channel: Channel, key: str = "one", paper: Paper = PAPER) -> Delivery:
    outbox.put_in(channel, DIGEST, paper, dedupe_key=key)
    return Delivery.objects.get(dedupe_key=key)


@pytest.mark.parametrize("provider", ROBOTS)
def test_the_provider_takes_it(provider: str, channel_to: Callable[..., Channel], receiver: Receiver):
    delivery = put(channel_to(provider))
    assert outbox.deliver_all() == 1
    delivery.refresh_from_db()
    assert (delivery.state, delivery.code, delivery.attempts, delivery.body) == (SENT, "0", 1, {})
    said = str(receiver.got[0].body)
    assert "邱远 2" in said
    assert "https://crm.example.com/duties" in said


@pytest.mark.parametrize("provider", ["dingtalk", "feishu"])
def test_a_wrong_secret_is_refused_and_shown(
    provider: str, channel_to: Callable[..., Channel], receiver: Receiver, staff: Callable[[str], Any]
):
    put(channel_to(provider, secret="another"))
    outbox.deliver_all()
    found = Delivery.objects.get()
    assert (found.state, found.code) == (FAILED, {"dingtalk": "310000", "feishu": "19021"}[provider])
    message = Message.objects.get(recipient=staff("admin"))
    assert (message.kind, message.params["code"]) == ("messaging:delivery:failed", found.code)
    assert Channel.objects.get().last_state == FAILED


def test_the_same_key_goes_once(channel_to: Callable[..., Channel], receiver: Receiver):
    channel = channel_to("wecom")
    put(channel)
    put(channel)
    outbox.deliver_all()
    put(channel)
    outbox.deliver_all()
    assert len(receiver.got) == 1


@pytest.mark.parametrize(("status", "state"), [(500, WAITING), (429, WAITING), (503, WAITING), (404, FAILED)])
def test_what_an_error_means(status: int, state: str, channel_to: Callable[..., Channel], receiver: Receiver):
    delivery = put(channel_to("wecom"))
    receiver.behave = lambda got: (status, {"errcode": 1})
    outbox.deliver_all()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.code) == (state, f"HTTP {status}")


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirect_is_not_followed(status: int, channel_to: Callable[..., Channel], receiver: Receiver):
    delivery = put(channel_to("wecom"))
    receiver.headers["location"] = f"{receiver.place}/elsewhere"
    receiver.behave = lambda got: (status, {})
    outbox.deliver_all()
    delivery.refresh_from_db()
    assert (delivery.state, len(receiver.got)) == (FAILED, 1)


def test_it_is_tried_again_with_longer_pauses_and_given_up(channel_to: Callable[..., Channel], receiver: Receiver):
    delivery = put(channel_to("wecom"))
    receiver.behave = lambda got: (200, {"errcode": 45009})
    waits = []
    for _try in range(5):
        assert outbox.deliver_all() == 1
        assert outbox.deliver_all() == 0
        delivery.refresh_from_db()
        waits.append((delivery.next_try_at - clock.now()).total_seconds() / 60)
        clock.advance(minutes=61)
    assert waits[:4] == [1, 5, 15, 60]
    assert (delivery.state, delivery.attempts, len(receiver.got)) == (FAILED, 5, 5)


def test_after_a_retry_it_arrives(channel_to: Callable[..., Channel], receiver: Receiver):
    delivery = put(channel_to("wecom"))
    judged, receiver.behave = receiver.behave, lambda got: (503, {})
    outbox.deliver_all()
    receiver.behave = judged
    clock.advance(minutes=2)
    outbox.deliver_all()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.attempts) == (SENT, 2)


@pytest.mark.parametrize("answer", ["drop", (200, b"not json"), (502, {})])
def test_what_is_not_known_is_not_repeated(
    answer: Any, channel_to: Callable[..., Channel], receiver: Receiver, staff: Callable[[str], Any]
):
    delivery = put(channel_to("dingtalk"))
    receiver.behave = lambda got: answer
    outbox.deliver_all()
    clock.advance(hours=3)
    outbox.deliver_all()
    delivery.refresh_from_db()
    assert (delivery.state, len(receiver.got)) == (UNKNOWN, 1)
    assert Message.objects.get(recipient=staff("admin")).kind == "messaging:delivery:unknown"


def test_a_late_answer_is_not_waited_for(
    channel_to: Callable[..., Channel], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(outgoing, "ANSWER_SECONDS", 0.2)
    release = threading.Event()
    receiver.behave = lambda got: (release.wait(5), (200, {"errcode": 0}))[1]
    delivery = put(channel_to("wecom"))
    outbox.deliver_all()
    release.set()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.code) == (UNKNOWN, "no answer: ReadTimeout")


def test_a_receiver_that_is_off_is_tried_again(channel_to: Callable[..., Channel], settings: Any):
    settings.OUTGOING_ALLOW += ",http://127.0.0.1:1"
    delivery = put(channel_to("wecom", address="http://127.0.0.1:1/x"))
    outbox.deliver_all()
    delivery.refresh_from_db()
    assert (delivery.state, delivery.code) == (WAITING, "not reached: ConnectError")


def test_a_worker_that_died_while_sending_leaves_no_second_message(
    channel_to: Callable[..., Channel], receiver: Receiver
):
    put(channel_to("wecom"))
    assert outbox.claim() is not None
    outbox.deliver_all()
    clock.advance(minutes=6)
    outbox.deliver_all()
    assert (Delivery.objects.get().state, receiver.got) == (UNKNOWN, [])


def test_a_group_hears_at_most_twenty_a_minute(channel_to: Callable[..., Channel], receiver: Receiver):
    channel, other = channel_to("wecom"), channel_to("dingtalk")
    for number in range(23):
        put(channel, f"n{number}")
    put(other, "elsewhere")
    assert outbox.deliver_all() == 21
    clock.advance(seconds=61)
    assert outbox.deliver_all() == 3


def test_what_nobody_wants_to_read_any_more_is_skipped(channel_to: Callable[..., Channel], receiver: Receiver):
    put(channel_to("wecom"))
    clock.advance(hours=13)
    outbox.deliver_all()
    assert (Delivery.objects.get().state, receiver.got) == (SKIPPED, [])


def test_a_channel_switched_off_sends_nothing(
    channel_to: Callable[..., Channel], receiver: Receiver, actor: Callable[[str], Actor]
):
    channel = channel_to("wecom")
    put(channel)
    change_channel(channel.pk, ChannelEntry("wecom", channel.name, is_active=False), actor=actor("admin"))
    put(channel, "two")
    outbox.deliver_all()
    assert receiver.got == []
    send_test(channel.pk, actor=actor("admin"))
    outbox.deliver_all()
    assert [got.path for got in receiver.got] == ["/cgi-bin/webhook/send"]


def test_secrets_are_kept_sealed_and_go_with_the_channel(
    channel_to: Callable[..., Channel], actor: Callable[[str], Actor]
):
    channel = channel_to("dingtalk")
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(c)::text FROM messaging_channel c")
        kept = cursor.fetchone()[0]
    trail = str(list(Entry.objects.values_list("changes", "personal")))
    for text in (KEY, SECRET):
        assert text not in kept
        assert text not in trail
    assert (channel.secret, channel.address.endswith(KEY)) == (SECRET, True)
    remove_channel(channel.pk, actor=actor("admin"))
    channel.refresh_from_db()
    assert (channel.address_sealed, channel.secret_sealed, channel.address) == ("", "", "")


def test_a_lost_key_leaves_the_channel_without_address(channel_to: Callable[..., Channel], settings: Any):
    channel = channel_to("wecom")
    old, settings.SECRET_KEY = settings.SECRET_KEY, "a new key"
    assert channel.address == ""
    settings.SECRET_KEY_FALLBACKS = [old]
    assert channel.address.endswith(KEY)


@pytest.mark.parametrize(
    "address",
    [
        "https://example.com/cgi-bin/webhook/send?key=1",
        "https://qyapi.weixin.qq.com.example.com/send?key=1",
        "http://qyapi.weixin.qq.com/send?key=1",
        "https://qyapi.weixin.qq.com:8443/send?key=1",
        "https://qyapi.weixin.qq.com@example.com/send",
        "https://oapi.dingtalk.com/robot/send?access_token=1",
        "https://127.0.0.1/send",
        "not an address",
    ],
)
def test_only_robots_of_the_provider_are_taken(address: str, actor: Callable[[str], Actor]):
    with pytest.raises(Invalid) as refused:
        create_channel(ChannelEntry("wecom", "群", address=address), actor=actor("admin"))
    assert set(refused.value.errors) == {"address"}


@pytest.mark.parametrize("login", ["gm", "manager", "rep"])
def test_only_administrators_set_up_channels(login: str, actor: Callable[[str], Actor]):
    address = "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=1"
    with pytest.raises(NotAllowed):
        create_channel(ChannelEntry("wecom", "群", address=address), actor=actor(login))


def test_nothing_in_a_text_becomes_a_link_or_a_mention(channel_to: Callable[..., Channel], receiver: Receiver):
    nasty = "[x](https://evil.example.com) <@all> <font color=red> @everyone `a` **b** \n# c"
    put(channel_to("wecom", name=nasty[:60]), paper=Paper(nasty, (Section(nasty, (nasty,)),)))
    outbox.deliver_all()
    content = receiver.got[0].body["markdown"]["content"]
    assert "](https://evil" not in content
    assert "<@all>" not in content
    assert "\n#" not in content


def test_a_long_text_is_cut_between_lines(channel_to: Callable[..., Channel], receiver: Receiver):
    lines = tuple(f"二.{number} 三日内回访：邱远 {number}" for number in range(300))
    put(channel_to("wecom"), paper=Paper("今日", (Section("逾期", lines),), "/duties"))
    outbox.deliver_all()
    content = receiver.got[0].body["markdown"]["content"]
    assert 3800 < len(content.encode()) <= 4096
    assert content.endswith("(https://crm.example.com/duties)")
    assert within_bytes(["ab", "cd"], 100) == "ab\ncd"


@pytest.mark.django_db(transaction=True)
def test_two_workers_send_it_once(company: None, channel_to: Callable[..., Channel], receiver: Receiver):
    channel = channel_to("feishu")
    for number in range(8):
        put(channel, f"n{number}")
    started = threading.Barrier(2)
    stop = clock.now()

    def work() -> None:
        started.wait()
        outbox.deliver_all()
        connection.close()

    assert stop == clock.now()
    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    outbox.deliver_all()
    assert (len(receiver.got), Delivery.objects.filter(state=SENT).count()) == (8, 8)


def test_a_message_of_a_change_that_failed_is_never_sent(channel_to: Callable[..., Channel], receiver: Receiver):
    def change() -> None:
        with transaction.atomic():
            put(channel)
            raise RuntimeError

    channel = channel_to("wecom")
    with pytest.raises(RuntimeError):
        change()
    assert outbox.deliver_all() == 0

"""What a robot answers is another's text: however odd it is, the message has an outcome and the worker goes on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import time
from typing import Any

import pytest

from guanxi.base.kernel import clock
from guanxi.base.kernel.errors import Invalid
from guanxi.base.kernel.outgoing import Answer
from guanxi.core.messaging.channels import outbox, robots
from guanxi.core.messaging.channels.models import FAILED, UNKNOWN
from guanxi.core.messaging.channels.reporting import put_digests_in
from guanxi.core.messaging.models import Channel, Delivery
from tests.channels.conftest import channel_to, receiver
from tests.channels.receiver import Receiver

__all__ = ["channel_to", "receiver"]
pytestmark = pytest.mark.req("CN-04")
ODD = {
    "depth without end": (b"[" * 900_000, UNKNOWN),
    "a code without end": (b'{"errcode": ' + b"9" * 3000 + b"}", FAILED),
    "a number without end": (b'{"errcode": ' + b"9" * 9000 + b"}", UNKNOWN),
    "a code that is none": (b'{"errcode": {"errcode": 0}}', UNKNOWN),
    "a yes for a number": (b'{"errcode": true}', FAILED),
    "nothing": (b"", UNKNOWN),
    "no text": (b"\xff\xfe\x00", UNKNOWN),
    "half a character": (b'{"errcode": 0, "errmsg": "\\ud800"}', "sent"),
}


@pytest.mark.parametrize(("body", "state"), ODD.values(), ids=ODD.keys())
def test_an_odd_answer_is_an_outcome(
    body: bytes, state: str, channel_to: Callable[..., Channel], receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel_to("wecom", digest_at=time(8, 0))
    monkeypatch.setattr(robots.outgoing, "post_json", lambda url, payload: Answer(200, body))
    put_digests_in()
    outbox.deliver_all()
    found = Delivery.objects.get()
    assert found.state == state
    assert len(found.code) <= 60
    assert not (set(found.code) - set("0123456789 abcdefghijklmnopqrstuvwxyzTrue"))


@pytest.mark.parametrize("digest_at", [time(23, 31), time(23, 59, 59)], ids=str)
def test_a_digest_at_midnight_is_refused_since_nobody_would_look_in_time(
    digest_at: time, channel_to: Callable[..., Channel]
) -> None:
    with pytest.raises(Invalid) as refused:
        channel_to("wecom", digest_at=digest_at)
    assert "digest_at" in refused.value.errors


def test_the_latest_digest_goes_out_on_its_day(channel_to: Callable[..., Channel], receiver: Receiver) -> None:
    channel_to("wecom", digest_at=time(23, 30))
    day = clock.today()
    clock.advance(hours=14, minutes=35)
    put_digests_in()
    clock.advance(minutes=40)
    put_digests_in()
    found: Any = Delivery.objects.filter(dedupe_key__endswith=str(day)).values_list("state", flat=True)
    assert list(found) == ["waiting"]

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import time
from typing import Any

import pytest

from guanxi.base.kernel.actor import Actor
from guanxi.core.messaging.channels.actions import ChannelEntry, create_channel
from guanxi.core.messaging.models import Channel
from tests.rulebooks.conftest import approve, call, form_of, rulebook_21

from .receiver import SECRET, Receiver, receiving

__all__ = ["approve", "call", "channel_to", "form_of", "receiver", "rulebook_21"]


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    with receiving() as found:
        settings.OUTGOING_ALLOW = found.place
        settings.PUBLIC_ADDRESS = "https://crm.example.com"
        yield found


@pytest.fixture
def channel_to(actor: Callable[[str], Actor], receiver: Receiver) -> Callable[..., Channel]:
    def make(provider: str, **values: Any) -> Channel:
        given: dict[str, Any] = {"address": receiver.address(provider), "secret": SECRET, "digest_at": time(8, 30)}
        entry = ChannelEntry(provider=provider, **({"name": f"群{provider}"} | given | values))
        return create_channel(entry, actor=actor("admin"))

    return make

"""A sentence above every page while something is wrong that its reader can mend. Rooms register theirs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry
from guanxi.base.ui import current


@dataclass(frozen=True)
class Banner:
    """`text` is asked with each page: "" while there is nothing to say, and quick to know."""

    key: str
    text: Callable[[Actor], str]


BANNERS: Registry[Banner] = Registry("banners")


def banners() -> list[str]:
    actor = current.actor()
    return [text for banner in BANNERS if (text := banner.text(actor))] if actor else []

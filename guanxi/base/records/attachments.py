"""Files on records, for rooms that lie beside the one that keeps them: documents provides, others ask.

ATTACHMENTS.keep(request, "activity", activity.pk)      # inside the action's transaction
ATTACHMENTS.links("activity", ids)                       # record -> its files, one query
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest

from guanxi.base.kernel.actor import Actor


@dataclass(frozen=True)
class FileLink:
    id: int
    name: str
    has_picture: bool = False


@dataclass(frozen=True)
class Provider:
    """`keep` puts the files of a form's entry `file` on a record; `told` is what makes two presses the same."""

    keep: Callable[[HttpRequest, str, int, Actor], int]
    told: Callable[[HttpRequest], Any]
    links: Callable[[str, Sequence[int]], Mapping[int, list[FileLink]]]


class Attachments:
    def __init__(self) -> None:
        self._provider: Provider | None = None

    def provide(self, provider: Provider) -> None:
        self._provider = provider

    def keep(self, request: HttpRequest, kind: str, record_id: int, *, actor: Actor) -> int:
        return self._provider.keep(request, kind, record_id, actor) if self._provider else 0

    def told(self, request: HttpRequest) -> Any:
        return self._provider.told(request) if self._provider else None

    def links(self, kind: str, ids: Sequence[int]) -> Mapping[int, list[FileLink]]:
        return self._provider.links(kind, ids) if self._provider and ids else {}


ATTACHMENTS = Attachments()

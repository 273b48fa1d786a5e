"""What rooms beside this one ask through base/records/attachments.py: the files of their forms and timelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.http import HttpRequest

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.web import ActorRequest
from guanxi.base.records.attachments import ATTACHMENTS, FileLink, Provider

from .actions import Incoming, attach_files
from .models import Label
from .queries import files_on_many
from .receiving import files_in, told_of
from .sniffing import HEAD, PICTURES, detect


def register() -> None:
    ATTACHMENTS.provide(Provider(keep, told, links))


def keep(request: HttpRequest, kind: str, record_id: int, actor: Actor) -> int:
    """Photos and other files apart, since the form does not ask which they are."""
    files = files_in(cast(ActorRequest, request))
    photos = [file for file in files if is_photo(file)]
    others = [file for file in files if file not in photos]
    for label, some in ((Label.PHOTO, photos), (Label.OTHER, others)):
        if some:
            attach_files(kind, record_id, some, label=str(label), actor=actor)
    return len(files)


def is_photo(file: Incoming) -> bool:
    file.file.seek(0)
    return detect(file.file.read(HEAD)) in PICTURES


def told(request: HttpRequest) -> Any:
    return told_of(files_in(cast(ActorRequest, request)))


def links(kind: str, ids: Sequence[int]) -> Mapping[int, list[FileLink]]:
    found = files_on_many(kind, ids)
    return {one: [FileLink(row.id, row.name, row.has_picture) for row in rows] for one, rows in found.items()}

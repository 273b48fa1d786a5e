"""Which records carry files, and who may see them: each room registers its kind, and a file has no rights of its own.

RECORDS.add(Record("fileform", _("File form"), access=access_file_form, url=lambda id: f"/archive/forms/{id}"))
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.errors import Missing, NotAllowed
from guanxi.base.kernel.registry import Registry


class Access(Protocol):
    """As every `access_<noun>`: the record, or Missing (not there or not yours), or NotAllowed (not `to`)."""

    def __call__(self, actor: Actor, record_id: int, /, *, to: str = "read") -> Any: ...


@dataclass(frozen=True)
class Record:
    """`key` is the kind as gates, events and the trail call it. `writes` is what one may do to the record in order to
    put files on it. `url` leads to the page that shows the files."""

    key: str
    label: Any
    access: Access
    url: Callable[[int], str]
    writes: str = "update"


RECORDS: Registry[Record] = Registry("records with files")


def record_for(actor: Actor, kind: str, record_id: int, *, to: str = "read") -> Any:
    """The record itself. A kind nobody registered is as missing as a record one may not see."""
    entry = RECORDS.find(kind)
    if entry is None:
        raise Missing()
    return entry.access(actor, record_id, to=entry.writes if to == "write" else "read")


def may_write_on(actor: Actor, kind: str, record_id: int) -> bool:
    try:
        record_for(actor, kind, record_id, to="write")
    except (Missing, NotAllowed):
        return False
    return True

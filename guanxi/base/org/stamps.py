"""Stamps of what processes keep in memory, such as own fields, so that all of them notice a change by the next request.

The stamps are read along with the account of a request, which costs no query of its own. Where there is no account
the first need asks once; outside of a request or job every need asks, so nothing old is ever worked with.
A stamp is a new random value, not a counter: a change taken back never looks like the next one.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from uuid import uuid4

from .models import Stamp

Stamps = dict[str, str]
READ = "(SELECT jsonb_object_agg(key, value) FROM org_stamp)"
_held: ContextVar[list[Stamps] | None] = ContextVar("stamps", default=None)


@contextmanager
def held() -> Iterator[None]:
    """For a request or a job: what is read once holds to its end."""
    token = _held.set([])
    try:
        yield
    finally:
        _held.reset(token)


def brought(stamps: Stamps | None) -> None:
    """Somebody read them along with something else."""
    holder = _held.get()
    if holder is not None:
        holder[:] = [stamps or {}]


def stamp_of(key: str) -> str:
    """Empty while nothing of this kind was ever written."""
    holder = _held.get()
    if holder is None:
        return _read().get(key, "")
    if not holder:
        holder.append(_read())
    return holder[0].get(key, "")


def renew(key: str) -> None:
    """Part of the change that it tells of; who changes the same kind at the same time waits."""
    value = uuid4().hex
    Stamp.objects.update_or_create(key=key, defaults={"value": value})
    holder = _held.get()
    if holder:
        holder[0][key] = value


def _read() -> Stamps:
    return dict(Stamp.objects.values_list("key", "value"))

"""The world that dying processes work on: built once, copied for every hit."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.db import connections
from django.test import Client
from django.urls import reverse

from .carrying import House
from .commands import built
from .dying import Ground


def warm_up() -> None:
    """What every child would have to read first: addresses, the description of the API, templates."""
    for address in (reverse("api:openapi"), "/sign-in"):
        assert Client().get(address).status_code == 200, address


@contextmanager
def house_at(folder: Path, blocker: Any) -> Iterator[House]:
    """Children are forked from this process, which therefore holds no connection meanwhile."""
    with blocker.unblock():
        warm_up()
        name = connections["default"].settings_dict["NAME"]
        given = connections["default"].get_connection_params()
        connections.close_all()
        keys = ("user", "password", "host", "port")
        server = {key: given[key] for key in keys if given.get(key)}
        start = Ground(name, folder / name, server).copied(f"{name}_dying")
        try:
            yield House(start, start.perform(built))
        finally:
            for ground in (start, Ground(f"{start.name}_hit", folder / f"{start.name}_hit", server)):
                ground.drop()

"""This installation and its place for backups, as the web and the worker know them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from django.conf import settings

from guanxi.edge.ops.installation import Installation

from .store import Place, SealedStore, open_store


def this_installation() -> Installation:
    return replace(Installation.from_environment(), data=Path(settings.DATA_DIR))


def this_place() -> Place:
    return replace(Place.from_environment(), data=Path(settings.DATA_DIR))


def this_store() -> SealedStore:
    return open_store(this_place())

"""Files of a form, as they came."""

from __future__ import annotations

from typing import Any

from guanxi.base.org.web import ActorRequest

from .limits import Incoming


def files_in(request: ActorRequest, name: str = "file") -> list[Incoming]:
    return [Incoming(file.name or "", file.size or 0, file.file) for file in request.FILES.getlist(name)]


def told_of(files: list[Incoming]) -> list[list[Any]]:
    """What makes two presses the same: names and sizes."""
    return [[file.name, file.size] for file in files]

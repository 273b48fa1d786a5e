"""Everything rooms have registered with each other, so that nobody has to search the code for it."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from django.http import HttpResponse

from guanxi.base import ui
from guanxi.base.audit import events
from guanxi.base.kernel.registry import Registry
from guanxi.base.org.web import ActorRequest, needs


@dataclass(frozen=True)
class Listed:
    key: str
    label: str
    by: str


@needs("role", "read")
def registered(request: ActorRequest) -> HttpResponse:
    groups = [(registry.name, [_listed(entry) for entry in registry]) for registry in registries()]
    heard = [
        Listed(name, "", ", ".join(_place(handler) for handler in handlers))
        for name, handlers in sorted(events.subscribed().items())
    ]
    return ui.page(request, "ops/registered.html", {"groups": sorted(groups), "heard": heard})


def registries() -> list[Registry[Any]]:
    """Each registry is a name in some module of ours."""
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith("guanxi.")]
    found = [value for module in modules for value in vars(module).values() if isinstance(value, Registry)]
    return list({id(registry): registry for registry in found}.values())


def _listed(entry: Any) -> Listed:
    label = str(getattr(entry, "label", "") or getattr(entry, "sentence", ""))
    return Listed(entry.key, label, _room(entry))


def _room(entry: Any) -> str:
    """The room that brought it: its class, if the entry's class lives there, or the functions it holds."""
    if text := getattr(entry, "function", ""):
        return str(text).removeprefix("guanxi.")
    values = [getattr(entry, field.name) for field in fields(entry)] if is_dataclass(entry) else []
    places = [_place(value) for value in values if callable(value)]
    ours = [place for place in places if place and not place.startswith("base.ui.nav")]
    return ours[0] if ours else type(entry).__module__.removeprefix("guanxi.")


def _place(value: Callable[..., Any]) -> str:
    module = getattr(value, "__module__", "") or ""
    name = getattr(value, "__qualname__", "").replace("<lambda>", "").strip(".")
    return f"{module.removeprefix('guanxi.')}.{name}".strip(".") if module.startswith("guanxi.") else ""

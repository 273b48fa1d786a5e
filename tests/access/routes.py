"""Every address there is, from the resolver to its last pattern."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.urls import URLPattern, URLResolver, get_resolver

from guanxi.base.org.web import Access, access_of


@dataclass(frozen=True)
class Route:
    name: str
    path: str
    view: Callable[..., Any]

    @property
    def access(self) -> Access | None:
        return access_of(self.view)

    @property
    def endpoints(self) -> dict[str, Any]:
        """Of an address of the API, its operations by method."""
        return getattr(self.view, "endpoints", {})


def every_route() -> list[Route]:
    return list(_below(get_resolver(), "", ""))


def _below(resolver: URLResolver, path: str, space: str) -> Iterator[Route]:
    for entry in resolver.url_patterns:
        at = path + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield Route(f"{space}{entry.name or at}", at, entry.callback)
        else:
            yield from _below(entry, at, f"{space}{entry.namespace}:" if entry.namespace else space)

"""The navigation: rooms register their entries, the shell shows those that the reader may see."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.urls import NoReverseMatch, reverse
from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.kernel.registry import Registry
from guanxi.base.ui import current

# The order of the sections on the screen; a section is shown when one of its entries is.
SECTIONS: dict[str, Any] = {
    "workbench": _("Workbench"),
    "customers": _("Customers"),
    "archive": _("Archive"),
    "sales": _("Sales"),
    "service": _("Service"),
    "members": _("Members"),
    "telesales": _("Telesales"),
    "campaigns": _("Campaigns"),
    "rulebooks": _("Rulebooks"),
    "approvals": _("Approvals"),
    "knowledge": _("Knowledge"),
    "reports": _("Reports"),
    "organisation": _("Units and people"),
    "security": _("Keeping data safe"),
    "settings": _("Settings"),
}
# What belongs to the person, not to the company, stands in the menu of the person at the top right.
OWN = "own"


def everyone(actor: Actor) -> bool:
    return True


@dataclass(frozen=True)
class NavEntry:
    """`url` is a url name without arguments; `shortcut` a letter typed after g; `phone` puts it in the bottom bar.

    `covers` are addresses elsewhere whose pages belong to this entry: it is marked there as well.
    """

    key: str
    label: Any
    url: str
    section: str
    order: int = 0
    icon: str = "dot"
    visible: Callable[[Actor], bool] = everyone
    shortcut: str = ""
    phone: bool = False
    covers: tuple[str, ...] = ()


@dataclass(frozen=True)
class Link:
    entry: NavEntry
    href: str
    is_current: bool


@dataclass(frozen=True)
class Section:
    key: str
    label: Any
    links: list[Link]


NAV: Registry[NavEntry] = Registry("navigation")


@lru_cache(maxsize=256)
def url_if(name: str) -> str:
    """The address of a url name, or "" while the room that brings it is not installed."""
    try:
        return reverse(name)
    except NoReverseMatch:
        return ""


def links_for(actor: Actor, *, path: str) -> list[Link]:
    seen = [entry for entry in NAV if url_if(entry.url) and entry.visible(actor)]
    seen.sort(key=lambda entry: entry.order)
    here = closest([address for entry in seen for address in addresses(entry)], path=path)
    return [Link(entry, url_if(entry.url), here in addresses(entry)) for entry in seen]


def addresses(entry: NavEntry) -> tuple[str, ...]:
    return (url_if(entry.url), *entry.covers)


def closest(addresses: list[str], *, path: str) -> str:
    """The longest address that `path` lies under: on /customers/7 that is /customers, never /."""
    under = [a for a in addresses if path == a or (a != "/" and path.startswith(a.rstrip("/") + "/"))]
    return max(under, key=len, default="")


def sections_of(links: list[Link]) -> list[Section]:
    grouped = [
        Section(key, label, [link for link in links if link.entry.section == key]) for key, label in SECTIONS.items()
    ]
    return [section for section in grouped if section.links]


def every_link() -> list[Link]:
    """Resolved once per request."""
    request, actor = current.request(), current.actor()
    if request is None or actor is None:
        return []
    if not hasattr(request, "nav_links"):
        request.nav_links = links_for(actor, path=request.path)
    links: list[Link] = request.nav_links
    return links


def nav() -> list[Section]:
    """For templates: the navigation at the left."""
    return sections_of(every_link())


def own_links() -> list[Link]:
    """For templates: what the menu of the person holds."""
    return [link for link in every_link() if link.entry.section == OWN]

"""What administrators have in the navigation, and what each person has in the own menu: by their rights."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.ui import NAV, OWN, NavEntry


def _if_may(kind: str, verb: str) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, kind, verb)


def _sees_departures(actor: Actor) -> bool:
    return may(actor, "departure", "read") or may(actor, "departure", "approve")


ORGANISATION = (
    ("units", _("Units"), "ops:units", "company", _if_may("unit", "read")),
    ("staff", _("Staff"), "ops:staff", "person", _if_may("staff", "read")),
    ("departures", _("Departures"), "ops:departures", "exit", _sees_departures),
    ("roles", _("Roles and rights"), "ops:roles", "key", _if_may("role", "read")),
    ("registrations", _("Requests for accounts"), "ops:registrations", "mail", _if_may("account", "create")),
    ("calendar", _("Working calendar"), "ops:calendar", "calendar", _if_may("calendar", "read")),
)
SECURITY = (
    ("security", _("Security and compliance"), "ops:security", "shield", _if_may("security", "read")),
    ("backups", _("Backups"), "ops:backups", "download", _if_may("backup", "read")),
    ("trail", _("Trail"), "ops:trail", "list", _if_may("audit", "read")),
)
SETTINGS = (
    ("registered", _("Registered"), "ops:registered", "link", _if_may("role", "read")),
    ("channels", _("Channels"), "messaging:channels", "bell", _if_may("channel", "read")),
)
# The incidents and the risks are tabs of the page of security, their addresses are their own.
COVERS: defaultdict[str, tuple[str, ...]] = defaultdict(tuple, security=("/data-incidents", "/risks"))


def register() -> None:
    for section, entries in (("organisation", ORGANISATION), ("security", SECURITY), ("settings", SETTINGS)):
        for order, (key, label, url, icon, visible) in enumerate(entries):
            entry = NavEntry(
                f"settings-{key}", label, url, section, 900 + order * 10, icon, visible, covers=COVERS[key]
            )
            NAV.add(entry)
    NAV.add(NavEntry("own-mail", _("E-mail to me"), "messaging:own-mail", OWN, order=40, icon="mail"))
    NAV.add(NavEntry("own-tokens", _("API tokens"), "ops:tokens", OWN, order=50, icon="key"))

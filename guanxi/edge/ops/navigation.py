"""The section Settings of the navigation: each entry for those who have the right."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.ui import NAV, NavEntry


def _if_may(kind: str, verb: str) -> Callable[[Actor], bool]:
    return lambda actor: may(actor, kind, verb)


def _sees_departures(actor: Actor) -> bool:
    return may(actor, "departure", "read") or may(actor, "departure", "approve")


def register() -> None:
    for order, (key, label, url, icon, visible) in enumerate(
        (
            ("units", _("Units"), "ops:units", "company", _if_may("unit", "read")),
            ("staff", _("Staff"), "ops:staff", "person", _if_may("staff", "read")),
            ("departures", _("Departures"), "ops:departures", "exit", _sees_departures),
            ("roles", _("Roles and rights"), "ops:roles", "shield", _if_may("role", "read")),
            ("registrations", _("Requests for accounts"), "ops:registrations", "mail", _if_may("account", "create")),
            ("calendar", _("Working calendar"), "ops:calendar", "calendar", _if_may("calendar", "read")),
            ("trail", _("Trail"), "ops:trail", "list", _if_may("audit", "read")),
            ("security", _("Security and compliance"), "ops:security", "shield", _if_may("security", "read")),
            ("backups", _("Backups"), "ops:backups", "download", _if_may("backup", "read")),
            ("registered", _("Registered"), "ops:registered", "link", _if_may("role", "read")),
            ("channels", _("Channels"), "messaging:channels", "bell", _if_may("channel", "read")),
            ("mail", _("E-mail to me"), "messaging:own-mail", "mail", lambda actor: True),
            ("tokens", _("API tokens"), "ops:tokens", "key", lambda actor: True),
        )
    ):
        NAV.add(NavEntry(f"settings-{key}", label, url, "settings", order=900 + order * 10, icon=icon, visible=visible))

"""What this room's screens bring to the navigation and to other rooms' cards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.scopes import may
from guanxi.base.records.types import PANELS, Panel
from guanxi.base.ui import NAV, NavEntry

from . import found
from .panels import customer_panel, subject_panel

TEMPLATE = "rulebooks/panel.html"


def register() -> None:
    found.register()
    NAV.add(
        NavEntry("workbench", _("Workbench"), "rulebooks:workbench", "workbench", icon="home", shortcut="w", phone=True)
    )
    NAV.add(
        NavEntry(
            "duties",
            _("Duties"),
            "rulebooks:duties",
            "workbench",
            order=5,
            icon="check-list",
            visible=lambda actor: may(actor, "duty", "read"),
            shortcut="d",
        )
    )
    NAV.add(
        NavEntry(
            "rulebooks",
            _("Rulebooks"),
            "rulebooks:rulebooks",
            "rulebooks",
            icon="book",
            visible=lambda actor: may(actor, "rulebook", "read"),
            shortcut="r",
            phone=True,
        )
    )
    PANELS.add(Panel("customer-duties", "customer", _("What the rules ask for"), TEMPLATE, customer_panel, order=10))
    PANELS.add(Panel("fileform-duties", "fileform", _("What the rules ask for"), TEMPLATE, subject_panel, order=10))

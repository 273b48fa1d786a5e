"""What this room's screens bring to the navigation and to other rooms' cards."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.scopes import may
from guanxi.base.records.bulk import BULK
from guanxi.base.records.types import PANELS, Panel
from guanxi.base.ui import NAV, NavEntry

from . import consequences, found, navigation
from .many import TASK_EACH
from .panels import LABEL, TEMPLATE, customer_panel


def register() -> None:
    found.register()
    navigation.register()
    consequences.register()
    BULK.add(TASK_EACH)
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
    PANELS.add(Panel("customer-duties", "customer", LABEL, TEMPLATE, customer_panel, order=10))

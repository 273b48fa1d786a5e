"""The pages of figures in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.scopes import may
from guanxi.base.ui import NAV, NavEntry

from ..models import DayCheck, Duty


def register() -> None:
    NAV.add(
        NavEntry(
            "compliance",
            _("Compliance"),
            "rulebooks:compliance",
            "rulebooks",
            order=10,
            icon="chart",
            visible=lambda actor: may(actor, Duty.KIND, "read"),
            shortcut="f",
        )
    )
    NAV.add(
        NavEntry(
            "record",
            _("My record"),
            "rulebooks:own-record",
            "workbench",
            order=30,
            icon="person",
            visible=lambda actor: may(actor, Duty.KIND, "read"),
        )
    )
    NAV.add(
        NavEntry(
            "board",
            _("Day board"),
            "rulebooks:board",
            "workbench",
            order=20,
            icon="phone",
            visible=lambda actor: may(actor, DayCheck.KIND, "create"),
            shortcut="b",
        )
    )

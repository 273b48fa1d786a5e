"""The pages of figures in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.scopes import may
from guanxi.base.ui import NAV, NavEntry

from ..models import Duty


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

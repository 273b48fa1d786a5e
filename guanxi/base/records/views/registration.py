"""What this part brings to the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.ui import NAV, NavEntry

from .access import types_read


def register() -> None:
    NAV.add(
        NavEntry(
            "segments",
            _("Segments"),
            "records:segments",
            "customers",
            order=40,
            icon="filter",
            visible=lambda actor: bool(types_read(actor)),
        )
    )

"""Consequences in the navigation."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.scopes import may
from guanxi.base.ui import NAV, NavEntry

from ..models import Proposal
from ..months import KIND as STATEMENT


def register() -> None:
    NAV.add(
        NavEntry(
            "proposals",
            _("Consequences"),
            "rulebooks:proposals",
            "rulebooks",
            order=20,
            icon="check-list",
            visible=lambda actor: may(actor, Proposal.KIND, "read"),
        )
    )
    NAV.add(
        NavEntry(
            "statements",
            _("Statements of consequences"),
            "rulebooks:statements",
            "rulebooks",
            order=21,
            icon="list",
            visible=lambda actor: may(actor, STATEMENT, "read"),
        )
    )

"""What this room registers with the rooms below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit.restores import AFTER_RESTORE, Restored, Step
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.records.outsiders import OUTSIDERS, Knowing
from guanxi.base.records.types import LIST_TOOLS, PANELS, RECORD_TYPES, ListTool, Panel
from guanxi.base.ui import NAV, NavEntry

from . import (
    jobs,  # noqa: F401  (the worker learns of the jobs by their import)
    sharing,
)
from .actions.erasure import replay_ledger
from .models import Processor
from .screens.consents import consent_panel
from .screens.processors import PROCESSORS


def register() -> None:
    AFTER_RESTORE.add(Step("erased persons", erase_again))
    OUTSIDERS.provide(Knowing(sharing.agreed, sharing.registered, sharing.heard, sharing.is_stale))
    RECORD_TYPES.add(PROCESSORS)
    PANELS.add(Panel("consents", "customer", _("Consents"), "privacy/consent_panel.html", consent_panel, order=75))
    NAV.add(
        NavEntry(
            "privacy",
            _("Personal data"),
            "privacy:requests",
            "security",
            order=905,
            icon="person",
            visible=_reads,
            covers=("/privacy", "/processors"),
        )
    )
    # The other pages of the room have these as tabs; a list of records has a way back.
    LIST_TOOLS.add(
        ListTool(
            "privacy",
            _("Requests of persons"),
            lambda _type, _asked: "/privacy/requests",
            lambda actor, _type: _reads(actor),
            kind=Processor.KIND,
            icon="shield",
            place="bar",
        )
    )


def _reads(actor: Actor) -> bool:
    return may(actor, "privacy", "read")


def erase_again(_restored: Restored) -> str:
    count = replay_ledger()
    return f"{count} erased persons were erased again." if count else ""

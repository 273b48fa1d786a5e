"""What this room registers with the rooms below."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.audit.restores import AFTER_RESTORE, Restored, Step
from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.records.types import PANELS, RECORD_TYPES, Panel
from guanxi.base.ui import NAV, NavEntry

from . import jobs  # noqa: F401  (the worker learns of the jobs by their import)
from .actions.erasure import replay_ledger
from .screens.consents import consent_panel
from .screens.processors import PROCESSORS


def register() -> None:
    AFTER_RESTORE.add(Step("erased persons", erase_again))
    RECORD_TYPES.add(PROCESSORS)
    PANELS.add(Panel("consents", "customer", _("Consents"), "privacy/consent_panel.html", consent_panel, order=75))
    for order, (key, label, url, icon) in enumerate(
        (
            ("requests", _("Requests of persons"), "privacy:requests", "mail"),
            ("inventory", _("Personal data"), "privacy:inventory", "shield"),
            ("wordings", _("Wordings of consents"), "privacy:wordings", "file"),
            ("processors", _("Processors"), "privacy:processor-list", "link"),
        )
    ):
        NAV.add(NavEntry(f"privacy-{key}", label, url, "settings", order=985 + order, icon=icon, visible=_reads))


def _reads(actor: Actor) -> bool:
    return may(actor, "privacy", "read")


def erase_again(_restored: Restored) -> str:
    count = replay_ledger()
    return f"{count} erased persons were erased again." if count else ""

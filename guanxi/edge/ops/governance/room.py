"""What this part of ops registers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.records.types import LIST_TOOLS, PANELS, RECORD_TYPES, ListTool, Panel
from guanxi.base.ui import NAV, OWN, NavEntry
from guanxi.core.documents.panel import FILES, TEMPLATE, files_panel
from guanxi.core.documents.registry import RECORDS, Record

from . import daily, labels, networks, obligations, rules
from .judging import access_incident
from .models import DataIncident, Risk
from .screens.incidents import DATA_INCIDENTS
from .screens.risks import RISKS


def register() -> None:
    obligations.register()
    labels.register()
    daily.register()
    networks.register()
    rules.register()
    for type_ in (DATA_INCIDENTS, RISKS):
        RECORD_TYPES.add(type_)
    url = "/data-incidents/{}".format
    RECORDS.add(Record(DataIncident.KIND, DATA_INCIDENTS.label, access_incident, url))
    PANELS.add(
        Panel("dataincident-files", DataIncident.KIND, FILES, TEMPLATE, files_panel(DataIncident.KIND), order=80)
    )
    for key, label, address, kind in (
        ("dataincidents-security", _("Security and compliance"), "/settings/security", DataIncident.KIND),
        ("risks-matrix", _("Matrix of risks"), "/risks/matrix", Risk.KIND),
    ):
        LIST_TOOLS.add(ListTool(key, label, _to(address), _keeps_safe, kind=kind, icon="shield", place="bar"))
    NAV.add(NavEntry("own-obligations", _("Obligations"), "ops:obligations", OWN, order=10, icon="file"))
    NAV.add(
        NavEntry(
            "settings-dataincidents",
            _("Data incidents"),
            "ops:dataincident-list",
            "security",
            order=905,
            icon="alert",
            visible=_only_reports,
        )
    )


def _to(address: str) -> Callable[[Any, Any], str]:
    return lambda _type, _asked: address


def _keeps_safe(actor: Actor, _type: Any) -> bool:
    return may(actor, "security", "read")


def _only_reports(actor: Actor) -> bool:
    """Who reads the page of security has the incidents there."""
    return may(actor, DataIncident.KIND, "read") and not may(actor, "security", "read")

"""What this part adds to the navigation and to every list: the way to a file, and to paper."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.actor import Actor
from guanxi.base.org.scopes import may
from guanxi.base.ui import NAV, NavEntry

from ..types import LIST_TOOLS, ListTool
from . import jobs  # noqa: F401  (the worker learns of the job by its import)
from .access import may_approve, types_for
from .asking import words_of


def register() -> None:
    NAV.add(
        NavEntry("exports", _("Exports"), "records:exports", "customers", order=91, icon="download", visible=_visible)
    )
    LIST_TOOLS.add(
        ListTool("export", _("Export"), address_of("export"), _may_export, icon="download", order=60),
    )
    LIST_TOOLS.add(ListTool("print", _("Print"), address_of("print"), icon="print", order=61))


def address_of(step: str) -> Any:
    return lambda type_, asked: f"/{type_.path}/{step}?{urlencode(words_of(type_, asked))}"


def _visible(actor: Actor) -> bool:
    return may_approve(actor) or bool(types_for(actor))


def _may_export(actor: Actor, type_: Any) -> bool:
    return may(actor, type_.key, "export")

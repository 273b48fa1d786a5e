"""The way from a list to the steps that were taken from it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from ..types import LIST_TOOLS, ListTool
from . import jobs  # noqa: F401  (the worker learns of the job by its import)
from .steps import steps_for


def register() -> None:
    LIST_TOOLS.add(
        ListTool(
            "bulk-runs",
            _("Earlier steps for many"),
            url=lambda type_, asked: "/bulk",
            applies=lambda actor, type_: bool(steps_for(type_.key, actor)),
            icon="clock",
            order=80,
        )
    )

"""Own fields take their place: where declarations ask for them, in the navigation, in the worker."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.org.scopes import may
from guanxi.base.ui import NAV, NavEntry

from ..types import OWN_FIELDS
from . import jobs  # noqa: F401  (the worker learns of the job by its import)
from .provider import fields_of


def register() -> None:
    OWN_FIELDS.provide(fields_of)
    NAV.add(
        NavEntry(
            "settings-fields",
            _("Own fields"),
            "records:own-fields",
            "settings",
            order=935,
            icon="tag",
            visible=lambda actor: may(actor, "field", "update"),
        )
    )

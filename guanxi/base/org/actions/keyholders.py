"""Somebody must always be able to administer, or the company locks itself out for good."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from guanxi.base.kernel.errors import Refused

from ..access import current_posts
from ..models import Grant

KEYS = [("role", "update"), ("account", "update")]


def require_keyholder() -> None:
    """Raises Refused, which undoes the surrounding action, when nobody could change roles and accounts any more."""
    for kind, verb in KEYS:
        roles = Grant.objects.filter(kind=kind, verb=verb, scope="all").values("role_id")
        held = current_posts().filter(role_id__in=roles, staff__account__is_active=True)
        if not held.exists():
            raise Refused(_("After this step nobody could administer the system any more."), code="last_keyholder")

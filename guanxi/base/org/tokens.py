"""API tokens: shown once, kept as a digest, ended at any time."""

from __future__ import annotations

import hashlib
import secrets
from datetime import timedelta

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from guanxi.base.audit import trail
from guanxi.base.audit.trail import action
from guanxi.base.kernel import clock
from guanxi.base.kernel.actor import Actor

from .models import Account, ApiToken


@action("org:token:given", _("%(who)s created an API token."))
def give_token(account: Account, *, name: str, actor: Actor, may_write: bool = True, days: int | None = None) -> str:
    """Returns the token itself, which cannot be read again."""
    token = f"gx_{secrets.token_urlsafe(32)}"
    expires = clock.now() + timedelta(days=days) if days else None
    made = ApiToken.objects.create(
        account=account,
        name=name,
        digest=digest_of(token),
        may_write=may_write,
        created_at=clock.now(),
        expires_at=expires,
    )
    trail.record("token", made.id, actor=actor, changes={"name": [None, name], "may_write": [None, may_write]})
    return token


@action("org:token:ended", _("%(who)s ended an API token."))
def end_token(token: ApiToken, *, actor: Actor) -> None:
    ApiToken.objects.filter(id=token.id).update(ended_at=clock.now())
    trail.record("token", token.id, actor=actor)


def token_for(text: str) -> ApiToken | None:
    """The live token behind what a client sent, with its account; None for anything else."""
    live = Q(expires_at__isnull=True) | Q(expires_at__gt=clock.now())
    rows = ApiToken.objects.filter(live, digest=digest_of(text), ended_at__isnull=True, account__is_active=True)
    return rows.select_related("account__staff").first()


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
